/** What a change of a user set does, by id. Ids are compared as they are written. */
export interface SetDifference {
  /** In the prior state, no longer declared: id to the label it had. Only these are ever deleted. */
  readonly removed: ReadonlyMap<string, string>;
  /** Newly declared: id to label. */
  readonly added: ReadonlyMap<string, string>;
  /** Still declared under another label: id to the new label. */
  readonly relabelled: ReadonlyMap<string, string>;
  /** Still declared, label unchanged: id to label. */
  readonly kept: ReadonlyMap<string, string>;
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
  const removed = new Map([...prior].filter(([id]) => !declared.has(id)));
  const added = new Map<string, string>();
  const relabelled = new Map<string, string>();
  const kept = new Map<string, string>();
  for (const [id, label] of declared) {
    const before = prior.get(id);
    const part = before === undefined ? added : before === label ? kept : relabelled;
    part.set(id, label);
  }
  return { removed, added, relabelled, kept };
}
