import { printable } from "../../text";
import type { Survivor } from "../deletion/delete-users";
import { type DirectoryFailure, MAX_IDS_PER_CALL } from "../directory";
import { groupBy } from "../lists";
import { userIdKey } from "../ids/id-types";
import {
  count,
  disagree,
  listUsers,
  MAX_LISTED,
  type Message,
  nameNote,
  paragraphs,
  poolName,
} from "../wording";
import { type KeepReason, type Removal, type RemovalOf, removalsOf, type UnreviewedReason } from "./removal";

/** What a plan would do to a user set. */
export interface PlannedRemovals {
  /** All removed ids. */
  readonly removals: readonly Removal[];
  /** How many users the set declares after the change. */
  readonly kept: number;
  /** Whether Terraform enforces the planned outcome of each removal at apply, as it does for `removals` of the provider's set. */
  readonly isBinding: boolean;
  /** Whether the change is refused. The message then names everyone who would be deleted, since no plan shows them. */
  readonly isRefused?: boolean;
  /** If the set suspends the removed users first; absent if it deletes them at once. */
  readonly suspension?: PlannedSuspension | undefined;
}

/** How long users are suspended before they are deleted. */
export interface PlannedSuspension {
  /** At least 1. */
  readonly days: number;
  /**
   * The day of the deletion if the plan is applied today, such as `2026-12-11`; `undefined` while GenAuth's clock is not known. Asked for
   * after the look-ups of the plan, which may be the first calls that tell the time.
   */
  readonly ifToday: () => string | undefined;
}

/**
 * Tells the reviewer of a plan which users are permanently deleted, and which are removed without a deletion.
 * `read-plan-message.ts` reads the detail.
 */
