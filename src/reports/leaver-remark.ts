import type { Cell, Phrase, Piece } from "./document";
import { rowOfLeaving } from "../users";
import type { ReportedLeaver } from "./reported-set";

/**
 * What a reviewer must know about a user who leaves.
 *
 * @param leaves the other sets that the same id leaves
 */
export function remarkOf({
  survivor,
  suspended_until,
  reason,
  note,
  declared_in,
  other_id,
  leaves,
}: ReportedLeaver & { readonly leaves: readonly string[] }): Cell {
  const why = reason === undefined ? "" : rowOfLeaving(reason).remark;
  const sentences: Phrase[] = [
    ...(survivor ? [["The last apply could not delete this user."]] : []),
    ...(suspended_until === undefined
      ? []
      : [["Suspended until ", { data: suspended_until.replace("T00:00:00Z", "") }, "."]]),
    ...(declared_in.length > 0 ? [["Still declared in ", ...listed(declared_in), "."]] : []),
    ...(leaves.length > 0 ? [["Leaves ", ...listed(leaves), ", too."]] : []),
    ...(why === "" ? [] : [note === undefined ? [`${why}.`] : [`${why}: `, { data: note }, "."]]),
    ...(other_id === undefined || reason === "declared_as" || reason === "renamed"
      ? []
      : [["The same label joins as ", { data: other_id }, "."]]),
  ];
  return sentences.length === 0 ? "" : joined(sentences, " ");
}

/** Data with commas between. */
export function listed(texts: readonly string[]): Piece[] {
  return joined(
    texts.map((data) => [{ data }]),
    ", ",
  );
}

function joined(phrases: readonly Phrase[], between: string): Piece[] {
  return phrases.flatMap((phrase, index) => (index === 0 ? phrase : [between, ...phrase]));
}
