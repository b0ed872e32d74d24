import { printable } from "../../text";
import type { DirectoryFailure, DirectoryUser } from "../directory";
import { SUSPENDED } from "../status";
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
  shared_label: object;
  not_planned: object;
  // Of those who left before, and wait for their deletion.
  wait: object;
  wait_hidden: object;
  wait_no_status: object;
  wait_not_looked_up: Failed;
  wait_passed_over: { readonly because: string };
  // Of those who are declared again, and suspended, or may be.
  return_hidden: object;
  return_no_status: object;
  return_not_planned: object;
  return_not_looked_up: Failed;
  return_unconfirmed: object;
  return_late: object;
  return_unproven: { readonly status: string };
  // Of those whom the set forgets.
  release_gone: object;
  release_retained: object;
  release_protected: ProtectedMatch;
  release_not_ours: { readonly status: string };
  release_new_account: object;
  release_status_changed: OtherStatus;
  release_return_changed: OtherStatus;
  release_id_changed: { readonly user: DirectoryUser };
  release_lost: object;
}

interface Failed {
  readonly failure: DirectoryFailure;
}

/** A status that is not the one with which the user began to wait. */
interface OtherStatus {
  /** Empty if GenAuth shows none. */
  readonly status: string;
  /** Whether only its time is another one. */
  readonly isSame: boolean;
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
  /** A plan tells it of one who waits before the day has come, too. */
  readonly isToldEarly?: true;
  /** Is declared again: an apply that learns more may reactivate the user. */
  readonly isReturn?: true;
  /** A later look-up may show something else, though nobody does anything; as of each `isReturn`. */
  readonly mayTurnOut?: true;
  /** Is declared, and stays suspended until somebody else acts, or the next apply. */
  readonly locksOut?: true;
  /** How the headline of a message about those who wait counts the user; default `waits`. */
  readonly counts?: "not_reactivated" | "may_return" | "unproven" | "unconfirmed" | "released" | "gone";
}

/** What a reason means. */
export type Meaning = Omit<ReasonRow, "says" | "note">;

type Rows = { readonly [K in Kind]: ReasonRow<ReasonOf<K>> };

