import { printable } from "../../text";

/** A longer label is cut: one entry must not push the others out of sight. In characters. */
const LONGEST_LABEL = 80;

/** A user in a list. */
export interface Line {
  readonly id: string;
  /** May be empty. */
  readonly label: string;
  /** What else is to say about this one. */
  readonly note?: string;
}

/**
 * Lists users, one a line: id, label, note, the ids and labels padded to columns.
 *
 * @param most how many lines at most; one more line says how many there are beyond
 * @param where where the others are to be found, for that line
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

/** How many users a list shows where a person must read them all. */
export const MAX_LISTED = 20;

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
