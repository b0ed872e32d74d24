import type { References } from "../protected-users/references";

/**
 * With `create_before_destroy`, on the set or on something that depends on it, Terraform does not run the set's
 * provisioner: the apply succeeds, and the removal is lost. `prevent_destroy` keeps the set from ever changing.
 *
 * @param references those of the set's stack
 * @param address of the set's resource
 * @returns sentences that say where it stands and what to do
 */
export function replacedBeforeDestroyedProblems(references: References, address: string): string[] {
  const own = lifecycleOf(references.blocks.get(address));
  const problems: string[] = [];
  if (own.create_before_destroy === true) {
    problems.push(
      "create_before_destroy cannot be used with Engine.NULL_RESOURCE: Terraform would not run the deletion. Take it out.",
    );
  }
  if (own.prevent_destroy === true) {
    problems.push(
      "prevent_destroy cannot be used with Engine.NULL_RESOURCE: every change of the set replaces it. Take it out.",
    );
  }
  for (const [dependant, block] of references.blocks) {
    if (dependant === address || lifecycleOf(block).create_before_destroy !== true) continue;
    if (!references.reach(block, (reached) => reached === address)) continue;
    problems.push(
      `${dependant} has create_before_destroy and depends on this set, which passes it on to the set: Terraform would not ` +
        `run the deletion. Take it out there, or let ${dependant} not depend on the set.`,
    );
  }
  return problems;
}

interface Lifecycle {
  readonly create_before_destroy?: unknown;
  readonly prevent_destroy?: unknown;
}

function lifecycleOf(block: string | undefined): Lifecycle {
  const parsed = JSON.parse(block ?? "{}") as { readonly lifecycle?: Lifecycle } | null;
  return parsed?.lifecycle ?? {};
}
