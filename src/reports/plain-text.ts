import stringWidth from "string-width";
import { printable, wrapWords } from "../text";
import {
  type Cell,
  type Column,
  display,
  LINE_LENGTH,
  type Phrase,
  quotationText,
  type ReportDocument,
  type Section,
  type Table,
} from "./document";

/** Writes a report as plain text, for terminals and logs. Nothing is omitted. */
export function renderText({ headline, facts, context, sections, closing }: ReportDocument): string {
  const title = wrapWords(phraseText(headline), LINE_LENGTH);
  const parts = [
    [...title, "=".repeat(Math.max(...title.map(({ length }) => length)))].join("\n"),
    facts.map(wrapped).join("\n"),
    wrapped(context),
    ...sections.map(sectionText),
    closing.map(wrapped).join("\n"),
  ];
  return `${parts
    .filter((part) => part !== "")
    .join("\n\n")
    .split("\n")
    .map(withoutCommands)
    .join("\n")}\n`;
}

function sectionText({ title, note, table, texts = [] }: Section): string {
  const lines = [
    `${title}\n${"-".repeat(title.length)}`,
    ...(note ? [wrapped(note)] : []),
    ...(table ? [tableText(table)] : []),
  ];
  return [lines.join("\n"), ...texts.map(quotationText)].join("\n\n");
}

/** Writes a sentence in lines that fit a page. */
function wrapped(phrase: Phrase): string {
  return wrapWords(phraseText(phrase), LINE_LENGTH).join("\n");
}

/** Writes a sentence. */
export function phraseText(phrase: Phrase): string {
  return phrase
    .map((piece) => {
      if (typeof piece === "string") return piece;
      if ("quoted" in piece) return printable(piece.quoted);
      return "url" in piece ? `${piece.text}: ${piece.url}` : display(piece.data);
    })
    .join("");
}

/** Writes a table. Pads by the width on a terminal, where Chinese and Japanese characters take two columns. */
export function tableText({ columns, groups }: Table): string {
  const head = columns.map(({ title }) => title);
  const bodies = groups.map(({ title, rows }) => ({
    title: title ? [`  ${phraseText(title)}`] : [],
    rows: rows.map((row) => columns.map((column, index) => cellText(row[index] ?? "", column))),
  }));
  const cells = [head, ...bodies.flatMap(({ rows }) => rows)];
  const widths = columns.map((_, index) =>
    cells.reduce((most, row) => Math.max(most, widthOf(row[index] ?? "")), 0),
  );
  const line = (row: readonly string[]) =>
    `  ${row.map((cell, index) => pad(cell, widths[index] ?? 0, columns[index])).join("  ")}`.trimEnd();
  return [line(head), ...bodies.flatMap(({ title, rows }) => [...title, ...rows.map(line)])].join("\n");
}

function cellText(cell: Cell, { kind }: Column): string {
  return typeof cell === "string" ? display(cell, kind) : phraseText(cell);
}

/** Measured by length where each character takes one column, because the library is slow on many long texts. */
function widthOf(text: string): number {
  return /^[ -~…]*$/.test(text) ? text.length : stringWidth(text);
}

function pad(cell: string, width: number, column: Column | undefined): string {
  const blanks = " ".repeat(Math.max(0, width - widthOf(cell)));
  return column?.kind === "number" ? `${blanks}${cell}` : `${cell}${blanks}`;
}

/**
 * In the log of GitHub Actions, a line that begins with `::`, or holds `##[`, is a command to the runner. Ids and labels can
 * hold both.
 */
function withoutCommands(line: string): string {
  return line.replace(/^(\s*):(?=:)/, String.raw`$1\u{3a}`).replaceAll("##[", String.raw`#\u{23}[`);
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
