import { printable } from "../text";
import type { DirectoryUser } from "./directory";

/** A message for people: one line, and the text beneath it. Contains no terminal control sequences. */
export interface Message {
  /** One line: what happened, or will happen. */
  readonly summary: string;
  /** Several lines: who, why, what to do next. Lines that name a user are indented by two blanks. */
  readonly detail: string;
}

/** Why a change is refused. */
export interface Refusal extends Message {
  /** The attribute of the set that caused it, if any. */
  readonly attribute?: "max_deletions" | "max_deletions_percent" | "users" | "user_id_type";
}

/** A message about a change of a set. */
export interface Told extends Refusal {
  readonly isError: boolean;
  /** The users that it is about; empty if it is about nobody in particular. */
  readonly ids: readonly string[];
}

/** A warning about some users, or about nobody in particular. */
export function warningAbout(ids: readonly string[], summary: string, detail: string): Told {
  return { summary, detail, isError: false, ids };
}

/** An error that says why a change is refused. */
export function toldRefusal(refusal: Refusal): Told {
  return { ...refusal, isError: true, ids: [] };
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
    label: labelInList(label),
    note: note === "" ? "" : `(${note})`,
  }));
  const widest = (column: "id" | "label") => Math.max(0, ...shown.map((row) => row[column].length));
  const widths = { id: widest("id"), label: widest("label") };
  const rows = shown.map(({ id, label, note }) =>
    `${INDENT}${id.padEnd(widths.id)}${GAP}${label.padEnd(widths.label)}${GAP}${note}`.trimEnd(),
  );
  const beyond = lines.length - shown.length;
  return [...rows, ...(beyond > 0 ? [`  and ${beyond} more${where}`] : [])].join("\n");
}

/**
 * The labels of the users that a list may name, by the printable form of the id; `undefined` for a label that
 * is not known.
 */
export type LabelsOfList = ReadonlyMap<string, string | undefined>;

/** What a line of `listUsers` says about a user. */
export interface ListedLine extends Line {
  readonly note: string;
}

/**
 * Finds the users that the lines of `listUsers` are about.
 *
 * @param lines without the one that counts the remaining users
 * @returns for each line `undefined` if it is about none of the users, or if it may be about several of them
 */
export function readListedUsers(
  lines: readonly string[],
  labels: LabelsOfList,
): readonly (ListedLine | undefined)[] {
  const rows = lines.map((line) => ({ line, ids: idsAtStart(line, labels) }));
  // Without the id of each line, nobody knows where the column of labels begins.
  const widths = rows.map(({ ids: [id, ...others] }) =>
    id === undefined || others.length > 0 ? Infinity : id.length,
  );
  const labelsBegin = INDENT.length + Math.max(0, ...widths) + GAP.length;
  return rows.map(({ line, ids }) => {
    const found = ids.flatMap((id): ListedLine[] => {
      const label = labels.get(id);
      const read = label === undefined ? readColumns(line, labelsBegin) : readBeyond(line, id, label);
      return read ? [{ id, ...read }] : [];
    });
    return found.length === 1 ? found[0] : undefined;
  });
}

const INDENT = "  ";
const GAP = "  ";

function idsAtStart(line: string, labels: LabelsOfList): string[] {
  const text = line.slice(INDENT.length);
  const ends = [...[...text.matchAll(/ {2,}/g)].map(({ index }) => index), text.length];
  return ends.map((end) => text.slice(0, end)).filter((id) => labels.has(id));
}

/** Reads what follows an id whose label is known. */
function readBeyond(line: string, id: string, label: string): Omit<ListedLine, "id"> | undefined {
  const beyond = line.slice(INDENT.length + id.length).trim();
  const shown = labelInList(label);
  const rest = beyond.slice(shown.length);
  if (!beyond.startsWith(shown) || (shown !== "" && !/^(?: {2}|$)/.test(rest))) return undefined;
  const note = readNote(rest.trim());
  return note === undefined ? undefined : { label, note };
}

/**
 * Reads a label and a note by their columns, which are certain: no label holds two blanks, or begins with
 * one.
 */
function readColumns(line: string, labelsBegin: number): Omit<ListedLine, "id"> | undefined {
  if (labelsBegin === Infinity) return undefined;
  const text = line.slice(labelsBegin);
  const end = text.search(/ {2}|$/);
  const note = readNote(text.slice(end).trim());
  return note === undefined ? undefined : { label: text.slice(0, end), note };
}

/** The text of a note; empty if there is none, `undefined` if it is not one. */
function readNote(text: string): string | undefined {
  return text === "" ? "" : /^\((.*)\)$/u.exec(text)?.[1];
}

/**
 * Lists ids with their labels, the first 20 of them.
 *
 * @param labels by id; one without an entry has no label. Default none
 */
export function describeIds(ids: readonly string[], labels: ReadonlyMap<string, string> = new Map()): string {
  return listUsers(
    ids.map((id) => ({ id, label: labels.get(id) ?? "" })),
    MAX_LISTED,
  );
}

/** A label as lists show it. Two blanks would look like the end of its column. */
function labelInList(label: string): string {
  const characters = Array.from(printable(label).replaceAll(/ {2,}/g, " ").trim());
  return characters.length > LONGEST_LABEL
    ? `${characters.slice(0, LONGEST_LABEL - 1).join("")}…`
    : characters.join("");
}

/** The user's name in the pool, or else the user name, the e-mail or the system id. Printable. */
export function poolName(user: DirectoryUser): string {
  return printable(user.name ?? user.username ?? user.email ?? user.userId);
}

/**
 * The name in the pool, for a reviewer to compare with the label; empty if the pool returns none. Flagged if
 * the two disagree, because the id may then belong to another user.
 */
export function nameNote(label: string, name = ""): string {
  if (name === "") return "";
  return `${IN_GENAUTH}${printable(name)}${disagree(label, name) ? DISAGREE : ""}`;
}

const IN_GENAUTH = "in GenAuth: ";
const DISAGREE = "; LABEL AND NAME DISAGREE";

/** Reads the name out of what `nameNote` wrote. */
export function readNameNote(note: string) {
  if (!note.startsWith(IN_GENAUTH)) return undefined;
  const name = note.slice(IN_GENAUTH.length);
  const disagrees = name.endsWith(DISAGREE);
  return { name: disagrees ? name.slice(0, -DISAGREE.length) : name, disagrees };
}

/** Whether label and name are both given and differ, because the id may then belong to another user. */
export function disagree(label: string, name = ""): boolean {
  return name !== "" && label.trim() !== "" && !agree(label, name);
}

/**
 * Whether one contains all words of the other, in any order and case: "Lee, Ann (Sales)" agrees with "Ann
 * Lee".
 */
function agree(label: string, name: string): boolean {
  const ofLabel = wordsOf(label);
  const ofName = wordsOf(name);
  return isWithin(ofLabel, ofName) || isWithin(ofName, ofLabel);
}

function isWithin(some: ReadonlySet<string>, all: ReadonlySet<string>): boolean {
  return some.size > 0 && [...some].every((word) => all.has(word));
}

function wordsOf(text: string): Set<string> {
  const plain = text.normalize("NFKC").toLowerCase();
  return new Set(plain.match(/[\p{L}\p{M}\p{N}]+/gu));
}
