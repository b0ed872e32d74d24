import { printable } from "../text";

/** A piece of a sentence: the report's own text, or data, which is shown literally and has no effect. */
export type Piece = string | { readonly data: string };

/** A sentence, in pieces. */
export type Phrase = readonly Piece[];

/** A report's content, independent of its format. */
export interface ReportDocument {
  /** Marks a comment, so that a pipeline finds it again: `plan` or `drift`. */
  readonly kind: string;
  /** `alarm`: accounts will be lost. `attention`: there is a difference, or it is not known. `calm`: nothing to do. */
  readonly tone: "alarm" | "attention" | "calm";
  /** The result in one line. */
  readonly headline: string;
  /** The sentences below the headline. */
  readonly facts: readonly Phrase[];
  /** The most important first. */
  readonly sections: readonly Section[];
  /** The sentences at the end. */
  readonly closing: readonly Phrase[];
}

/** A heading with a table, or with messages. */
export interface Section {
  readonly title: string;
  readonly note?: Phrase;
  readonly table?: Table;
  /** Messages of an engine or a provider, each with its own line breaks. */
  readonly texts?: readonly Quotation[];
}

/** A table. Each row has one cell per column. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A string is data. The report's own text is a phrase. */
export type Cell = string | Phrase;

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** `code` for ids and addresses, `text` for labels and words, `number` for counts. */
  readonly kind: "code" | "text" | "number";
}

/** A message of an engine or a provider. */
export interface Quotation {
  readonly severity: "error" | "warning";
  readonly summary: string;
  /** May be empty. */
  readonly detail: string;
  /** The set that the message concerns. */
  readonly address?: string | undefined;
}

/** How many rows of a table are visible. Further rows are collapsed, if the format can do that. */
export const OPEN_ROWS = 50;

/** Formats a message as its engine would print it, in lines that fit a page. */
export function quotationText({ severity, summary, detail, address }: Quotation): string {
  const title = `${severity === "error" ? "Error" : "Warning"}: ${summary}`;
  const place = address === undefined ? [] : [`  with ${address}`];
  return [title, ...place, ...(detail === "" ? [] : ["", ...detail.split("\n")])]
    .flatMap(wrapLine)
    .join("\n");
}

/** The longest line of a message, in characters, unless one word is longer. */
const LINE_LENGTH = 100;

/** Keeps indented lines, which list users. */
function wrapLine(line: string): string[] {
  const text = printable(line);
  if (text.startsWith(" ")) return [text];
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= LINE_LENGTH) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** Longer ids and labels are cut, so that one entry cannot push others out of sight. In characters. */
const LONGEST = 160;

/** Makes data safe to show in any format: printable and of limited length. */
export function display(data: string): string {
  const text = printable(data);
  const characters = Array.from(text);
  if (characters.length <= LONGEST) return text;
  return `${characters.slice(0, LONGEST).join("")}… (${characters.length} characters)`;
}

/** Formats a number and its noun for reading: `1 user`, `10,000 users`. */
export function formatCount(number: number, word: string): string {
  return `${number.toLocaleString("en-US")} ${number === 1 ? word : `${word}s`}`;
}
