import { printable } from "../../text";
import { MAX_IDS_PER_CALL } from "../directory";
import { userIdKey } from "../ids/id-types";
import { compact, groupBy } from "../../lists";
import { isRevoked, type Leaver, mayRevoke, meaningOf, reasonOf, type Revocation } from "../fate";
import { keptGroups, reasonGroups } from "./describe-leavers";
import {
  count,
  disagree,
  type Line,
  listUsers,
  MAX_LISTED,
  nameNote,
  paragraphs,
  type Told,
  warningAbout,
} from "../wording";

/** How long users are suspended before they are deleted. */
export interface PlannedSuspension {
  /** At least 1. */
  readonly days: number;
  /**
   * The day of the deletion if the plan is applied today, such as `2026-12-11`; `undefined` while GenAuth's
   * clock is not known.
   */
  readonly ifToday: string | undefined;
}

/** What a reviewer has to read about a change of a user set. */
export interface PlannedLeavers extends Pick<KnownAtPlan, "pool"> {
  /** All removed ids, or all who are due. */
  readonly leavers: readonly Leaver[];
  /** How many users the set declares after the change. */
  readonly kept: number;
  /**
   * Whether the engine itself binds the apply to the planned fate of each leaver, and blames the provider if
   * it differs. The message explains that; of two messages about one set, the last one does.
   */
  readonly isBinding: boolean;
  /** Whether they left the set before, and the day of their deletion has come. Default no. */
  readonly areDue?: boolean;
  /** If the set suspends the removed users first; absent if it deletes them at once. */
  readonly suspension?: PlannedSuspension | undefined;
}

/**
 * Tells the reviewer of a plan which users are permanently deleted, and which are removed without a deletion.
 * `read-plan.ts` reads the message. Whatever the two share is a constant of this file, or of a file from
 * which both take it.
 *
 * @param isRefused whether the change is refused
 */
export function describePlan(
  { leavers, kept, isBinding, areDue = false, suspension, pool }: PlannedLeavers,
  isRefused = false,
): Told {
  const [active, inactive] = revokedIn(leavers);
  const undecided = notLookedUp(leavers);
  const words = suspension ? SUSPENSION_WORDS : DELETION_WORDS;
  const future: Future = isRefused ? "would be" : "will be";
  const head = isRefused ? words.ifAllowed : words.certain;
  const leaving = [...reasonGroups(leavers, ({ isAbsent }) => isAbsent), ...keptGroups(leavers)];
  const says = summarize(leavers, suspension, future);
  const revoked = leavers.filter(mayRevoke);
  return warningAbout(
    (revoked.length > 0 ? revoked : leavers).map(({ id }) => id),
    isRefused && revoked.length > 0 ? `Refused: ${says}` : says,
    paragraphs(
      revokedGroup(head, active, isRefused),
      revokedGroup(INACTIVE, inactive, isRefused),
      areDue ? dueSince(leavers) : "",
      ...undecidedGroups(words.undecided, undecided),
      leaving.length === 0 ? "" : words.leaving,
      ...leaving,
      ...reasonGroups(leavers, ({ failsRun, mayRevoke }) => failsRun && !mayRevoke),
      isBinding && !isRefused ? IF_REFUSED : "",
      `${DECLARES} ${count(kept, "user")} after this change.${pool === undefined ? "" : `${POOL}${printable(pool)}.`}`,
    ),
  );
}

/**
 * The users that the change deletes or suspends, and apart from them those whose status it leaves as it is
 * until their deletion.
 */
function revokedIn(
  leavers: readonly Leaver[],
): [active: Leaver<Revocation>[], inactive: Leaver<Revocation>[]] {
  const revoked = leavers.filter(isRevoked);
  return [revoked.filter(({ fate }) => !fate.isInactive), revoked.filter(({ fate }) => fate.isInactive)];
}

/** A leaver who could not be looked up, and why. */
interface UndecidedLeaver extends Leaver {
  readonly why: string;
}

function notLookedUp(leavers: readonly Leaver[]): UndecidedLeaver[] {
  return leavers.flatMap((leaver) => {
    const reason = reasonOf(leaver);
    return reason?.kind === "not_looked_up" ? [{ ...leaver, why: reason.failure.message }] : [];
  });
}

/**
 * How a plan's message speaks of users who are deleted: the heads of groups of users, and the sentences
 * between them.
 */
export const DELETION_WORDS = {
  certain: "Apply permanently deletes these users. This cannot be undone:",
  /** Of a plan that is refused. */
  ifAllowed: "Nobody is deleted. If it were allowed, apply would permanently delete these users:",
  undecided:
    "These could not be looked up, so they count as deletions. Apply looks them up again and deletes only the users it finds.",
  leaving: "These are removed from the set but not deleted:",
} as const;

/** The same if the set suspends removed users first. */
export const SUSPENSION_WORDS = {
  certain:
    "Apply suspends these users: they can no longer log in. Sessions that are already open may go on. After the days given above, a plan shows their deletion:",
  ifAllowed: "Nobody is suspended. If it were allowed, apply would suspend these users:",
  undecided:
    "These could not be looked up, so they count as suspensions. Apply looks them up again and suspends only the users it finds.",
  leaving: "These are removed from the set but neither suspended nor deleted:",
} as const;

/**
 * Explains the engine's message for an apply that would treat a user otherwise than the plan says. The
 * message itself blames the provider (seen on Terraform 1.11.4 and OpenTofu 1.12.6). It stands in each plan,
 * so it says only what to do; the guide for troubleshooting says why.
 */
export const IF_REFUSED =
  'If apply ends with "Provider produced inconsistent final plan", nobody in this set was suspended or deleted. Plan again.';

