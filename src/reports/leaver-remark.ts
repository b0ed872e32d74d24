import type { Cell, Phrase, Piece } from "./document";
import type { ReportedLeaver } from "./reported-set";

/** Why a user keeps the account, or counts as deleted. A note of the provider may follow. */
const REASONS: Readonly<Record<NonNullable<ReportedLeaver["reason"]>, string>> = {
  not_looked_up: "Could not be looked up",
  gone: "",
  never_found: "Never found",
  retained: "In retained_user_ids",
  protected: "Protected",
  declared_as: "Still declared",
  rebound: "The id is bound to somebody else",
  several: "The id names several users",
  renamed: "Looks like a rename",
  moved: "The id was changed in GenAuth",
  never_seen: "Never seen while it was declared, so apply fails",
  shared_label: "Several users share the label of an id that joins, so apply fails",
  not_planned: "Nobody has reviewed the deletion, so apply fails",
};

/**
 * What a reviewer must know about a user who leaves.
 *
 * @param leaves the other sets that the same id leaves
 */
export function remarkOf({
  is_new,
  survivor,
  suspended_until,
  reason,
  note,
  declared_in,
  other_id,
  leaves,
}: ReportedLeaver & { readonly leaves: readonly string[] }): Cell {
  const why = reason === undefined ? "" : REASONS[reason];
  const sentences: Phrase[] = [
    ...(is_new ? [["New since the last report."]] : []),
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
