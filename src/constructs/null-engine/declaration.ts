import { TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { type Declaration, DECLARATION_FORMAT } from "../../handover";
import { UserIdType } from "../../users";
import type { ManagedUserSetProps } from "../managed-user-set-props";
import { driftReportFile } from "./drift-report-file";
import { stackUsersOf } from "./stack-users";
import { unknownUsersProblems } from "./unknown-users";

/**
 * What the command is told of a set at apply.
 *
 * @param resource the set's resource
 * @throws Error where some of it is known only to Terraform. Validation says so before; a synthesis that skips it must not
 *   hand over a part of the set, for the rest would read as removed
 */
export function declarationOf(resource: IConstruct, props: ManagedUserSetProps): Declaration {
  const problems = unknownUsersProblems(resource, props);
  if (problems.length > 0) throw new Error(`${pathOf(resource)}: ${problems.join(" ")}`);
  const {
    users,
    userIdType = UserIdType.USER_ID,
    retainedUserIds = [],
    maxDeletions,
    maxDeletionsPercent,
  } = props;
  return {
    format: DECLARATION_FORMAT,
    set: pathOf(resource),
    userIdType,
    users: users._entries.map(({ id, label }) => [id, label] as const),
    retainedUserIds,
    protectedUsers: stackUsersOf(resource).ids,
    ...(maxDeletions !== undefined && { maxDeletions }),
    ...(maxDeletionsPercent !== undefined && { maxDeletionsPercent }),
    ...(props.driftReport === true && {
      driftReportFile: driftReportFile(TerraformStack.of(resource), pathOf(resource)),
    }),
  };
}

/** The path of the set's construct, which is what people know: the resource lies in it. */
function pathOf(resource: IConstruct): string {
  return (resource.node.scope ?? resource).node.path;
}
