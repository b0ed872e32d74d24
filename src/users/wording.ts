import { printable } from "../text";
import type { DirectoryUser } from "./directory";

/** A message for people: one line, and the text beneath it. Contains no terminal control sequences. */
export interface Message {
  /** One line: what happened, or will happen. */
  readonly summary: string;
  /** Several lines: who, why, what to do next. Lines that name a user are indented by two blanks. */
  readonly detail: string;
}

/** How many users a list shows if a person must read them all. */
export const MAX_LISTED = 20;

/** The longest label in characters. Longer ones are truncated, so that one entry does not hide the others. */
const LONGEST_LABEL = 80;

/** A number with the word it counts: `count(1, "user")` is `1 user`, `count(2, "user")` is `2 users`. */
export function count(number: number, word: string): string {
  return `${number} ${number === 1 ? word : `${word}s`}`;
}

/** Joins paragraphs with a blank line between them and skips empty ones. */
export function paragraphs(...texts: readonly string[]): string {
  return texts.filter((text) => text !== "").join("\n\n");
}

/** A user in a list. */
export interface Line {
  readonly id: string;
  /** May be empty. */
  readonly label: string;
  /** An additional remark. */
  readonly note?: string;
}

/**
 * Lists users, one per line: id, label and note, in columns.
 *
 * @param most the most lines; a further line gives the number of the remaining users
 * @param where where to find them, for that line
 */
export function listUsers(lines: readonly Line[], most: number, where = ""): string {
  const shown = lines.slice(0, most).map(({ id, label, note = "" }) => ({
    id: printable(id),
    label: shorten(printable(label)),
    note: note === "" ? "" : `(${note})`,
  }));
  const rows = shown.map(({ id, label, note }) =>
    `  ${id.padEnd(widest(shown, "id"))}  ${label.padEnd(widest(shown, "label"))}  ${note}`.trimEnd(),
  );
  const beyond = lines.length - shown.length;
  return [...rows, ...(beyond > 0 ? [`  and ${beyond} more${where}`] : [])].join("\n");
}

/**
 * Finds the user that a line of `listUsers` is about.
 *
 * @param labels the label of each user that may be on the line, by the printable form of the id
 * @returns undefined if it is about nobody, or if it may be about several of them
 */
export function readListedUser(
  line: string,
  labels: ReadonlyMap<string, string>,
): { readonly id: string; readonly note: string } | undefined {
  const text = line.slice(2);
  const ends = [...[...text.matchAll(/ {2,}/g)].map(({ index }) => index), text.length];
  const found = ends.flatMap((end) => {
    const id = text.slice(0, end);
    const label = labels.get(id);
    if (label === undefined) return [];
    const beyond = text.slice(end).trim();
    const shown = shorten(printable(label)).trim();
    const [, note] = /^(?:\((.*)\))?$/u.exec(beyond.slice(shown.length).trim()) ?? [];
    const fits =
      beyond.startsWith(shown) && /^(?: {2}|$)/.test(shown === "" ? "" : beyond.slice(shown.length));
    return fits && (note !== undefined || beyond === shown) ? [{ id, note: note ?? "" }] : [];
  });
  return found.length === 1 ? found[0] : undefined;
}

/**
 * Lists ids with their labels, the first 20 of them.
 *
 * @param labels by id; one without an entry has no label
 */
export function describeIds(ids: readonly string[], labels: ReadonlyMap<string, string>): string {
  return listUsers(
    ids.map((id) => ({ id, label: labels.get(id) ?? "" })),
    MAX_LISTED,
  );
}

function widest(
  rows: readonly { readonly id: string; readonly label: string }[],
  column: "id" | "label",
): number {
  return Math.max(0, ...rows.map((row) => row[column].length));
}

function shorten(label: string): string {
  const characters = Array.from(label);
  return characters.length > LONGEST_LABEL ? `${characters.slice(0, LONGEST_LABEL - 1).join("")}…` : label;
}

/** The user's name in the pool, or else the user name, the e-mail or the system id. Printable. */
export function poolName(user: DirectoryUser): string {
  return printable(user.name ?? user.username ?? user.email ?? user.userId);
}

/**
 * The name in the pool, for a reviewer to compare with the label; empty if the pool returns none. Flagged if the two disagree,
 * because the id may then belong to another user.
 */
export function nameNote(label: string, name = ""): string {
  if (name === "") return "";
  return `${IN_GENAUTH}${printable(name)}${disagree(label, name) ? DISAGREE : ""}`;
}

const IN_GENAUTH = "in GenAuth: ";
const DISAGREE = "; LABEL AND NAME DISAGREE";

/** Reads the name out of what `nameNote` wrote. */
export function readNameNote(
  note: string,
): { readonly name: string; readonly disagrees: boolean } | undefined {
  if (!note.startsWith(IN_GENAUTH)) return undefined;
  const name = note.slice(IN_GENAUTH.length);
  const disagrees = name.endsWith(DISAGREE);
  return { name: disagrees ? name.slice(0, -DISAGREE.length) : name, disagrees };
}

/** Whether label and name are both given and differ, because the id may then belong to another user. */
export function disagree(label: string, name = ""): boolean {
  return name !== "" && label.trim() !== "" && !agree(label, name);
}

/** Whether one contains all words of the other, in any order and case: "Lee, Ann (Sales)" agrees with "Ann Lee". */
function agree(label: string, name: string): boolean {
  const [of, other] = [wordsOf(label), wordsOf(name)];
  return isWithin(of, other) || isWithin(other, of);
}

function isWithin(some: ReadonlySet<string>, all: ReadonlySet<string>): boolean {
  return some.size > 0 && [...some].every((word) => all.has(word));
}

function wordsOf(text: string): Set<string> {
  return new Set(
    text
      .normalize("NFKC")
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [],
  );
}
