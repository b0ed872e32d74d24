import { printable } from "../../text";

/** Writes a report's data as JSON. Characters that would act on a terminal are escaped, as JSON may. */
export function renderJson(report: unknown): string {
  const lines = JSON.stringify(report, undefined, 2).split("\n");
  return `${lines.map((line) => (printable(line) === line ? line : escaped(line))).join("\n")}\n`;
}

/** JSON writes a character beyond the basic plane as the two halves of its surrogate pair. */
function escaped(line: string): string {
  return Array.from(line, (character) =>
    printable(character) === character
      ? character
      : Array.from({ length: character.length }, (_, at) => escapedUnit(character.charCodeAt(at))).join(""),
  ).join("");
}

function escapedUnit(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}
