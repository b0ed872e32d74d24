import { printable } from "../../text";
import { MAX_IDS_PER_CALL } from "../directory";
import { userIdKey } from "../ids/id-types";
import { groupBy } from "../../lists";
import { isRevoked, type Leaver, mayRevoke, meaningOf, reasonOf, type Revocation } from "../change/fate";
import { keptGroups, reasonGroups } from "../change/messages";
import { count, disagree, listUsers, MAX_LISTED, type Message, nameNote, paragraphs } from "../wording";

/** How long users are suspended before they are deleted. */
export interface PlannedSuspension {
  /** At least 1. */
  readonly days: number;
  /** The day of the deletion if the plan is applied today, such as `2026-12-11`; `undefined` while GenAuth's clock is not known. */
  readonly ifToday: string | undefined;
}

/** What a reviewer has to read about a change of a user set. */
export interface PlannedLeavers {
  /** All removed ids, or all who are due. */
  readonly leavers: readonly Leaver[];
  /** How many users the set declares after the change. */
  readonly kept: number;
  /** Whether the engine itself binds the apply to the planned fate of each leaver, and blames the provider if it differs. */
  readonly isBinding: boolean;
  /**
   * Whether this may be the plan that an apply makes, of which nobody here knows what the approved plan shows. The message then promises
   * nothing: the engine may refuse the change beneath it. Default no.
   */
  readonly mayBeApply?: boolean;
  /** Whether they left the set before, and the day of their deletion has come. Default no. */
  readonly areDue?: boolean;
  /** If the set suspends the removed users first; absent if it deletes them at once. */
  readonly suspension?: PlannedSuspension | undefined;
  /** The address of the user pool; absent if it is not known. */
  readonly pool?: string | undefined;
}

/**
 * Tells the reviewer of a plan which users are permanently deleted, and which are removed without a deletion.
 * `read.ts` reads the message. Whatever the two share is a constant of this file, or of a file from which both take it.
 *
 * @param isRefused whether the change is refused
 */
export function describePlan(
  { leavers, kept, isBinding, mayBeApply = false, areDue = false, suspension, pool }: PlannedLeavers,
  isRefused = false,
): Message {
  const revoked = leavers.filter(isRevoked);
  const undecided = notLookedUp(leavers);
  const words = suspension ? SUSPENSION_WORDS : DELETION_WORDS;
  const future: Future = isRefused ? "would be" : mayBeApply ? "is to be" : "will be";
  const head = isRefused ? words.refused : mayBeApply ? words.ifApproved : words.certain;
  const leaving = [...reasonGroups(leavers, ({ isAbsent }) => isAbsent), ...keptGroups(leavers)];
  const says = suspension ? suspensionSummary(leavers, suspension, future) : deletionSummary(leavers, future);
  return {
    summary: isRefused && leavers.some(mayRevoke) ? `Refused: ${says}` : says,
    detail: paragraphs(
      revokedGroup(head, revoked, isRefused),
      areDue ? dueSince(leavers) : "",
      ...undecidedGroups(words.undecided, undecided),
      leaving.length === 0 ? "" : words.leaving,
      ...leaving,
      ...reasonGroups(leavers, ({ failsRun, mayRevoke }) => failsRun && !mayRevoke),
      isBinding && !isRefused ? words.ifRefused : "",
      `${DECLARES} ${count(kept, "user")} after this change.${pool === undefined ? "" : `${POOL}${printable(pool)}.`}`,
    ),
  };
}

type RevokedLeaver = Leaver<Revocation>;

/** Leavers who could not be looked up, each with the reason. */
function notLookedUp(
  leavers: readonly Leaver[],
): { readonly id: string; readonly label: string; readonly why: string }[] {
  return leavers.flatMap((leaver) => {
    const reason = reasonOf(leaver);
    return reason?.kind === "not_looked_up" ? [{ ...leaver, why: reason.failure.message }] : [];
  });
}

/** The heads of groups of users, and the sentences between them. */
export const DELETED = "Apply permanently deletes these users. This cannot be undone:";
export const DELETED_IF_APPROVED =
  "Apply permanently deletes those of these users whom the approved plan deletes. This cannot be undone:";
/** Of a plan that is refused. */
export const DELETED_IF_ALLOWED =
  "Nobody is deleted. If it were allowed, apply would permanently delete these users:";
export const UNDECIDED =
  "These could not be looked up, so they count as deletions. Apply looks them up again and deletes only the users it finds.";
export const LEAVING = "These are removed from the set but not deleted:";
export const DUE = "Due since ";
export const DECLARES = "The set declares";
export const POOL = " The user pool is at ";

/**
 * Explains the engine's message for an apply that would delete a user that the plan does not. The message itself blames the
 * provider (seen on Terraform 1.11.4 and OpenTofu 1.12.6).
 */
export const IF_REFUSED =
  'If apply fails with "Provider produced inconsistent final plan", a file, the configuration or the user pool has changed since this plan, and nobody in this set was deleted. Plan again, and review the new plan.';

/** The same heads and sentences if the set suspends removed users first. */
export const SUSPENDED_FIRST =
  "Apply suspends these users: they can no longer log in. Sessions that are already open may go on. After the days given above, a plan shows their deletion:";
export const SUSPENDED_IF_APPROVED =
  "Apply suspends those of these users whom the approved plan suspends: they can no longer log in. Sessions that are already open may go on. After the days given above, a plan shows their deletion:";
export const SUSPENDED_IF_ALLOWED =
  "Nobody is suspended. If it were allowed, apply would suspend these users:";
