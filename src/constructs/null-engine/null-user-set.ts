import type { IConstruct } from "constructs";
import type { ManagedUserSetProps } from "../managed-user-set-props";

/** By resource, so that a `null_resource` which somebody made for another purpose is never taken for a set. */
const sets = new WeakMap<IConstruct, ManagedUserSetProps>();

/** Notes that a `null_resource` is a user set. */
export function noteNullUserSet(resource: IConstruct, props: ManagedUserSetProps): void {
  sets.set(resource, props);
}

/** What a node declares, if it is the `null_resource` of a user set. */
export function nullUserSetOf(node: IConstruct): ManagedUserSetProps | undefined {
  return sets.get(node);
}
