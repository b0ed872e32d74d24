import { Resource as NullResource } from "@cdktf/provider-null/lib/resource";
import type { Configuration } from "../../../support/configuration";
import { declareSets } from "../../../support/null-resource-stack";
import { NullResourceWorkspace } from "../../../support/null-resource-workspace";
import type { Workspace } from "../../../support/workspace";

/**
 * Declares sets, and a resource that depends on `null_resource.staff` and is therefore destroyed before it.
 *
 * @param command a shell command that an apply runs in the engine's folder before the set's own command
 */
export function declareWithCommandBefore(
  workspace: Workspace,
  sets: Configuration["sets"],
  command: string,
): void {
  if (!(workspace instanceof NullResourceWorkspace)) throw new Error("It has no stack.");
  workspace.writeStack((stack) => {
    declareSets(stack, { sets });
    const triggers = { set: "${null_resource.staff.id}" };
    const dependant = new NullResource(stack, "dependant", { triggers });
    dependant.addOverride("provisioner", [{ "local-exec": { when: "destroy", command } }]);
  });
}
