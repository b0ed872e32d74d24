/**
 * Where GenAuth's documentation leaves the behaviour open, so that deployments may differ. Each has a default; the order of
 * answers and the treatment of unknown ids in deletions are options of their own.
 */
export interface Variants {
  /** How a batch look-up treats an id without a user: it omits the id (default), or refuses the whole call. */
  readonly unknownIdsInLookUps: "omit" | "refuse";
  /** Whether look-ups by e-mail tell upper from lower case; default no. */
  readonly emailCase: "ignored" | "significant";
  /** The longest path with query, in characters; a longer one is answered with HTTP 414. Default no limit. */
  readonly longestUrl: number;
  /** Whether look-ups show identities if asked to; default yes. */
  readonly identities: "shown" | "hidden";
  /** Whether look-ups find suspended users; default yes. */
  readonly suspended: "shown" | "hidden";
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
  /** Whether users show when their status changed (default), never show it, or show what they showed before. */
  readonly statusChangedAt: "shown" | "hidden" | "unchanged";
  /** For how many milliseconds users still show when their status changed before; default 0. */
  readonly statusChangedAtDelayMs: number;
  /** The last position of a list that can be read, as in a search engine; further pages give 400. Default no limit. */
  readonly searchWindow: number;
  /** How `list-users` takes several conditions: all must hold (default), any of them, or it ignores them. */
  readonly conditions: "all" | "any" | "ignored";
  /** Whether `list-department-members` lists the departments below only if asked to; default yes. */
  readonly childDepartments: "asked" | "always";
  /** Fields of a user that lists and look-ups leave out; default none. */
  readonly hiddenFields: readonly string[];
  /** The unit of `startAt` of `list-archived-users`; default seconds. */
  readonly archiveStartAt: "seconds" | "milliseconds";
  /** Whether a call for a tenant sees only its users; default yes. */
  readonly tenants: "separate" | "ignored";
}

export const DEFAULT_VARIANTS: Variants = {
  unknownIdsInLookUps: "omit",
  emailCase: "ignored",
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
  childDepartments: "asked",
  hiddenFields: [],
  archiveStartAt: "seconds",
  tenants: "separate",
};
