import type { UserIdType } from "./user-id-type";

/**
 * What the domain needs of a user directory. GenAuth's API client has this shape; the domain does not import
 * it, so the same rules run over anything that can look users up and delete them.
 *
 * No method throws for what the directory answers: failures are values, so that none can be overlooked. Each
 * method takes a signal that means "start nothing new": a call that has not begun when it fires fails with
 * `effect: "none"`, a call in flight is finished.
 */
export interface UserDirectory {
  /** How many calls it carries out at once, at most; more of them wait. */
  readonly parallelism: number;

  /**
   * Looks up to 50 users up by ids of one type. The answer holds the users that exist, each once, in no
   * order; an id without a user is not an error.
   */
  findUsers(
    ids: readonly string[],
    type: UserIdType,
    stop?: AbortSignal,
  ): Promise<Outcome<readonly DirectoryUser[]>>;

  /** Looks one user up. `undefined` means that the directory has no such user. */
  findUser(id: string, type: UserIdType, stop?: AbortSignal): Promise<Outcome<DirectoryUser | undefined>>;

  /**
   * Deletes up to 50 users, named by ids of one type. Success is only what the directory said; whether they
   * are gone is for a look-up to say. Never resends a call that may have been carried out (`effect:
   * "unknown"`).
   */
  deleteUsers(ids: readonly string[], type: UserIdType, stop?: AbortSignal): Promise<Outcome<void>>;
}

/** The most ids in one call of any of the directory's batch methods (source: "Batch delete users" page). */
export const MAX_IDS_PER_CALL = 50;

/** Either the answer, or why there is none. */
export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: DirectoryFailure };

/** Why a call did not succeed, after all retries that are safe. Holds no secret. */
export interface DirectoryFailure {
  /** What happened and what to do next, in a sentence for people. */
  readonly message: string;
  /**
   * `every_call`: the next call would fail alike (wrong key, no rights, unknown pool, interrupted); stop at
   * once.
   */
  readonly reach: "call" | "every_call";
  /**
   * `unknown`: the call may have been carried out all the same (time-out, reset, 5xx); look up before sending
   * again.
   */
  readonly effect: "none" | "unknown";
  /** Whether the same call may succeed later (outage, throttling), as opposed to a refusal. */
  readonly transient: boolean;
  /** `statusCode` of the answer's body, or the HTTP status where no body could be read. */
  readonly statusCode?: number;
  /** GenAuth's `apiCode`, such as 2004 for "user not found". */
  readonly apiCode?: number;
  /** GenAuth's `requestId`, for its support. */
  readonly requestId?: string;
}

/** A user as the directory shows it: the fields by which one may be named. */
export interface DirectoryUser {
  /** The system user id, unique and never reused. */
  readonly userId: string;
  readonly status?: string;
  readonly name?: string;
  readonly username?: string;
  readonly email?: string;
  readonly phone?: string;
  /** Such as `+86`; kept beside `phone`, or absent. */
  readonly phoneCountryCode?: string;
  readonly externalId?: string;
  readonly identities: readonly DirectoryIdentity[];
}

/** One of a user's identities at an identity provider or a synchronised directory. */
export interface DirectoryIdentity {
  readonly extIdpId?: string;
  readonly provider?: string;
  readonly userIdInIdp?: string;
}
