import { Token } from "cdktf";
import type { Construct } from "constructs";
import { UserSet } from "./generated/user-set";
import type { ManagedUserSetProps } from "./managed-user-set-props";
import { escapeAroundTokens } from "./template-text";

/** Declares a set as a `genauth_user_set`. */
export function declareUserSet(scope: Construct, id: string, props: ManagedUserSetProps): UserSet {
  const { users, retainedUserIds, driftReport } = props;
  const resource = new UserSet(scope, id, {
    ...props,
    users: users.toMap(),
    retainedUserIds: Token.isUnresolved(retainedUserIds)
      ? retainedUserIds
      : retainedUserIds?.map(escapeAroundTokens),
  });
  resource.node.addValidation({
    validate: () =>
      driftReport === undefined
        ? []
        : [
            "driftReport is for Engine.NULL_RESOURCE. Here the drift is an attribute: give `drift` to a TerraformOutput.",
          ],
  });
  return resource;
}
