import * as z from "zod";
import { printable, wrapWords } from "../text";

/**
 * A piece of a sentence: the report's own text; data, which is shown literally and has no effect; words that
 * may hold data, such as those of a message, which have no effect either; or the text of a link to an address
 * that `isLinkable` accepts.
 */
export type Piece =
  | string
  | { readonly data: string }
  | { readonly quoted: string }
  | { readonly text: string; readonly url: string };

/** A sentence, in pieces. */
export type Phrase = readonly Piece[];

/** A report's content, independent of its format. */
export interface ReportDocument {
  /** Marks a comment, so that a pipeline finds it again: `plan` or `drift`. */
  readonly kind: string;
  /** The name of the stack, for the mark: several stacks of a repository have a comment each. */
  readonly stack?: string | undefined;
  /**
   * `alarm`: accounts will be lost. `attention`: there is a difference, or it is not known. `calm`: nothing
   * to do.
   */
  readonly tone: "alarm" | "attention" | "calm";
  /** The result in one line. */
  readonly headline: Phrase;
  /** The sentences below the headline. */
  readonly facts: readonly Phrase[];
  /** Of what the report is: pool, commit, time, run. */
  readonly context: Phrase;
  /** The most important first. */
  readonly sections: readonly Section[];
  /** The sentences at the end. */
  readonly closing: readonly Phrase[];
}

/** A heading with a table, or with messages. */
export interface Section {
  readonly title: string;
  readonly note?: Phrase | undefined;
  /**
   * Whether it is shown whole if there is any room for it, before all other sections. If it is cut, the
   * report says so first.
   */
  readonly isEssential?: boolean;
  /** Whether it is short and sums up the others, so that no long list displaces it. */
  readonly isSummary?: boolean;
  readonly table?: Table;
  /** Messages of an engine or a provider, each with its own line breaks. */
  readonly texts?: readonly ReportedMessage[];
}

/** A table, whose rows are in groups. */
export interface Table {
  readonly columns: readonly Column[];
  readonly groups: readonly Group[];
}

/** Rows under a common title. */
export interface Group {
  readonly title?: Phrase;
  readonly rows: readonly TableRow[];
}

/** One cell per column. */
export type TableRow = readonly Cell[];

/** Counts the rows of a table. */
export function countRows({ groups }: Table): number {
  return groups.reduce((sum, { rows }) => sum + rows.length, 0);
}

/** Takes the rows from `start` to before `end`, with the titles of their groups. */
export function sliceTable({ columns, groups }: Table, start: number, end = Infinity): Table {
  let before = 0;
  const parts = groups.flatMap(({ title, rows }): Group[] => {
    const part = rows.slice(Math.max(0, start - before), Math.max(0, end - before));
    before += rows.length;
    return part.length === 0 ? [] : [{ ...(title && { title }), rows: part }];
  });
  return { columns, groups: parts };
}

/** A string is data. The report's own text is a phrase. */
export type Cell = string | Phrase;

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** `code` for ids and addresses, `text` for labels and words, `number` for counts. */
  readonly kind: "code" | "text" | "number";
}

/** A section with one table; none without rows. @param columns the kind of each, by its title */
export function tableSection(
  title: string,
  columns: Readonly<Record<string, Column["kind"]>>,
  rows: readonly TableRow[],
  more: Pick<Section, "note" | "isEssential" | "isSummary"> = {},
): Section[] {
  if (rows.length === 0) return [];
  const named = Object.entries(columns).map(([name, kind]) => ({ title: name, kind }));
  const table = { columns: named, groups: [{ rows }] };
  return [{ title: `${title} (${formatNumber(rows.length)})`, ...more, table }];
}

/** A warning or an error of an engine, of the provider, or about the plan itself. */
export const ReportedMessage = z.object({
  severity: z.enum(["error", "warning"]),
  summary: z.string(),
  detail: z.string().describe("May be empty; always empty with --redact."),
  address: z.string().optional().describe("The set that the message concerns."),
});

export type ReportedMessage = z.infer<typeof ReportedMessage>;

/** How many rows of a table are visible. Further rows are collapsed, if the format can do that. */
export const OPEN_ROWS = 50;

/** Formats a message as its engine would print it, in lines that fit a page. */
export function quotationText({ severity, summary, detail, address }: ReportedMessage): string {
  const title = `${severity === "error" ? "Error" : "Warning"}: ${summary}`;
  const place = address === undefined ? [] : [`  with ${address}`];
  return [title, ...place, ...(detail === "" ? [] : ["", ...detail.split("\n")])]
    .flatMap(wrapLine)
    .join("\n");
}

/** The longest line of a sentence, in characters, unless one word is longer. */
export const LINE_LENGTH = 100;

/** Keeps the columns of indented lines, which list users, if they fit. */
function wrapLine(line: string): string[] {
  if (!line.startsWith(" ")) return wrapWords(line, LINE_LENGTH);
  const text = printable(line);
  if (text.length <= LINE_LENGTH) return [text];
  return wrapWords(text.trim().replaceAll(/ {2,}/g, "  "), LINE_LENGTH - CONTINUED.length).map(
    (part, at) => `${at === 0 ? "  " : CONTINUED}${part.trim()}`,
  );
}

const CONTINUED = "      ";

/** Longer data is cut, so that one entry cannot push others out of sight. In characters. */
const LONGEST = 160;
const LONGEST_TEXT = 80;

/**
 * Makes data safe to show in any format: printable and of limited length. Says the length of what is cut.
 *
 * @param kind `text` for labels and names, which are cut sooner than ids
 */
export function display(data: string, kind: Column["kind"] = "code"): string {
  const text = printable(data);
  const longest = kind === "text" ? LONGEST_TEXT : LONGEST;
  // No text has more characters than code units, and nearly all are shorter than this.
  if (text.length <= longest) return text;
  const characters = Array.from(text);
  if (characters.length <= longest) return text;
  return `${characters.slice(0, longest).join("")}… (${formatCount(characters.length, "character")})`;
}

/** Phrases with something between each two. */
export function joinPhrases(phrases: readonly Phrase[], between: string): Phrase {
  return phrases.flatMap((phrase, at) => (at === 0 ? phrase : [between, ...phrase]));
}

/** Data with commas between. */
export function listed(texts: readonly string[]): Phrase {
  const phrases = texts.map((data) => [{ data }]);
  return joinPhrases(phrases, ", ");
}

/** Formats a number for reading: `10,000`. Without `Intl`, whose start is a tenth of that of the command. */
export function formatNumber(number: number): string {
  return String(number).replaceAll(/(?<!\.\d*)\B(?=(?:\d{3})+(?!\d))/g, ",");
}

/** Formats a number and its noun for reading: `1 user`, `10,000 users`. */
export function formatCount(number: number, word: string): string {
  return `${formatNumber(number)} ${number === 1 ? word : `${word}s`}`;
}

/** What so many do: `1` of `leave` is `leaves`. */
export function verbOf(number: number, verb: string): string {
  return number === 1 ? `${verb}s` : verb;
}

/**
 * Whether an address can be a link in every format: an ordinary web address, without characters that have a
 * meaning there.
 */
export function isLinkable(url: string): boolean {
  return /^https?:\/\/[\w.:-]+(?:\/[\w./?=&%#~+@:,-]*)?$/.test(url);
}
