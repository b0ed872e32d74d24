import { printable } from "../../text";
import { MAX_IDS_PER_CALL } from "../directory";
import { userIdKey } from "../ids/id-types";
import { groupBy } from "../lists";
import { keptGroups, UNREVIEWED } from "../removal/messages";
import type { PlannedRemovals, PlannedSuspension } from "../removal/plan-removals";
import { type Removal, type RemovalOf, removalsOf, type UnreviewedReason } from "../removal/removal";
import { count, disagree, listUsers, MAX_LISTED, type Message, nameNote, paragraphs } from "../wording";

/**
 * Tells the reviewer of a plan which users are permanently deleted, and which are removed without a deletion.
 * `read.ts` reads the message. Whatever the two share is a constant of this file, or of a file from which both take it.
 *
 * @param isRefused whether the change is refused. The message then names everyone who would be deleted, since no plan shows them
 */
export function describePlan(
  { removals, kept, isBinding, suspension }: PlannedRemovals,
  isRefused = false,
): Message {
  const deleted = removalsOf(removals, "delete");
  const undecided = removalsOf(removals, "undecided");
  const words = suspension ? SUSPENSION_WORDS : DELETION_WORDS;
  const leaving = [...goneGroups(removals), ...keptGroups(removals)];
  const unreviewed = unreviewedGroups(removalsOf(removals, "unreviewed"));
  return {
    summary: suspension
      ? suspensionSummary(deleted.length, undecided.length, suspension)
      : summaryOf(deleted, undecided.length),
    detail: paragraphs(
      deletedGroup(words.certain, deleted, isRefused),
      ...undecidedGroups(words.undecided, undecided, isRefused),
      leaving.length === 0 ? "" : words.leaving,
      ...leaving,
      ...unreviewed,
      isBinding && leaving.length + unreviewed.length > 0 ? words.ifRefused : "",
      `${DECLARES} ${count(kept, "user")} after this change.`,
    ),
  };
}

/** The heads of groups of users, and the sentences between them. */
export const DELETED = "Apply permanently deletes these users. This cannot be undone:";
export const UNDECIDED =
  "These could not be looked up, so they count as deletions. Apply looks them up again and deletes only the users it finds.";
export const LEAVING = "These are removed from the set but not deleted:";
export const DECLARES = "The set declares";

/**
 * Explains the engine's message for an apply that would delete a user that the plan does not. The message itself blames the
 * provider (seen on Terraform 1.11.4 and OpenTofu 1.12.6).
 */
export const IF_REFUSED =
  'If apply fails with "Provider produced inconsistent final plan" for one of these ids in removals ("was known, but now unknown"), ' +
  "something changed after this plan and apply would now delete that user. No user of this set was deleted. Plan again and review the new plan.";

/** The same heads and sentences if the set suspends removed users first. */
export const SUSPENDED_FIRST =
  "Apply suspends these users: they may not log in again. Sessions that are open may go on. After the days given above, a plan shows their deletion:";
export const UNDECIDED_SUSPENSION =
  "These could not be looked up, so they count as suspensions. Apply looks them up again and suspends only the users it finds.";
export const LEAVING_ACTIVE = "These are removed from the set but neither suspended nor deleted:";
export const IF_SUSPENSION_REFUSED = IF_REFUSED.replace("in removals", "in suspensions").replace(
  "would now delete that user. No user of this set was deleted.",
  "would now suspend that user. No user of this set was suspended or deleted.",
);

const DELETION_WORDS = {
  certain: DELETED,
  undecided: UNDECIDED,
  leaving: LEAVING,
  ifRefused: IF_REFUSED,
} as const;

const SUSPENSION_WORDS = {
  certain: SUSPENDED_FIRST,
  undecided: UNDECIDED_SUSPENSION,
  leaving: LEAVING_ACTIVE,
  ifRefused: IF_SUSPENSION_REFUSED,
} as const;

