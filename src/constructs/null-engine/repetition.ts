import type { References } from "../protected-users/references";

/** What makes a block stand for no object or several, and can be put into it past the set's own properties. */
interface Block {
  readonly count?: unknown;
  readonly for_each?: unknown;
  readonly lifecycle?: { readonly enabled?: unknown };
}

/**
 * A block that stands for exactly one object goes together with it, and then Terraform runs no provisioner. Where an
 * object can go while its block stays, the provisioner runs as for a replacement, and would carry out the removals of
 * the same change.
 *
 * @param references those of the set's stack
 * @param address of the set's resource
 * @returns sentences that say what stands in the block and what to do
 */
export function repetitionProblems(references: References, address: string): string[] {
  const { count, for_each, lifecycle = {} } = JSON.parse(references.blocks.get(address) ?? "{}") as Block;
  return Object.entries({ count, for_each, "lifecycle.enabled": lifecycle.enabled })
    .filter(([, value]) => value !== undefined)
    .map(
      ([name]) =>
        `${name} of its resource cannot be used with Engine.NULL_RESOURCE: a set that it takes away could not be told from ` +
        "one that is replaced. Take it out, and declare a set or not in code of your own.",
    );
}