export const UNDECIDED_SUSPENSION =
  "These could not be looked up, so they count as suspensions. Apply looks them up again and suspends only the users it finds.";
export const LEAVING_ACTIVE = "These are removed from the set but neither suspended nor deleted:";
export const IF_SUSPENSION_REFUSED = IF_REFUSED.replace("was deleted", "was suspended or deleted");

const DELETION_WORDS = {
  certain: DELETED,
  ifApproved: DELETED_IF_APPROVED,
  refused: DELETED_IF_ALLOWED,
  undecided: UNDECIDED,
  leaving: LEAVING,
  ifRefused: IF_REFUSED,
} as const;

const SUSPENSION_WORDS = {
  certain: SUSPENDED_FIRST,
  ifApproved: SUSPENDED_IF_APPROVED,
  refused: SUSPENDED_IF_ALLOWED,
  undecided: UNDECIDED_SUSPENSION,
  leaving: LEAVING_ACTIVE,
  ifRefused: IF_SUSPENSION_REFUSED,
} as const;

function suspensionSummary(
  leavers: readonly Leaver[],
  { days, ifToday: day }: PlannedSuspension,
  future: Future,
): string {
  const suspended = leavers.filter(isRevoked).length;
  const undecided = notLookedUp(leavers).length;
  const later = `${count(days, "day")} later${day === undefined ? "" : ` (${day} if applied today)`}`;
  const certain = `${count(suspended, "user")} ${toBe(suspended, future)} suspended, and deleted ${later}`;
  const possible = "could not be looked up and may be suspended";
  if (undecided === 0) return suspended === 0 ? summarizeStay(leavers) : certain;
  return suspended === 0
    ? `${count(undecided, "user")} ${possible}, and deleted ${later}`
    : `${certain}; ${undecided} more ${possible}`;
}

function deletionSummary(leavers: readonly Leaver[], future: Future): string {
  const deleted = leavers.filter(isRevoked);
  const undecided = notLookedUp(leavers).length;
  const calls = Math.ceil(new Set(deleted.map(({ fate }) => userIdKey(fate.userId))).size / MAX_IDS_PER_CALL);
  const certain = `${count(deleted.length, "user")} ${toBe(deleted.length, future)} permanently deleted from GenAuth in ${count(calls, "call")}`;
  const possible = "could not be looked up and may be permanently deleted from GenAuth";
  if (undecided === 0) return deleted.length === 0 ? summarizeStay(leavers) : certain;
  return deleted.length === 0
    ? `${count(undecided, "user")} ${possible}`
    : `${certain}, and ${undecided} more ${possible}`;
}

/** `is to be`: of a plan that may be read after its apply, nothing is said of the future. */
type Future = "will be" | "would be" | "is to be";

function toBe(users: number, future: Future): string {
  return future === "is to be" && users !== 1 ? "are to be" : future;
}

/** Nobody's account ends. The ids that follow must not read as those of people whose account does. */
function summarizeStay(leavers: readonly Leaver[]): string {
  const size = leavers.length;
  if (leavers.every((leaver) => meaningOf(leaver).keepsAccount))
    return `${count(size, "user")} ${size === 1 ? "leaves the set and keeps the account" : "leave the set and keep their accounts"}`;
  const isFound = leavers.some((leaver) => !meaningOf(leaver).isAbsent);
  return `${count(size, "removed user")} ${size === 1 ? "is" : "are"} ${isFound ? "not deleted" : "not found in GenAuth"}`;
}

/**
 * Users whose label and name disagree come first, and unless nobody is revoked, all of them are named: the label may belong to somebody else.
 */
function revokedGroup(head: string, revoked: readonly RevokedLeaver[], isRefused: boolean): string {
  if (revoked.length === 0) return "";
  const isSuspect = ({ label, fate }: RevokedLeaver) => disagree(label, fate.name);
  const suspect = revoked.filter(isSuspect);
  const lines = [...suspect, ...revoked.filter((leaver) => !isSuspect(leaver))].map(
    ({ id, label, fate }) => ({
      id,
      label,
      note: nameNote(label, fate.name),
    }),
  );
  return isRefused
    ? `${head}\n${listUsers(lines, MAX_LISTED)}`
    : `${head}\n${listUsers(lines, Math.max(MAX_LISTED, suspect.length), "; the plan marks each of them with a minus sign")}`;
}

/** Says why users who left the set before are deleted now, and since when. */
function dueSince(leavers: readonly Leaver[]): string {
  const days = leavers
    .flatMap(({ waiting }) => (waiting ? [waiting.deleteFrom.slice(0, "2026-01-01".length)] : []))
    .sort();
  const [first = "", last = ""] = [days[0], days.at(-1)];
  const since = first === last ? first : `${first}, the last since ${last}`;
  return `${DUE}${since}: removed from the set earlier, when suspend_days postponed the deletion.`;
}

/** Leavers who could not be looked up, grouped by the failure. */
function undecidedGroups(head: string, undecided: ReturnType<typeof notLookedUp>): string[] {
  const groups = groupBy(undecided, ({ why }) => why);
  return [...groups].map(
    ([message, group]) => `${head} ${printable(message)}\n${listUsers(group, MAX_LISTED)}`,
  );
}

/** Tells the reviewer of a plan that users who count as deleted may turn out to be protected. */
export const PROTECTED_UNKNOWN: Message = {
  summary: "Not all protected users are known yet",
  detail:
    "protected_users of the provider refers to a value that is known only during apply. Some of the users above may then be protected, and are kept.",
};
