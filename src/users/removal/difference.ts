/** What a change of a user set does, by id. Ids are compared as they are written. */
export interface SetDifference {
  /** In the prior state, no longer declared: id to the label it had. Only these are ever deleted. */
  readonly removed: ReadonlyMap<string, string>;
  /** Newly declared: id to label. */
  readonly added: ReadonlyMap<string, string>;
}

/**
 * Compares two versions of a user set in time linear in their size. Each part keeps the order of the map it
 * comes from.
 *
 * @param prior id to label as applied last
 * @param declared id to label as declared now
 */
export function compare(
  prior: ReadonlyMap<string, string>,
  declared: ReadonlyMap<string, string>,
): SetDifference {
  return { removed: without(prior, declared), added: without(declared, prior) };
}

function without(
  users: ReadonlyMap<string, string>,
  others: ReadonlyMap<string, string>,
): Map<string, string> {
  const left = new Map<string, string>();
  for (const [id, label] of users) if (!others.has(id)) left.set(id, label);
  return left;
}
