import { printable } from "../../text";

/** Writes a report's data as JSON. Characters that would act on a terminal are escaped, as JSON may. */
export function renderJson(report: unknown): string {
  const lines = JSON.stringify(report, undefined, 2).split("\n");
  return `${lines.map((line) => (printable(line) === line ? line : escaped(line))).join("\n")}\n`;
}

/** All acting characters that JSON leaves as they are lie in the basic plane. */
function escaped(line: string): string {
  return Array.from(line, (character) =>
    printable(character) === character
      ? character
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  ).join("");
}
