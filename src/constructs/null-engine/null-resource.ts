import { Token, type TerraformResource } from "cdktf";
import type { Construct } from "constructs";
import { createRequire } from "node:module";
import { ID_TYPE_TRIGGER, triggersOf } from "../../handover";
import { UserIdType } from "../../users";
import type { ManagedUserSetProps } from "../managed-user-set-props";

type Bindings = typeof import("@cdktf/provider-null/lib/resource");

/** A resource of either engine, as far as both are alike. */
export type UserSetResource = TerraformResource & { readonly id: string };

/** Makes the `null_resource` that holds a set, one trigger a user. */
export function createNullResource(
  scope: Construct,
  id: string,
  { users, userIdType = UserIdType.USER_ID, dependsOn, lifecycle, provider }: ManagedUserSetProps,
): UserSetResource {
  const { Resource } = loadBindings();
  const map = users.toMap();
  const triggers = Token.isUnresolved(map) ? { [ID_TYPE_TRIGGER]: userIdType } : triggersOf(userIdType, map);
  return new Resource(scope, id, { triggers, dependsOn, lifecycle, provider });
}

/** Loaded only where it is used: stacks of the provider engine do without the package. */
function loadBindings(): Bindings {
  try {
    return createRequire(__filename)("@cdktf/provider-null/lib/resource") as Bindings;
  } catch (cause) {
    throw new Error(
      "Engine.NULL_RESOURCE needs HashiCorp's null provider for CDKTF. Run: npm install @cdktf/provider-null@11",
      { cause },
    );
  }
}
