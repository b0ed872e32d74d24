import { printable } from "../../text";
import type { DirectoryFailure, DirectoryUser } from "../directory";
import { poolName } from "../wording";
import type { ProtectedMatch } from "./protection";

/** What is known with each reason. */
interface Details {
  // Of those who leave.
  not_looked_up: Failed;
  gone: object;
  never_found: object;
  retained: object;
  protected: ProtectedMatch;
  declared_as: { readonly id: string };
  rebound: { readonly boundTo: string; readonly user: DirectoryUser };
  several: { readonly users: readonly DirectoryUser[] };
  renamed: { readonly to: string };
  moved: { readonly user: DirectoryUser };
  never_seen: object;
  not_planned: object;
  // Of those who left before, and wait for their deletion.
  wait: object;
  uncertain: Because;
  held: Because;
  return_not_planned: object;
  released: Because & { readonly note?: string | undefined; readonly isGone?: true };
}

/** Why, as sentences above a list of those to whom it happens. */
interface Because {
  readonly because: string;
}

interface Failed {
  readonly failure: DirectoryFailure;
}

type Kind = keyof Details;
type ReasonOf<K extends Kind> = { readonly kind: K } & Details[K];

/** Why a change makes no call for somebody whom it concerns. What each kind means, and what is said of it, is its row in `REASONS`. */
export type Reason = { [K in Kind]: ReasonOf<K> }[Kind];

/** What a reason means and says. A consequence that a row does not name does not hold. */
export interface ReasonRow<R = Reason> {
  /** What a message says above the list of those whom it is about. Absent if others say it, or nobody has to. */
  readonly says?: string | ((reason: R) => string);
  /** What stands beside the user in that list. */
  readonly note?: (reason: R) => string;
  /** What a report says of somebody who leaves; a note of the message may follow. */
  readonly remark?: string;
  /** Leaves the set and keeps the account. */
  readonly keepsAccount?: true;
  /** There is no account: the id leaves the set. */
  readonly isAbsent?: true;
  /** Becomes a survivor, so the run fails: a removed id stays in the set, and the next apply decides. */
  readonly failsRun?: true;
  /** Counts as a deletion or suspension: an apply may find out who it is, and make the call. */
  readonly mayRevoke?: true;
  /** Whoever waited does not wait any more, as far as this set knows. */
  readonly forgets?: true;
}

/** What a reason means. */
export type Meaning = Omit<ReasonRow, "says" | "note">;

type Rows = { readonly [K in Kind]: ReasonRow<ReasonOf<K>> };

const KEPT = { keepsAccount: true, forgets: true } as const;
const UNREVIEWED = { failsRun: true } as const;

/** All reasons. Those who leave come in the order in which messages list them. */
const REASONS = {
  // The directory could not tell which user the id names.
  not_looked_up: { failsRun: true, mayRevoke: true, remark: "Could not be looked up" },
  // The id named a user while it was declared.
  gone: { says: "Already gone: GenAuth no longer has these users.", isAbsent: true, remark: "" },
  never_found: {
    says: "Never found: as far as the state knows, no look-up of this set has found these ids, so nobody is deleted. If they belong to real users, check user_id_type and the user pool.",
    isAbsent: true,
    remark: "Never found",
  },
  retained: {
    ...KEPT,
    says: "Kept because the id is in retained_ids. The user stays in GenAuth.",
    remark: "In retained_ids",
  },
  protected: {
    ...KEPT,
    says: "Kept because the user is protected.",
    note: byMatch,
    remark: "Protected",
  },
  declared_as: {
    // One who waited is reactivated by a later change.
    keepsAccount: true,
    says: "Kept because the user is still declared under another id.",
    note: ({ id }) => `as ${printable(id)}`,
    remark: "Still declared",
  },
  rebound: {
    ...KEPT,
    says: "Kept because the id is bound to somebody else: it named another user while it was declared. The user it names now was never in the set. The former one may still have an account, under another id: cdktf-genauth show with the former system user id says so. To delete that user, declare the present id, apply, and then remove it.",
    note: ({ boundTo, user }) =>
      `was user ${printable(boundTo)}, is user ${printable(user.userId)} now: ${poolName(user)}`,
    remark: "The id is bound to somebody else",
  },
  several: {
    ...KEPT,
    says: "Kept because the id names several users, and it is not clear which of them is meant. To delete one of them, use the user_id.",
    note: ({ users }) => users.map(({ userId }) => printable(userId)).join(", "),
    remark: "The id names several users",
  },
  renamed: {
    ...KEPT,
    says: "Kept because this looks like a rename: the same change adds an id with the same label that is not in GenAuth yet. If they are different people, keep the old id declared for now and remove it in a separate change.",
    note: ({ to }) => `to ${printable(to)}`,
    remark: "Looks like a rename",
  },
  moved: {
    ...KEPT,
    says: "Kept because the id was changed in GenAuth: it no longer names a user, but its user still exists under another id. To delete the user, declare that id, apply, and then remove it.",
    note: ({ user }) => `user ${printable(user.userId)}: ${poolName(user)}`,
    remark: "The id was changed in GenAuth",
  },
  never_seen: {
    ...UNREVIEWED,
    says: "Left alone: the id was never seen while it was declared, so its user is not known. The id stays in the set as a survivor, and apply fails. Plan again with a refresh: the new plan names the current user of the id.",
    remark: "Never seen while it was declared, so apply fails",
  },
  not_planned: {
    ...UNREVIEWED,
    says: "Nothing was done to these: the plan did not include them, and something has changed since then, so nobody has reviewed whether they may leave. The ids stay in the set as survivors. Plan again and review the new plan.",
    remark: "Nobody has reviewed that the user leaves, so apply fails",
  },

  // The day has not come, or the approved plan changes nothing for those who wait.
  wait: {},
  // A look-up failed, or shows no status: the user waits on.
  uncertain: { says: ({ because }) => because },
  // A limit or the operator holds all who are due, or nobody has reviewed the deletion.
  held: { says: ({ because }) => `Due, but not deleted: ${because}` },
  return_not_planned: {
    says: "Declared again or protected, but not reactivated: the plan did not reactivate them, because something has changed since then. The next plan does.",
  },
  // Neither deleted nor reactivated by this set any more.
  released: { forgets: true, says: ({ because }) => because, note: ({ note = "" }) => note },
} as const satisfies Rows;

/** By which id a user is protected, as a note. */
export function byMatch({ type, id }: ProtectedMatch): string {
  return `by ${type} ${printable(id)}`;
}

/** The row of a reason. */
export function reasonRow(reason: Reason): ReasonRow {
  return REASONS[reason.kind] as ReasonRow;
}

/** What a message says of a reason: the sentence above a list, and the note beside the user. Both may be empty. */
export function reasonWords(reason: Reason): { readonly sentence: string; readonly note: string } {
  const { says = "", note } = reasonRow(reason);
  return { sentence: typeof says === "string" ? says : says(reason), note: note?.(reason) ?? "" };
}

/** Why somebody who leaves is not deleted or suspended, or counts as if: the reasons that the message of a plan and a report give. */
export type LeavingReason = {
  [K in Kind]: (typeof REASONS)[K] extends { readonly remark: string } ? K : never;
}[Kind];

export const LEAVING_REASONS = Object.entries(REASONS).flatMap(([kind, row]) =>
  "remark" in row ? [kind as LeavingReason] : [],
);

/** The row of such a reason, whose sentence is the same for everybody. */
export function rowOfLeaving(
  kind: LeavingReason,
): Meaning & { readonly says?: string; readonly remark: string } {
  return REASONS[kind];
}
