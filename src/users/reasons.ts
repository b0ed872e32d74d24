import type { DirectoryFailure, DirectoryUser, UserIdType } from "./directory";

/** The protected id that keeps a user. */
export interface ProtectedMatch {
  readonly type: UserIdType;
  readonly id: string;
}

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
export interface Because {
  readonly because: string;
}

interface Failed {
  readonly failure: DirectoryFailure;
}

type Kind = keyof Details;
type ReasonOf<K extends Kind> = { readonly kind: K } & Details[K];

/**
 * Why a change makes no call for somebody whom it concerns. What each kind means is its row in `POLICY`. What
 * is said of it is in `messages/reason-words.ts`.
 */
export type Reason = { [K in Kind]: ReasonOf<K> }[Kind];

/** What a reason means. A consequence that a row does not name does not hold. */
export interface Meaning {
  /** Leaves the set and keeps the account. */
  readonly keepsAccount?: true;
  /** There is no account: the id leaves the set. */
  readonly isAbsent?: true;
  /** Becomes a survivor, so the run fails: a removed id stays in the set, and the next apply decides. */
  readonly failsRun?: true;
  /** Counts as a deletion or suspension: an apply may find out who it is, and make the call. */
  readonly mayRevoke?: true;
  /** A user who waited does not wait any more, as far as this set knows. */
  readonly forgets?: true;
}

const KEPT = { keepsAccount: true, forgets: true } as const;
const UNREVIEWED = { failsRun: true } as const;

/** What each reason means. In brackets: the row of docs/guides/trust.md that it follows from. */
const POLICY: Readonly<Record<Reason["kind"], Meaning>> = {
  // The directory could not tell which user the id names, or whether a user who is due is still as
  // remembered. An apply looks the user up again, and may make the call (S6).
  not_looked_up: { failsRun: true, mayRevoke: true },
  // The id named a user while it was declared, and GenAuth has no such user any more (P9, D1).
  gone: { isAbsent: true },
  never_found: { isAbsent: true },
  // Moves to another set, or is not to be deleted by anybody (P6, P9).
  retained: KEPT,
  protected: KEPT,
  // Still declared, under another id (P5). A user who waited is reactivated by a later change.
  declared_as: { keepsAccount: true },
  // The id has passed to somebody else (P7), or names several users, and nobody has reviewed one of them.
  rebound: KEPT,
  several: KEPT,
  // The file had the new id before the pool (P4), or the pool before the file (P5).
  renamed: KEPT,
  moved: KEPT,
  // Nobody has reviewed which user the id names (P8).
  never_seen: UNREVIEWED,
  // The approved plan keeps the user (P13).
  not_planned: UNREVIEWED,
  // The day has not come, or the approved plan changes nothing for those who wait (P14).
  wait: {},
  // Look-ups show no status, or nobody who waits; or one failed before the day, or of a user who returns: the
  // user waits on (S6, S8, S11).
  uncertain: {},
  // A limit or the operator holds all who are due, or nobody has reviewed the deletion (P1, P13, P15).
  held: {},
  // Declared again or protected, and the approved plan does not reactivate the user: the user waits on (P13).
  return_not_planned: {},
  // Neither deleted nor reactivated by this set any more (P6, P9, P10).
  released: { forgets: true },
};

/** What a reason means. */
export function reasonRow(reason: Pick<Reason, "kind">): Meaning {
  return POLICY[reason.kind];
}
