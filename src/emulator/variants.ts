/**
 * Where GenAuth's documentation leaves the behaviour open, so that deployments may differ. Each has a default; the order of
 * answers and the treatment of unknown ids in deletions are options of their own.
 */
export interface Variants {
  /** How a batch look-up treats an id without a user: it omits the id (default), or refuses the whole call. */
  readonly unknownIdsInLookUps: "omit" | "refuse";
  /** Whether look-ups by e-mail tell upper from lower case; default no. */
  readonly emailCase: "ignored" | "significant";
  /** The same of deletions by e-mail. */
  readonly emailCaseInDeletions: "ignored" | "significant";
  /** Whether system user ids, user names and external ids tell upper from lower case; default yes. */
  readonly otherCase: "ignored" | "significant";
  /** Whom an id names in a look-up: who has exactly this id (default), one that holds it as a part, or one that shares a word. */
  readonly lookUpMatching: Matching;
  /** The same in a deletion. */
  readonly deletionMatching: Matching;
  /** How a look-up treats an id that cannot be one of its type: it omits the id (default), or refuses the whole call with 400. */
  readonly malformedIds: "omit" | "refuse";
  /** How a deletion takes an id type that GenAuth does not document: it refuses the call (default), or takes it for another. */
  readonly unknownIdTypes: "refuse" | "as_user_id";
  /** Whether a deletion that was carried out says `success: true`; default yes. */
  readonly deletionSuccess: "shown" | "absent";
  /** The longest path with query, in characters; a longer one is answered with HTTP 414. Default no limit. */
  readonly longestUrl: number;
  /** Whether look-ups show identities if asked to; default yes. */
  readonly identities: "shown" | "hidden";
  /** Whether look-ups find suspended users; default yes. With `hidden_alone`, `get-user` does not, and `get-user-batch` does. */
  readonly suspended: "shown" | "hidden" | "hidden_alone";
  /** Whom `list-users` shows. It counts everybody, also with `without_last`. Default `everybody`. */
  readonly listed: "everybody" | "without_suspended" | "without_last";
  /** What an update does to the status of a user whose item has none: it keeps it (default), or activates the user. */
  readonly omittedStatus: "kept" | "activated";
  /** What an update does to the other fields that an item leaves out: it keeps them (default), or empties them. */
  readonly omittedFields: "kept" | "emptied";
  /**
   * How an update treats a user that does not exist: it refuses the whole call (default), or changes the others and does not
   * mention it.
   */
  readonly unknownIdsInUpdates: "refuse" | "omit";
  /** The most users in one update; more give 400. Default no limit. */
  readonly mostUpdates: number;
  /** Whether an update accepts the status `Suspended`; otherwise 400. Default yes. */
  readonly suspension: "accepted" | "refused";
  /**
   * Whether users show when their status changed (default), never show it, show what they showed before, or show the time of
   * the last update that gave a status, even the same one.
   */
  readonly statusChangedAt: "shown" | "hidden" | "unchanged" | "each_update";
  /** For how many milliseconds users still show when their status changed before; default 0. */
  readonly statusChangedAtDelayMs: number;
  /** The last position of a list that can be read, as in a search engine; further pages give 400. Default no limit. */
  readonly searchWindow: number;
  /** How `list-users` takes several conditions: all must hold (default), any of them, or it ignores them. */
  readonly conditions: "all" | "any" | "ignored";
  /** Whether `GREATER`, `LESSER` and `BETWEEN` of `list-users` match the bound itself; default yes. */
  readonly bounds: "inclusive" | "exclusive";
  /** Whether a field without a value meets no comparison of `list-users` (default), or is less than every value. */
  readonly nulls: "unmatched" | "least";
  /** Whether `list-users` sorts as asked; default yes. Otherwise the newest user comes first. */
  readonly sorting: "as_asked" | "ignored";
  /** For how many milliseconds `list-users` still shows users as they were before a change; default 0. */
  readonly searchDelayMs: number;
  /** For how many milliseconds look-ups do not find a user who was created; default 0. */
  readonly creationDelayMs: number;
  /** Whether a creation accepts e-mails of the reserved domain `.invalid`; otherwise 400. Default yes. */
  readonly invalidDomain: "accepted" | "refused";
  /** Whether a creation accepts identities of an identity source that the pool does not have; otherwise 400. Default yes. */
  readonly unknownIdentitySources: "accepted" | "refused";
  /** Whether the ids of a deleted user can be given to another one; otherwise 409. Default yes. */
  readonly freedIds: "free" | "taken";
  /** Whether `list-department-members` lists the departments below only if asked to; default yes. */
  readonly childDepartments: "asked" | "always";
  /** Fields of a user that lists and look-ups leave out; default none. */
  readonly hiddenFields: readonly string[];
  /** Whether `list-archived-users` lists users whom a call deleted; default yes. */
  readonly archived: "listed" | "left_out";
  /** After how many milliseconds it lists them; default 0. */
  readonly archiveDelayMs: number;
  /** The unit of `startAt` of `list-archived-users`; default seconds. */
  readonly archiveStartAt: "seconds" | "milliseconds";
  /** Whether a call for a tenant sees only its users; default yes. */
  readonly tenants: "separate" | "ignored";
}

/** Which ids of users an id names. */
export type Matching = "whole" | "part" | "word";

export const DEFAULT_VARIANTS: Variants = {
  unknownIdsInLookUps: "omit",
  emailCase: "ignored",
  emailCaseInDeletions: "ignored",
  otherCase: "significant",
  lookUpMatching: "whole",
  deletionMatching: "whole",
  malformedIds: "omit",
  unknownIdTypes: "refuse",
  deletionSuccess: "shown",
  longestUrl: Infinity,
  identities: "shown",
  suspended: "shown",
  listed: "everybody",
  omittedStatus: "kept",
  omittedFields: "kept",
  unknownIdsInUpdates: "refuse",
  mostUpdates: Infinity,
  suspension: "accepted",
  statusChangedAt: "shown",
  statusChangedAtDelayMs: 0,
  searchWindow: Infinity,
  conditions: "all",
  bounds: "inclusive",
  nulls: "unmatched",
  sorting: "as_asked",
  searchDelayMs: 0,
  creationDelayMs: 0,
  invalidDomain: "accepted",
  unknownIdentitySources: "accepted",
  freedIds: "free",
  childDepartments: "asked",
  hiddenFields: [],
  archived: "listed",
  archiveDelayMs: 0,
  archiveStartAt: "seconds",
  tenants: "separate",
};
