import type { PlanJson, ResourceChangeJson } from "../../terraform-json";
import { type PlanProtection, protectionOf } from "../terraform/protected-ids";
import { readUserSet, type SetSnapshot } from "../terraform/user-set";

/** What a plan does to a user set. */
export interface SetChange {
  /** Such as `module.berlin.genauth_user_set.staff["sales"]`. */
  readonly address: string;
  /**
   * `update`: ids may leave and come, which is also how a null engine's replacement works. `let_go`: the set is
   * taken away or replaced, which deletes nobody.
   */
  readonly action: "none" | "create" | "update" | "let_go";
  /** As it was before, refreshed; absent for a set that is created. */
  readonly prior?: SetSnapshot;
  /** As it is to be; absent for a set that is taken away. */
  readonly planned?: SetSnapshot;
  readonly protection: PlanProtection;
}

/** The user sets of a plan, those that do not change too, in the plan's order. */
export function setChangesOf(plan: PlanJson): SetChange[] {
  const protection = protectionOf(plan.configuration);
  return plan.resource_changes.flatMap((resource) => {
    const change = setChangeOf(resource, protection(resource.address));
    return change ? [change] : [];
  });
}

function setChangeOf(resource: ResourceChangeJson, protection: PlanProtection): SetChange | undefined {
  if (resource.mode !== "managed") return undefined;
  const { before, after, after_unknown, before_sensitive, after_sensitive } = resource.change;
  const prior = before
    ? readUserSet(resource.type, { values: before, sensitive: before_sensitive })
    : undefined;
  const planned = after
    ? readUserSet(resource.type, { values: after, unknown: after_unknown, sensitive: after_sensitive })
    : undefined;
  if (!prior && !planned) return undefined;
  const address = resource.deposed === undefined ? resource.address : `${resource.address} (deposed)`;
  return {
    address,
    action: actionOf(resource, prior, planned),
    ...(prior && { prior }),
    ...(planned && { planned }),
    protection,
  };
}

function actionOf(
  { change: { actions }, action_reason }: ResourceChangeJson,
  prior: SetSnapshot | undefined,
  planned: SetSnapshot | undefined,
): SetChange["action"] {
  if (!planned) return "let_go";
  if (!prior) return "create";
  switch (actions.join(",")) {
    case "no-op":
      return "none";
    case "update":
      return "update";
    case "delete,create": {
      // The null engine's destroy-time provisioner does the removal, but not for a tainted object, and not across id
      // types.
      const provisioned = prior.engine === "null" && action_reason !== "replace_because_tainted";
      return provisioned && prior.userIdType === planned.userIdType ? "update" : "let_go";
    }
    default:
      return "let_go";
  }
}
