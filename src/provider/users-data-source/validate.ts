import { error, UNKNOWN, type Diagnostic } from "../../plugin";
import { isUserIdType, UserIdType } from "../../users";
import { describeUnknownIdType, refuseIds, refuseTwins } from "../problems";
import type { UsersModel } from "./schema";

/** Checks a block's configuration without the network. Each problem points at its attribute. */
export function validateUsers(config: UsersModel): Diagnostic[] {
  return [...validateIdType(config), ...validateIds(config), ...validateIgnoreMissing(config)];
}

function problem(attribute: keyof UsersModel, summary: string, detail: string): Diagnostic {
  return error(summary, detail, [{ attribute }]);
}

function validateIdType({ ids, user_id_type: type }: UsersModel): Diagnostic[] {
  if (type === null || type === UNKNOWN) return [];
  if (!isUserIdType(type)) {
    return [problem("user_id_type", "Unknown user_id_type", describeUnknownIdType(type))];
  }
  if (ids !== null || (type !== UserIdType.IDENTITY && type !== UserIdType.SYNC_RELATION)) return [];
  const detail = `A user may have several identities, so ${type} is for ids. Give ids, or list everybody by another type.`;
  return [problem("user_id_type", `Everybody cannot be listed by ${type}`, detail)];
}

function validateIds({ ids, user_id_type: given }: UsersModel): Diagnostic[] {
  if (ids === null || ids === UNKNOWN) return [];
  if (given === UNKNOWN) return refuseIds(ids, { noun: "user id", attribute: "ids", type: undefined });
  const type = given !== null && isUserIdType(given) ? given : null;
  // An unknown type is an error of its own.
  if (given !== null && type === null) return [];
  const distinct = [...new Set(ids.filter((id) => typeof id === "string"))];
  return [
    ...refuseIds(ids, { noun: "user id", attribute: "ids", type }),
    ...refuseTwins(distinct, type ?? UserIdType.USER_ID, "ids"),
  ];
}

function validateIgnoreMissing({ ids, ignore_missing: ignores }: UsersModel): Diagnostic[] {
  if (ids !== null || ignores !== true) return [];
  return [problem("ignore_missing", "ignore_missing needs ids", "Give ids too, or remove ignore_missing.")];
}
