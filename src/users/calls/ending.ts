import type { DirectoryFailure, DirectoryUser } from "../directory";
import type { ProtectedMatch } from "../reasons";
import type { WaitingUser } from "../waiting-user";

/**
 * How a change ended for a user. The calls return it; the state and the messages of an apply follow from it.
 */
export type Ending =
  /** Confirmed absent from the pool. */
  | { readonly kind: "gone" }
  /** Confirmed suspended, or not active before. The user waits for the deletion. */
  | { readonly kind: "suspended"; readonly user: WaitingUser }
  /** The user has the status again that this set took away. */
  | { readonly kind: "reactivated" }
  /** What was to happen has not happened, or is not confirmed. */
  | Survival
  /**
   * No call was made. `because`: what the look-up right before the call showed. Absent if no call was to be
   * made.
   */
  | { readonly kind: "unchanged"; readonly because?: LateReason };

/** Why what was to happen to a user has not happened, or is not confirmed. */
export interface Shortfall {
  /** As a sentence in a message. */
  readonly reason: string;
  /** The failure of the directory, if that is the reason. */
  readonly failure?: DirectoryFailure | undefined;
}

/** The ending of a user in that situation. */
export interface Survival extends Shortfall {
  readonly kind: "survivor";
}

/** A removed user that is still in the pool, or is not confirmed gone or suspended. */
export interface Survivor extends Shortfall {
  readonly id: string;
  /** The label it had while it was declared; may be empty. */
  readonly label: string;
}

/**
 * Why a user is left alone although the plan was to make a call: what the look-up right before the call
 * showed (P9, P10, P14).
 */
export type LateReason =
  | LateKeepReason
  /**
   * The user, who waited, has another status than before, or since another time. Absent if the look-up shows
   * none.
   */
  | { readonly kind: "status_changed"; readonly status?: string | undefined }
  /**
   * By GenAuth's clock the day of the deletion (`deleteFrom`) has not come, although a refresh said so.
   * `serviceTime`: that clock, in milliseconds since 1970; absent if not known.
   */
  | {
      readonly kind: "day_not_come";
      readonly deleteFrom: string;
      readonly serviceTime?: number | undefined;
    };

/** What keeps the account of somebody who leaves with this change, or who waited. */
export type LateKeepReason =
  /** The id names another user now. */
  | { readonly kind: "rebound"; readonly boundTo: string; readonly user: DirectoryUser }
  /** The id names several users now. */
  | { readonly kind: "several"; readonly users: readonly DirectoryUser[] }
  /** The user has another id now. */
  | { readonly kind: "moved"; readonly user: DirectoryUser }
  /** The user has a protected id now. */
  | ({ readonly kind: "protected" } & ProtectedMatch)
  /** The user has a retained id now. */
  | { readonly kind: "retained" };

/** The ending of a user after something went wrong. */
export function survive(reason: string, failure?: DirectoryFailure): Survival {
  return { kind: "survivor", reason, failure };
}
