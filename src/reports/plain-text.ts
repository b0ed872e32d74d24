import { createColors } from "picocolors";
import stringWidth from "string-width";
import { compact } from "../lists";
import { escapeUnprintable, printable, withoutCommands, wrapWords } from "../text";
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

/** The colour of the headline on a terminal. */
const TONES = { alarm: "red", attention: "yellow", calm: "green" } as const;

/**
 * Writes a report as plain text, for terminals and logs. Nothing is omitted.
 *
 * @param options.isColoured whether the text is for a terminal that shows colours; default no
 */
export function renderText(
  { tone, headline, facts, context, sections, closing }: ReportDocument,
  { isColoured = false }: { readonly isColoured?: boolean } = {},
): string {
  const { bold, ...colours } = createColors(isColoured);
  const title = wrapWords(phraseText(headline), LINE_LENGTH);
  const parts = [
    [
      ...title.map((line) => bold(colours[TONES[tone]](line))),
      "=".repeat(Math.max(...title.map(({ length }) => length))),
    ].join("\n"),
    facts.map(wrapped).join("\n"),
    wrapped(context),
    ...sections.map(sectionText),
    closing.map(wrapped).join("\n"),
  ];
  return withoutCommands(`${parts.filter((part) => part !== "").join("\n\n")}\n`);
}

function sectionText({ title, note, table, texts = [] }: Section): string {
  const underlined = `${title}\n${"-".repeat(title.length)}`;
  const lines = compact(underlined, note && wrapped(note), table && tableText(table));
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

/**
 * Writes a table in lines that fit a page, as long as no id is longer. Pads by the width on a terminal, where
 * Chinese and Japanese characters take two columns.
 */
export function tableText({ columns, groups }: Table): string {
  const head = columns.map(({ title }) => title);
  const bodies = groups.map(({ title, rows }) => ({
    title: title ? wrapWords(phraseText(title), LINE_LENGTH - 2).map((line) => `  ${line}`) : [],
    rows: rows.map((row) => columns.map((column, index) => cellText(row[index] ?? "", column))),
  }));
  const cells = [head, ...bodies.flatMap(({ rows }) => rows)];
  const widths = narrow(
    columns,
    columns.map((_, index) => cells.reduce((most, row) => Math.max(most, widthOf(row[index] ?? "")), 0)),
  );
  const lines = (row: readonly string[]) =>
    cellLines(row, columns, widths).map((line) =>
      `  ${line.map((cell, index) => pad(cell, widths[index] ?? 0, columns[index])).join("  ")}`.trimEnd(),
    );
  return [...lines(head), ...bodies.flatMap(({ title, rows }) => [...title, ...rows.flatMap(lines)])].join(
    "\n",
  );
}

/** The narrowest column of words, and of ids, if a table has to be narrowed. Columns of numbers stay. */
const NARROWEST = { text: 14, code: 36, number: Infinity } as const;

/** Narrows the widest columns until the table fits a page, if it can. */
function narrow(columns: readonly Column[], natural: readonly number[]): number[] {
  const widths = [...natural];
  const wanted = widths.reduce((sum, width) => sum + width + 2, 0);
  for (let excess = wanted - LINE_LENGTH; excess > 0; excess -= 1) {
    const spare = columns.map(({ kind }, index) => (widths[index] ?? 0) - NARROWEST[kind]);
    const most = Math.max(...spare);
    if (most <= 0) break;
    const widest = spare.indexOf(most);
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

/**
 * The lines of a row. An id that is wider than its column has a line of its own, because a broken id cannot
 * be searched for.
 */
function cellLines(
  row: readonly string[],
  columns: readonly Column[],
  widths: readonly number[],
): string[][] {
  if (row.every((cell, index) => widthOf(cell) <= (widths[index] ?? 0))) return [[...row]];
  const wide = row.findIndex(
    (cell, index) => columns[index]?.kind === "code" && widthOf(cell) > (widths[index] ?? 0),
  );
  const first = wide < 0 ? [] : [row.map((cell, index) => (index === wide ? cell : ""))];
  const rest = row.map((cell, index) =>
    index === wide ? [] : columns[index]?.kind === "text" ? wrapCell(cell, widths[index] ?? 0) : [cell],
  );
  const height = Math.max(...rest.map(({ length }) => length));
  return [...first, ...Array.from({ length: height }, (_, at) => rest.map((lines) => lines[at] ?? ""))];
}

/** Breaks a text at its blanks, and a word that is longer than the width within it. */
function wrapCell(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (widthOf(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    line = "";
    for (const character of word) {
      if (widthOf(line + character) > width) {
        lines.push(line);
        line = "";
      }
      line += character;
    }
  }
  return [...lines, line];
}

function cellText(cell: Cell, { kind }: Column): string {
  return typeof cell === "string" ? display(cell, kind) : phraseText(cell);
}

/**
 * Measured by length where each character takes one column, because the library is slow on many long texts.
 */
function widthOf(text: string): number {
  return /^[ -~…]*$/.test(text) ? text.length : stringWidth(text);
}

function pad(cell: string, width: number, column: Column | undefined): string {
  const blanks = " ".repeat(Math.max(0, width - widthOf(cell)));
  return column?.kind === "number" ? `${blanks}${cell}` : `${cell}${blanks}`;
}

/** Writes a report's data as JSON. Escapes characters that would act on a terminal. */
export function renderJson(report: unknown): string {
  const lines = JSON.stringify(report, undefined, 2).split("\n");
  return `${lines.map((line) => escapeUnprintable(line, unitsOf)).join("\n")}\n`;
}

/** JSON writes a character beyond the basic plane as the two halves of its surrogate pair. */
function unitsOf(character: string): string {
  return character.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
