import { printable } from "../text";
import {
  type Cell,
  type Column,
  display,
  type Phrase,
  quotationText,
  type ReportDocument,
  type Section,
  type Table,
} from "./document";

/** Writes a report as plain text, for terminals and logs. Nothing is omitted. */
export function renderText({ headline, facts, sections, closing }: ReportDocument): string {
  const parts = [
    `${headline}\n${"=".repeat(headline.length)}`,
    facts.map(phraseText).join("\n"),
    ...sections.map(sectionText),
    closing.map(phraseText).join("\n"),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function sectionText({ title, note, table, texts = [] }: Section): string {
  const lines = [
    `${title}\n${"-".repeat(title.length)}`,
    ...(note ? [phraseText(note)] : []),
    ...(table ? [tableText(table)] : []),
  ];
  return [lines.join("\n"), ...texts.map(quotationText)].join("\n\n");
}

function phraseText(phrase: Phrase): string {
  return phrase.map((piece) => (typeof piece === "string" ? piece : display(piece.data))).join("");
}

function tableText({ columns, rows }: Table): string {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => row.map(cellText))];
  const widths = columns.map((_, index) =>
    cells.reduce((most, row) => Math.max(most, row[index]?.length ?? 0), 0),
  );
  const padded = (cell: string, index: number) => pad(cell, widths[index] ?? 0, columns[index]);
  return cells.map((row) => `  ${row.map(padded).join("  ")}`.trimEnd()).join("\n");
}

function cellText(cell: Cell): string {
  return typeof cell === "string" ? display(cell) : phraseText(cell);
}

function pad(cell: string, width: number, column: Column | undefined): string {
  return column?.kind === "number" ? cell.padStart(width) : cell.padEnd(width);
}

/** Writes a report's data as JSON. Escapes characters that would act on a terminal. */
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
