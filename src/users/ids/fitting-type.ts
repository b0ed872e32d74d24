import { UserIdType } from "../directory";
import { checkUserId } from "./check-id";

/** What ids of a type look like, the narrowest form first. User names and external ids have none. */
const FORMS: readonly (readonly [UserIdType, RegExp])[] = [
  [UserIdType.USER_ID, /^[0-9a-f]{24}$/iu],
  [UserIdType.EMAIL, /^[^\s@]+@[^\s@]+$/u],
  [UserIdType.PHONE, /^\+?\d[\d -]{5,}$/u],
  [UserIdType.IDENTITY, /^[0-9a-f]{24}:\S+$/iu],
  [UserIdType.SYNC_RELATION, /^[a-z]\w*:\S+$/iu],
];

/**
 * The type that was probably meant: all of these ids look like it, and one of them is not of the given type.
 * `undefined` if there is none, as for ids of no form or of different forms.
 */
export function findMeantType(ids: readonly string[], given: UserIdType): UserIdType | undefined {
  if (ids.every((id) => checkUserId(id, given) === undefined)) return undefined;
  const fitting = FORMS.find(([, form]) => ids.every((id) => form.test(id.trim())))?.[0];
  return fitting === given ? undefined : fitting;
}
