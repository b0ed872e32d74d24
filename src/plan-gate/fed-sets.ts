import { isOwnProvisioner } from "../payload";
import {
  configuredResources,
  type ConfiguredResourceJson,
  findSources,
  type PlanJson,
  resourceAddress,
} from "../terraform-json";
import type { PlanFault } from "./plan-fault";

const POOL_SOURCE = /(?:^|\.)data\.genauth_users\.[^.]+$/;

/**
 * Finds a set that takes its users from the pool itself, by the data source `genauth_users`. Its list is
 * whatever the pool holds: who does not match a filter any more would be deleted, though nobody has taken
 * them out of a list.
 *
 * A plan does not show the expressions of local values. Behind one, the data source counts if the engine says
 * that it contributed to the changes of this plan.
 */
export function findFedSet(plan: PlanJson): PlanFault | undefined {
  for (const resource of configuredResources(plan) ?? []) {
    const source = findPoolSource(plan, resource);
    if (source !== undefined)
      return {
        summary: `${resource.address} takes its users from ${source}, which reads the pool itself`,
        detail:
          "A user who does not match there any more would be deleted, although nobody has taken the user out of a list. Write the users into a file once, with cdktf-genauth export, and let the set read that file. The data source can go on to serve checks and outputs.",
      };
  }
  return undefined;
}

function findPoolSource(plan: PlanJson, resource: ConfiguredResourceJson): string | undefined {
  const argument = usersArgument(resource);
  if (argument === undefined) return undefined;
  const { objects, throughLocals } = findSources(plan, resource.address, argument);
  const contributing = throughLocals ? plan.relevant_attributes.map((one) => one.resource) : [];
  return [...objects, ...contributing.map(resourceAddress)].find((one) => POOL_SOURCE.test(one));
}

/** The argument that holds the users of a set; undefined for everything else. */
function usersArgument({ type, provisioners }: ConfiguredResourceJson): "users" | "triggers" | undefined {
  if (type === "genauth_user_set") return "users";
  const isSet = provisioners.some((one) => isOwnProvisioner(one.type, one.expressions));
  return isSet ? "triggers" : undefined;
}
