import { printable } from "../text";

/** A piece of a sentence: words of our own, or data, which is shown as it is and can never act. */
export type Piece = string | { readonly data: string };

/** A sentence, in pieces. */
export type Phrase = readonly Piece[];

/** What a report says, before it is written in a format. */
export interface ReportDocument {
  /** Where this tool finds its own earlier comment again: `plan` or `drift`. */
  readonly kind: string;
  /** `alarm`: accounts will be lost. `attention`: something differs, or is not known. `calm`: nothing to do. */
  readonly tone: "alarm" | "attention" | "calm";
  /** One line that says it all. */
  readonly headline: string;
  /** What stands right beneath it. */
  readonly facts: readonly Phrase[];
  /** In the order of their weight. */
  readonly sections: readonly Section[];
  /** What stands at the end. */
  readonly closing: readonly Phrase[];
}

/** A heading with a table, or with texts. */
export interface Section {
  readonly title: string;
  readonly note?: Phrase;
  readonly table?: Table;
  /** Texts in the words of somebody else, each with its own line breaks. */
  readonly texts?: readonly Quotation[];
}

/** A table; each row has as many cells as there are columns. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A text is data; words of our own stand in a phrase. */
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
  /** The set that it is about. */
  readonly address?: string | undefined;
}

/** How many rows of a table are open to view; the others are folded, where the format can fold. */
export const OPEN_ROWS = 50;

/** A message as its engine would print it, in lines that fit a page. */
export function quotationText({ severity, summary, detail, address }: Quotation): string {
  const title = `${severity === "error" ? "Error" : "Warning"}: ${summary}`;
  const place = address === undefined ? [] : [`  with ${address}`];
  return [title, ...place, ...(detail === "" ? [] : ["", ...detail.split("\n")])]
    .flatMap(wrapLine)
    .join("\n");
}

/** The longest line of a message, in characters, unless one word is longer. */
const LINE_LENGTH = 100;

/** Lines that are indented list users; they stay as they are. */
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

/** A longer id or label is cut: one entry must not push the others out of sight. In characters. */
const LONGEST = 160;

/** Data as a person reads it, in any format: nothing in it acts, and it has an end. */
export function display(data: string): string {
  const text = printable(data);
  const characters = Array.from(text);
  if (characters.length <= LONGEST) return text;
  return `${characters.slice(0, LONGEST).join("")}… (${characters.length} characters)`;
}

/** A number with the word it counts, for reading: `1 user`, `10,000 users`. */
export function formatCount(number: number, word: string): string {
  return `${number.toLocaleString("en-US")} ${number === 1 ? word : `${word}s`}`;
}
