/**
 * What this project needs from a user directory, and what it takes for granted of one. The page
 * docs/guides/trust.md says it in full; the names of its rows, such as S4, stand beside the rules that follow
 * from them. A rule that follows from no row goes.
 *
 * Three sentences hold: nobody who is still declared is deleted; an error is never taken for a deletion;
 * nothing is lost when a run is cut off.
 *
 * They hold although
 * - people err (P): files, pools, keys and id types are wrong, ids pass on, and administrators act at any
 *   time until the last look-up;
 * - the service and the network fail honestly (S): an answer is lost, late, refused, 429 or 5xx; one user of
 *   a call is refused; a success has no effect; look-ups lag behind by seconds; there is an outage;
 * - a process dies at any point (D).
 *
 * An attacker beside the engine (A) is the guard's concern.
 *
 * Trusted (T) are the directory's answers: they are of now, come once, match ids as documented, and show
 * everybody who exists, suspended users too. Trusted is its clock, to some seconds, which never goes back
 * within a process. What is trusted is not checked again, but for one thing: the first suspension of a
 * process finds out whether look-ups show suspended users (S9).
 */

/**
 * The kinds of id by which GenAuth's `deleteUsersBatch` names a user.
 *
 * The values are the API's own (`options.userIdType`); see https://docs.genauth.ai, "Batch delete users".
 */
export enum UserIdType {
  /** GenAuth's own id: 24 hexadecimal digits. */
  USER_ID = "user_id",
  /** The phone number, with or without its country code. */
  PHONE = "phone",
  /** The e-mail address; upper and lower case are alike. */
  EMAIL = "email",
  /** The user name. */
  USERNAME = "username",
  /** The id that another system gave the user (`externalId`). */
  EXTERNAL_ID = "external_id",
  /** An identity at an identity provider: `<extIdpId>:<userIdInIdp>`. */
  IDENTITY = "identity",
  /** An identity made by directory synchronisation: `<provider>:<userIdInIdp>`, such as `lark:ou_8bae…`. */
  SYNC_RELATION = "sync_relation",
}

/** All id types, in the order of the API's documentation. */
export const USER_ID_TYPES: readonly UserIdType[] = Object.values(UserIdType);

/** Whether a text is an id type. */
export function isUserIdType(text: string): text is UserIdType {
  return (USER_ID_TYPES as readonly string[]).includes(text);
}

/**
 * What the domain needs from a user directory. GenAuth's API client implements it. The domain does not import
 * the client, so the same rules work with anything that can look up and delete users, and set their status.
 *
 * No method throws for an answer of the directory: failures are values, so that callers cannot overlook them.
 * Each method takes a signal that means "start nothing new": a call that has not begun when it fires fails
 * with `effect: "none"`, and a call in flight is completed.
 */
export interface UserDirectory {
  /** The most calls in flight at once; further calls wait. */
  readonly parallelism: number;

  /**
   * Whether it looks everybody up itself right before it deletes, and refuses to delete a user that an id no
   * longer means, as the guard does. Default `false`.
   */
  readonly looksBeforeDeletion?: boolean;

  /**
   * Looks up at most 50 users by ids of one type. The answer contains each existing user once, in no
   * particular order. An id without a user is not an error.
   */
  findUsers(
    ids: readonly string[],
    type: UserIdType,
    stop?: AbortSignal,
  ): Promise<Outcome<readonly DirectoryUser[]>>;

  /** Looks up one user. `undefined` means that the directory has no such user. */
  findUser(id: string, type: UserIdType, stop?: AbortSignal): Promise<Outcome<DirectoryUser | undefined>>;

  /**
   * Deletes at most 50 users by ids of one type. Success is only the answer of the directory; a look-up must
   * confirm that the users are gone. Never resends a call that may have been carried out (`effect:
   * "unknown"`).
   */
  deleteUsers(ids: readonly string[], type: UserIdType, stop?: AbortSignal): Promise<Outcome<void>>;

  /**
   * Sets the status of at most 50 users by system user id, and nothing else. Success is only the answer of
   * the directory; a look-up must confirm the status. Never resends a call that may have been carried out
   * (`effect: "unknown"`).
   */
  setStatus(userIds: readonly string[], status: SettableStatus, stop?: AbortSignal): Promise<Outcome<void>>;

  /**
   * The system user ids of all users deleted since a moment, no matter who deleted them. Fails if the list
   * changed while it was read, is inconsistent, or holds older deletions.
   *
   * @param since in seconds since 1970
   * @param mostPages the most calls to make, at least 1
   * @returns `undefined` if the list needs more calls
   */
  archivedSince(
    since: number,
    mostPages: number,
    stop?: AbortSignal,
  ): Promise<Outcome<readonly string[] | undefined>>;

  /**
   * The time on the directory's clock, in milliseconds since 1970, as its latest successful answer gave it.
   * Never ahead of that clock; behind it by the way of that answer and up to a second. `undefined` before the
   * first such answer.
   */
  serviceTime(): number | undefined;
}

/** A status that this project gives to users: they may not log in any more, or they may. */
export type SettableStatus = "Activated" | "Suspended";

/** The most ids in one call of any of the directory's batch methods (source: "Batch delete users" page). */
export const MAX_IDS_PER_CALL = 50;

/** Either the answer, or why there is none. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: DirectoryFailure };

/** Why a call did not succeed, after all retries that are safe. Holds no secret. */
export interface DirectoryFailure {
  /** What happened and what to do next, as a sentence in a message. */
  readonly message: string;
  /**
   * `every_call`: every call would fail (wrong key, missing permission, unknown pool, interrupt); stop at
   * once.
   */
  readonly reach: "call" | "every_call";
  /**
   * `unknown`: the call may have been carried out (time-out, reset, 5xx); look up before sending again.
   */
  readonly effect: "none" | "unknown";
  /** Whether the same call may succeed later (outage, throttling), as opposed to a refusal. */
  readonly transient: boolean;
  /** `statusCode` of the answer's body, or the HTTP status if no body could be read. */
  readonly statusCode?: number;
  /** GenAuth's `apiCode`, such as 2004 for "user not found". */
  readonly apiCode?: number;
  /** GenAuth's `requestId`, for its support. */
  readonly requestId?: string;
}

/** A user as the directory returns it: the fields that may name it. */
export interface DirectoryUser {
  /** The system user id, unique and never reused. */
  readonly userId: string;
  /** Such as `Activated` or `Suspended`. */
  readonly status?: string;
  /**
   * When the status last changed, by anybody; ISO 8601 as the directory writes it. Absent if it does not show
   * that.
   */
  readonly statusChangedAt?: string;
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
