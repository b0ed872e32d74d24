import { ArgumentError } from "../../plugin";
import { canonicalId, checkUserId } from "../../users";
import { checkIdType } from "./read-users";

/** @throws ArgumentError for an unknown type, and for an id that is not of it */
export function normalizeId(type: string, id: string): string {
  const userIdType = checkIdType(type, 0);
  const problem = checkUserId(id, userIdType);
  if (problem !== undefined) throw new ArgumentError(problem, 1);
  return canonicalId(id, userIdType);
}