function suspensionSummary(
  suspended: number,
  undecided: number,
  { days, ifToday }: PlannedSuspension,
): string {
  const day = ifToday();
  const later = `${count(days, "day")} later${day === undefined ? "" : ` (${day} if applied today)`}`;
  const certain = `${count(suspended, "user")} will be suspended, and deleted ${later}`;
  const possible = "could not be looked up and may be suspended";
  if (undecided === 0) return suspended === 0 ? "No user will be suspended or deleted" : certain;
  return suspended === 0
    ? `${count(undecided, "user")} ${possible}, and deleted ${later}`
    : `${certain}; ${undecided} more ${possible}`;
}

function summaryOf(deleted: readonly RemovalOf<"delete">[], undecided: number): string {
  const calls = Math.ceil(
    new Set(deleted.map(({ outcome }) => userIdKey(outcome.userId))).size / MAX_IDS_PER_CALL,
  );
  const certain = `${count(deleted.length, "user")} will be permanently deleted from GenAuth in ${count(calls, "call")}`;
  const possible = "could not be looked up and may be permanently deleted from GenAuth";
  if (undecided === 0) return deleted.length === 0 ? "No user will be deleted from GenAuth" : certain;
  return deleted.length === 0
    ? `${count(undecided, "user")} ${possible}`
    : `${certain}, and ${undecided} more ${possible}`;
}

/** Users whose label and name disagree come first, and all of them are named: the label may belong to somebody else. */
function deletedGroup(head: string, deleted: readonly RemovalOf<"delete">[], all: boolean): string {
  if (deleted.length === 0) return "";
  const isSuspect = ({ label, outcome }: RemovalOf<"delete">) => disagree(label, outcome.name);
  const suspect = deleted.filter(isSuspect);
  const lines = [...suspect, ...deleted.filter((removal) => !isSuspect(removal))].map(
    ({ id, label, outcome }) => ({ id, label, note: nameNote(label, outcome.name) }),
  );
  const where = "; the plan marks each of them with a minus sign";
  return `${head}\n${listUsers(lines, all ? lines.length : Math.max(MAX_LISTED, suspect.length), where)}`;
}

/** The heads of groups without a user to delete. */
export const GONE = {
  gone: "Already gone: GenAuth no longer has these users.",
  never_found:
    "Never found: no look-up has found these ids since the set declared them, so nobody is deleted. If they belong to real users, check user_id_type and the user pool.",
} as const;

/** Removals without a user to delete. */
function goneGroups(removals: readonly Removal[]): string[] {
  return [
    { group: removalsOf(removals, "gone"), says: GONE.gone },
    { group: removalsOf(removals, "never_found"), says: GONE.never_found },
  ].flatMap(({ group, says }) => (group.length === 0 ? [] : [`${says}\n${listUsers(group, MAX_LISTED)}`]));
}

/** Removals that could not be looked up, grouped by the failure. */
function undecidedGroups(head: string, undecided: readonly RemovalOf<"undecided">[], all: boolean): string[] {
  const groups = groupBy(undecided, ({ outcome }) => outcome.failure.message);
  return [...groups].map(
    ([message, group]) =>
      `${head} ${printable(message)}\n${listUsers(group, all ? group.length : MAX_LISTED)}`,
  );
}

/** Unreviewed deletions, grouped by the reason. */
function unreviewedGroups(unreviewed: readonly RemovalOf<"unreviewed">[]): string[] {
  return [...groupBy(unreviewed, ({ outcome }) => outcome.why)].map(
    ([why, group]) => `${UNREVIEWED[why as UnreviewedReason]}\n${listUsers(group, MAX_LISTED)}`,
  );
}

/** Tells the reviewer of a plan that users who count as deleted may turn out to be protected. */
export const PROTECTED_UNKNOWN: Message = {
  summary: "Not all protected users are known yet",
  detail:
    "protected_users of the provider refers to a value that is known only during apply. Some of the users above may then be protected, and are kept.",
};