const KEPT = { keepsAccount: true, forgets: true } as const;
const UNREVIEWED = { failsRun: true } as const;
const RETURN = { isToldEarly: true, isReturn: true, counts: "not_reactivated" } as const;
const RELEASED = { forgets: true, counts: "released" } as const;

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
    says: "Kept because the id is in retained_user_ids. The user stays in GenAuth.",
    remark: "In retained_user_ids",
  },
  protected: {
    ...KEPT,
    says: "Kept because the user is protected.",
    note: ({ isAddedElsewhere, ...match }) =>
      `${byMatch(match)}${isAddedElsewhere ? ", which another set adds" : ""}`,
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
    says: "Kept because the id is bound to somebody else: it named another user while it was declared. The user it names now was never in the set. The former one may still have an account, under another id: genauth-users show with the former system user id says so. To delete that user, declare the present id, apply, and then remove it.",
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
  // Nobody else in the set has the label.
  renamed: {
    ...KEPT,
    says: "Kept because this looks like a rename: the same change adds an id with the same label that is not in GenAuth yet. If they are two people, keep the old id declared for now and remove it in a separate change.",
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
  shared_label: {
    ...UNREVIEWED,
    says: "Left alone: the same change adds an id that is not in GenAuth yet, and several users share the label of that id. Any of these may be renamed to it, so the ids stay in the set as survivors, and apply fails. If the added id is a new person, create the user in GenAuth first, or declare the id with a label of its own. If it is the new id of one of these, declare the old id until the id is changed in GenAuth. Then plan again.",
    remark: "Several users share the label of an id that joins, so apply fails",
  },
  not_planned: {
    ...UNREVIEWED,
    says: "Nothing was done to these: the plan did not include them, and something has changed since then, so nobody has reviewed whether they may leave. The ids stay in the set as survivors. Plan again and review the new plan.",
    remark: "Nobody has reviewed that the user leaves, so apply fails",
  },

  // The day has not come, or the approved plan changes nothing for those who wait.
  wait: {},
  // Absence alone does not mean that the user is gone.
  wait_hidden: {
    says: "Not shown: no look-up finds these suspended users. They may be gone, or hidden, so they wait on. If they are gone, put their ids into retained_user_ids for one apply.",
    isToldEarly: true,
    mayTurnOut: true,
  },
  wait_no_status: {
    says: "Neither deleted nor reactivated: GenAuth does not show their status, so nobody can tell whether somebody has changed it. They wait on.",
    isToldEarly: true,
    mayTurnOut: true,
  },
  wait_not_looked_up: {
    mayTurnOut: true,
    says: ({ failure }) => `Due, but not deleted: they could not be looked up. ${printable(failure.message)}`,
  },
  // A limit or the operator holds all who are due, nobody has reviewed the deletion, or another set declares the user by now.
  wait_passed_over: { says: ({ because }) => `Due, but not deleted: ${because}` },

  return_hidden: {
    ...RETURN,
    // Not the advice above, which would leave a declared user suspended.
    says: "Not shown, though declared again or protected: no look-up finds these suspended users, so they are not reactivated. If GenAuth hides them, set their status to Activated in GenAuth's console. If they are gone, create their accounts again; once a look-up shows a new account, the next plan forgets the former one.",
  },
  return_no_status: {
    ...RETURN,
    locksOut: true,
    says: "Neither deleted nor reactivated: GenAuth does not show their status, so nobody can tell whether somebody has changed it. They wait on.",
  },
  return_not_planned: {
    ...RETURN,
    locksOut: true,
    says: "Declared again or protected, but not reactivated: the plan did not reactivate them, because something has changed since then. The next plan does.",
  },
  return_not_looked_up: {
    ...RETURN,
    failsRun: true,
    counts: "may_return",
    says: ({ failure }) =>
      `Declared again or protected, and not looked up: ${printable(failure.message)} An apply looks them up again, and reactivates whom it finds suspended by this set.`,
  },
  // Shown as active, and look-ups may be late.
  return_unconfirmed: {
    ...RETURN,
    counts: "unconfirmed",
    says: "Declared again or protected, and shown as active. But an earlier apply tried to suspend them and could not confirm it, and look-ups may be late. If a look-up shows them suspended, an apply reactivates them.",
  },
  // The same, told when the user came back.
  return_late: { isReturn: true },
  return_unproven: {
    mayTurnOut: true,
    isToldEarly: true,
    locksOut: true,
    counts: "unproven",
    says: "Declared or protected, and not reactivated, because it is not certain that this set suspended them. If they should have access, reactivate them in GenAuth. Plans name them, and so does drift.locked_out, until their status is another one.",
    note: ({ status }) => statusNote(status),
  },

  release_gone: {
    forgets: true,
    counts: "gone",
    says: "Gone: GenAuth's archive of deleted users lists them, or an earlier apply tried to delete them and could not confirm it. No look-up finds them any more.",
  },
  release_retained: {
    ...RELEASED,
    says: "Released because the id is in retained_user_ids. They keep their account and stay suspended.",
  },
  release_protected: {
    ...RELEASED,
    says: "Released because the user is protected. They keep their account and stay suspended.",
    note: (match) => byMatch(match),
  },
  release_not_ours: {
    ...RELEASED,
    locksOut: true,
    says: "Declared again or protected, but not reactivated by this set, because it is not certain that it suspended them. If they should have access, and no other set reactivates them, reactivate them in GenAuth.",
    note: ({ status }) => statusNote(status),
  },
  release_new_account: {
    ...RELEASED,
    says: "Released because the id is declared again for another account. The former account stays suspended, and is no longer deleted.",
  },
  release_status_changed: {
    ...RELEASED,
    says: ({ isSame }) => `Released because ${isSame ? OTHER_TIME : OTHER_STATUS} They keep their account.`,
    note: ({ status }) => statusNote(status),
  },
  release_return_changed: {
    ...RELEASED,
    says: ({ isSame }) =>
      `Declared again or protected, and not changed, because ${isSame ? OTHER_TIME : OTHER_STATUS}`,
    note: ({ status }) => statusNote(status),
  },
  // Or the user has another id: `user` is whom the id names, or else who has another id.
  release_id_changed: {
    ...RELEASED,
    says: "Released because the id names somebody else now, or the user has another id. The user who was suspended keeps the account and stays suspended.",
    note: ({ user }) => `now user ${printable(user.userId)}: ${poolName(user)}`,
  },
  release_lost: {
    ...RELEASED,
    says: "Released: the state does not say whom these ids named when they were suspended, because its private data is missing. They keep the status that they have now. To delete one of them later, declare the id, apply, and remove it again.",
  },
} as const satisfies Rows;

const OTHER_STATUS = "somebody has changed their status since it was set.";
const OTHER_TIME =
  "GenAuth no longer shows the same time for their status: somebody has set it again, or GenAuth showed the time late.";

function byMatch({ type, id }: ProtectedMatch): string {
  return `by ${type} ${printable(id)}`;
}

function statusNote(status: string): string {
  return status === "" ? "" : `status ${printable(status)}`;
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

/** Whether the reason leaves a declared user suspended, perhaps by this set. */
export function isLockingOut(reason: Reason): boolean {
  return reasonRow(reason).locksOut === true && (!("status" in reason) || reason.status === SUSPENDED);
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