/** The head of the users that a set that suspends leaves as they are until their deletion. */
export const INACTIVE =
  "These are not active already, so their status stays. They count as suspensions, and after the days given above, a plan shows their deletion:";

export const DUE = "Due since ";
export const DECLARES = "The set declares";
export const POOL = " The user pool is at ";

function summarize(
  leavers: readonly Leaver[],
  suspension: PlannedSuspension | undefined,
  future: Future,
): string {
  const [active, inactive] = revokedIn(leavers);
  const undecided = notLookedUp(leavers).length;
  const done = suspension ? "suspended" : "permanently deleted from GenAuth";
  const deleted = suspension ? `deleted ${laterBy(suspension)}` : "";
  const later = suspension ? `, and ${deleted}` : "";
  const users = new Set(active.map(({ fate }) => userIdKey(fate.userId))).size;
  const calls = suspension ? "" : ` in ${count(Math.ceil(users / MAX_IDS_PER_CALL), "call")}`;
  const certain = compact(
    active.length > 0 && `${count(active.length, "user")} ${future} ${done}${calls}${later}`,
    inactive.length > 0 && `${count(inactive.length, "inactive user")} ${future} ${deleted}`,
  );
  if (certain.length + undecided === 0) return summarizeStay(leavers);
  const possible = `could not be looked up and may be ${done}`;
  if (certain.length === 0) return `${count(undecided, "user")} ${possible}${later}`;
  return compact(...certain, undecided > 0 && `${undecided} more ${possible}`).join("; ");
}

function laterBy({ days, ifToday: day }: PlannedSuspension): string {
  return `${count(days, "day")} later${day === undefined ? "" : ` (${day} if applied today)`}`;
}

type Future = "will be" | "would be";

/** Nobody's account ends. The ids that follow must not read as those of people whose account does. */
function summarizeStay(leavers: readonly Leaver[]): string {
  const size = leavers.length;
  if (leavers.every((leaver) => meaningOf(leaver).keepsAccount))
    return `${count(size, "user")} will leave the set but not GenAuth`;
  const isFound = leavers.some((leaver) => !meaningOf(leaver).isAbsent);
  return `${count(size, "removed user")} ${isFound ? "not deleted" : "not found in GenAuth"}`;
}

/**
 * Users whose label and name disagree come first, and unless nobody is revoked, all of them are named: the
 * label may belong to somebody else.
 */
function revokedGroup(head: string, revoked: readonly Leaver<Revocation>[], isRefused: boolean): string {
  if (revoked.length === 0) return "";
  const isSuspect = ({ label, fate }: Leaver<Revocation>) => disagree(label, fate.name);
  const suspect = revoked.filter(isSuspect);
  const lines = [...suspect, ...revoked.filter((leaver) => !isSuspect(leaver))].map(
    ({ id, label, fate }): Line => ({ id, label, note: nameNote(label, fate.name) }),
  );
  const [most, where] = isRefused
    ? [MAX_LISTED, ""]
    : [Math.max(MAX_LISTED, suspect.length), "; the plan marks each of them with a minus sign"];
  return `${head}\n${listUsers(lines, most, where)}`;
}

/** Says why users who left the set before are deleted now, and since when. */
function dueSince(leavers: readonly Leaver[]): string {
  const days = leavers
    .flatMap(({ waiting }) => (waiting ? [waiting.deleteFrom.slice(0, "2026-01-01".length)] : []))
    .sort();
  const first = days.at(0) ?? "";
  const last = days.at(-1) ?? "";
  const since = first === last ? first : `${first}, the last since ${last}`;
  return `${DUE}${since}: removed from the set earlier, when suspend_days postponed the deletion.`;
}

/** Leavers who could not be looked up, grouped by the failure. */
function undecidedGroups(head: string, undecided: readonly UndecidedLeaver[]): string[] {
  const groups = groupBy(undecided, ({ why }) => why);
  return [...groups].map(
    ([message, group]) => `${head} ${printable(message)}\n${listUsers(group, MAX_LISTED)}`,
  );
}

/** The headline of what a reviewer has to know while the protected users are not all known. */
export const PROTECTED_UNKNOWN = "Not all protected users are known yet";

/** What of the provider's configuration is known at plan. */
export interface KnownAtPlan {
  /** Whether all protected users are known. */
  readonly protectedUsersKnown: boolean;
  /** The address of the user pool; absent if it is not known. */
  readonly pool?: string | undefined;
}

/**
 * Tells the reviewer of a plan whose fate is not known before the apply.
 *
 * @param leavers those who leave, and are named by other messages of the plan
 * @param waiting those who wait for their deletion, or are due
 * @returns nothing if there is nobody
 */
export function describeUnknownFates(
  { protectedUsersKnown, pool }: KnownAtPlan,
  leavers: readonly Leaver[],
  waiting: readonly Leaver[],
): Told | undefined {
  const mayBeProtected = !protectedUsersKnown && leavers.length > 0;
  const mayReturn = !(protectedUsersKnown && pool !== undefined) && waiting.length > 0;
  if (!mayBeProtected && !mayReturn) return undefined;
  const cause = protectedUsersKnown ? "The provider's configuration" : "protected_users of the provider";
  const leaving = mayBeProtected ? " Some of the users above may then be protected, and are kept." : "";
  const among =
    "These users wait. If one of them turns out to be declared or protected, that user is not deleted, but reactivated:";
  return warningAbout(
    waiting.map(({ id }) => id),
    protectedUsersKnown ? "The user pool is not known yet" : PROTECTED_UNKNOWN,
    paragraphs(
      `${cause} refers to a value that is known only during apply.${leaving}`,
      mayReturn ? `${among}\n${listUsers(waiting, MAX_LISTED)}` : "",
    ),
  );
}
