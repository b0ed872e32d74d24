import { type Construct } from "constructs";
import { TerraformStack } from "cdktf";
import type { ManagedUserSetProps } from "../managed-user-set-props";
import { StackFiles } from "../stack-files";
import { layCommand } from "./command-files";
import { declarationOf } from "./declaration";
import { createNullResource, type UserSetResource } from "./null-resource";
import { noteNullUserSet } from "./null-user-set";
import { nullEngineProblems } from "./problems";
import { addProvisioner } from "./provisioner";

export type { UserSetResource };

/** Declares a set as a `null_resource` whose destroy-time provisioner deletes who left. */
export function declareNullUserSet(
  scope: Construct,
  id: string,
  props: ManagedUserSetProps,
): UserSetResource {
  const resource = createNullResource(scope, id, props);
  noteNullUserSet(resource, props);
  addProvisioner(resource, () => declarationOf(resource, props));
  StackFiles.add(TerraformStack.of(scope), layCommand);
  resource.node.addValidation({ validate: () => nullEngineProblems(resource, props) });
  return resource;
}