export function describePlan({
  removals,
  kept,
  isBinding,
  isRefused = false,
  suspension,
}: PlannedRemovals): Message {
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

/** Why a deletion is unreviewed, and what to do. */
const UNREVIEWED: Readonly<Record<UnreviewedReason, string>> = {
  never_seen:
    "Not deleted: the id was never seen while it was declared, so its user is not known. The id stays in the set as a survivor, and apply fails. Plan again with a refresh: the new plan names the current user of the id.",
  shared_label:
    "Not deleted: the same change adds an id that is not in GenAuth yet, and several users share the label of that id. Any of these may be renamed to it, so the ids stay in the set as survivors, and apply fails. If the added id is a new person, create the user in GenAuth first, or declare the id with a label of its own. If it is the new id of one of these, declare the old id until the id is changed in GenAuth. Then plan again.",
  not_planned:
    "Not deleted: the plan listed these as not deleted, but something has changed since then, so nobody has reviewed a deletion. The ids stay in the set as survivors. Plan again and review the new plan.",
};

/** Unreviewed deletions, grouped by the reason. */
function unreviewedGroups(unreviewed: readonly RemovalOf<"unreviewed">[]): string[] {
  return [...groupBy(unreviewed, ({ outcome }) => outcome.why)].map(
    ([why, group]) => `${UNREVIEWED[why as UnreviewedReason]}\n${listUsers(group, MAX_LISTED)}`,
  );
}

/** Explains in a sentence why an unreviewed removal leaves a survivor. */
export function describeUnreviewed(why: UnreviewedReason): string {
  return UNREVIEWED[why];
}

/** Why a user is kept, in the order in which a report lists the reasons. */
export const KEEP_REASONS: Readonly<Record<KeepReason["kind"], string>> = {
  retained: "Kept because the id is in retained_user_ids. The user stays in GenAuth.",
  protected: "Kept because the user is protected: no set deletes a protected user.",
  declared_as: "Kept because the user is still declared under another id.",
  rebound:
    "Kept because the id is bound to somebody else: it named another user while it was declared. The user it names now was never in the set.",
  several:
    "Kept because the id names several users, and it is not clear which of them is meant. To delete one of them, use the user_id.",
  renamed:
    "Kept because this looks like a rename: the same change adds an id with the same label that is not in GenAuth yet. If they are two people, keep the old id declared for now and remove it in a separate change.",
  moved:
    "Kept because the id was changed in GenAuth: it no longer names a user, but its user still exists under another id. To delete the user, declare that id, apply, and then remove it.",
};

/** Kept users, grouped by reason; each group is one paragraph. */
export function keptGroups(removals: readonly Removal[]): string[] {
  const kept = removalsOf(removals, "kept");
  return Object.entries(KEEP_REASONS).flatMap(([kind, sentence]) => {
    const group = kept.filter(({ outcome }) => outcome.reason.kind === kind);
    return group.length === 0 ? [] : [`${sentence}\n${listKept(group)}`];
  });
}

function listKept(group: readonly RemovalOf<"kept">[]): string {
  return listUsers(
    group.map(({ id, label, outcome }) => ({ id, label, note: noteOf(outcome.reason) })),
    MAX_LISTED,
  );
}

function noteOf(reason: KeepReason): string {
  switch (reason.kind) {
    case "retained":
      return "";
    case "protected":
      return `by ${reason.type} ${printable(reason.id)}`;
    case "declared_as":
      return `as ${printable(reason.id)}`;
    case "rebound":
      return `was user ${printable(reason.boundTo)}, is user ${printable(reason.user.userId)} now: ${poolName(reason.user)}`;
    case "several":
      return reason.users.map(({ userId }) => printable(userId)).join(", ");
    case "renamed":
      return `to ${printable(reason.to)}`;
    case "moved":
      return `user ${printable(reason.user.userId)}: ${poolName(reason.user)}`;
  }
}

/** Tells which users an apply removed from the set but kept in GenAuth, and why. Skips all other removals. */
export function describeKept(removals: readonly Removal[]): Message {
  const kept = removalsOf(removals, "kept").length;
  return {
    summary: `${count(kept, "user")} left the set and ${kept === 1 ? "stays" : "stay"} in GenAuth`,
    detail: paragraphs(
      ...keptGroups(removals),
      `The set no longer manages ${kept === 1 ? "this user" : "these users"}.`,
    ),
  };
}

/** Says how many of the removed users an apply has not confirmed as gone. */
export function notConfirmedGone(survivors: number, removed: number): string {
  const users = count(removed, "removed user");
  const whichUsers = removed === 1 ? users : `${survivors} of ${users}`;
  return `${whichUsers} ${survivors === 1 ? "is" : "are"} not confirmed gone from GenAuth`;
}

/** How many survivors of one reason a message lists, and how many reasons. */
const MAX_SURVIVORS_LISTED = 100;
const MAX_GROUPS = 10;

/**
 * Tells which users are still in GenAuth after an apply, and why.
 *
 * @param removed how many ids were removed from the set
 */
export function describeSurvivors(survivors: readonly Survivor[], removed: number): Message {
  const isMistaken = survivors.some(({ deletedInstead }) => deletedInstead !== undefined);
  return {
    summary: `${isMistaken ? "Somebody else was deleted, and " : ""}${notConfirmedGone(survivors.length, removed)}`,
    detail: paragraphs(
      ...survivorGroups(survivors),
      survivors.length === 1
        ? "The user stays in the state and in drift.survivors. The next plan shows the user again, and the next apply tries again."
        : "They stay in the state and in drift.survivors. The next plan shows them again, and the next apply tries again.",
    ),
  };
}

/** Survivors grouped by equal reason and code; each group is one paragraph. */
export function survivorGroups(survivors: readonly Survivor[]): string[] {
  const groups = [...groupBy(survivors, groupOf).values()];
  const shown = groups.slice(0, MAX_GROUPS).map((group) => {
    const head = group[0] ? headOf(group[0]) : "";
    const lines = group.map(({ id, label, failure }) => ({ id, label, note: requestNote(failure, head) }));
    return `${head}\n${listUsers(lines, MAX_SURVIVORS_LISTED, ", listed in drift.survivors")}`;
  });
  const beyond = groups.slice(MAX_GROUPS).reduce((sum, group) => sum + group.length, 0);
  return beyond === 0
    ? shown
    : [...shown, `And ${count(beyond, "survivor")} for other reasons, listed in drift.survivors.`];
}

/** Survivors of several calls share a group although their request ids differ. */
function groupOf({ reason, failure }: Survivor): string {
  const text = failure?.requestId ? reason.replaceAll(failure.requestId, "") : reason;
  return [text, failure?.statusCode, failure?.apiCode].join("\n");
}

/** The reason, with the parts of GenAuth's answer that the reason does not repeat. */
function headOf({ reason, failure }: Survivor): string {
  if (!failure) return printable(reason);
  const text = reason.includes(failure.message) ? reason : `${reason} ${failure.message}`;
  const codes = [
    ...codeText("statusCode", failure.statusCode, text.includes(`answered ${failure.statusCode ?? ""}`)),
    ...codeText("apiCode", failure.apiCode, text.includes(`apiCode ${failure.apiCode ?? ""}`)),
  ];
  return printable(codes.length === 0 ? text : `${text} (${codes.join(", ")})`);
}

function codeText(name: string, code: number | undefined, isSaid: boolean): string[] {
  return code === undefined || isSaid ? [] : [`${name} ${code}`];
}

function requestNote(failure: DirectoryFailure | undefined, head: string): string {
  const { requestId } = failure ?? {};
  return requestId === undefined || head.includes(requestId) ? "" : `request id ${printable(requestId)}`;
}
