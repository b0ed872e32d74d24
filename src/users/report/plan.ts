import { MAX_IDS_PER_CALL } from "../directory";
import { groupBy } from "../group-by";
import { userIdKey } from "../ids/id-types";
import { printable } from "../../text";
import { type Removal, type RemovalOf, removalsOf } from "../removal/fate";
import { listUsers, MAX_LISTED } from "./lines";
import { nameNote } from "./names";
import { keptGroups } from "./reasons";
import { count, type Message, paragraphs } from "./words";

/** What a plan would do to a user set. */
export interface PlannedChange {
  /** Every id that leaves the set. */
  readonly removals: readonly Removal[];
  /** How many users the set declares after the change. */
  readonly kept: number;
}

/** Says, for the person who reviews a plan, who is deleted for good, and who leaves the set without that. */
export function describePlan({ removals, kept }: PlannedChange): Message {
  const deleted = removalsOf(removals, "delete");
  const undecided = removalsOf(removals, "undecided");
  const others = [...goneGroup(removalsOf(removals, "gone")), ...keptGroups(removals)];
  return {
    summary: summaryOf(deleted, undecided.length),
    detail: paragraphs(
      deletedGroup(deleted),
      ...undecidedGroups(undecided),
      others.length === 0 ? "" : "These leave the set without being deleted:",
      ...others,
      `The set declares ${count(kept, "user")} after this change.`,
    ),
  };
}

function summaryOf(deleted: readonly RemovalOf<"delete">[], undecided: number): string {
  const calls = Math.ceil(new Set(deleted.map(({ fate }) => userIdKey(fate.userId))).size / MAX_IDS_PER_CALL);
  const certain = `${count(deleted.length, "user")} will be permanently deleted from GenAuth in ${count(calls, "call")}`;
  const possible = "could not be looked up and may be permanently deleted from GenAuth";
  if (undecided === 0) return deleted.length === 0 ? "No user will be deleted from GenAuth" : certain;
  return deleted.length === 0
    ? `${count(undecided, "user")} ${possible}`
    : `${certain}, and ${undecided} more ${possible}`;
}

function deletedGroup(deleted: readonly RemovalOf<"delete">[]): string {
  if (deleted.length === 0) return "";
  const lines = deleted.map(({ id, label, fate }) => ({ id, label, note: nameNote(label, fate.name) }));
  const where = "; this plan shows each of them with a minus";
  return `Apply deletes these users for good; it cannot be undone:\n${listUsers(lines, MAX_LISTED, where)}`;
}

function goneGroup(gone: readonly RemovalOf<"gone">[]): string[] {
  if (gone.length === 0) return [];
  return [`Already gone: GenAuth has no such user any more.\n${listUsers(gone, MAX_LISTED)}`];
}

/** Those who could not be looked up, grouped by why not. */
function undecidedGroups(undecided: readonly RemovalOf<"undecided">[]): string[] {
  const groups = groupBy(undecided, ({ fate }) => fate.failure.message);
  return [...groups].map(
    ([message, group]) =>
      `These could not be looked up, so they count as deletions. Apply looks them up again and deletes only whom it then finds. ${printable(message)}\n${listUsers(group, MAX_LISTED)}`,
  );
}
