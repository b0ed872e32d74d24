import { MAX_IDS_PER_CALL } from "../directory";
import { userIdKey } from "../ids/id-types";

/** What the last check knew of a set. */
export interface KnownSet {
  readonly ids: readonly string[];
  /** Id -> system user id, of those who were found at some time. */
  readonly bindings: ReadonlyMap<string, string>;
  /** Ids of which the last check does not say that their user is there: missing, in other hands, or not declared. */
  readonly doubtful: ReadonlySet<string>;
}

/**
 * The ids that must be looked up: everybody else counts as there, as at the last check. The record alone makes nobody
 * missing.
 *
 * @param archived system user ids that the record of deleted users names
 */
export function unsettledIds({ ids, bindings, doubtful }: KnownSet, archived: Iterable<string>): string[] {
  const deleted = new Set([...archived].map(userIdKey));
  return ids.filter((id) => {
    const bound = bindings.get(id);
    return bound === undefined || doubtful.has(id) || deleted.has(userIdKey(bound));
  });
}

/**
 * How many pages of the record are worth reading: half of the calls that they can save, because whoever a page names
 * is looked up besides. 0 where nothing can be saved.
 */
export function pagesWorthReading(set: KnownSet): number {
  return Math.floor((callsFor(set.ids.length) - callsFor(unsettledIds(set, []).length)) / 2);
}

function callsFor(ids: number): number {
  return Math.ceil(ids / MAX_IDS_PER_CALL);
}
