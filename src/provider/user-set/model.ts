import { UNKNOWN } from "../../plugin";
import { isUserIdType, UserIdType } from "../../users";
import type { UserSetModel } from "./schema";

/**
 * The users of a state or a plan, id -> label; `undefined` while they are not known. An unknown label is "".
 */
export function usersOf(model: UserSetModel): ReadonlyMap<string, string> | undefined {
  if (model.users === UNKNOWN) return undefined;
  if (model.users === null) return new Map();
  return allLabelled(model.users)
    ? model.users
    : new Map([...model.users].map(([id, label]) => [id, typeof label === "string" ? label : ""]));
}

/**
 * Whether it is not known yet which users the set will declare or retain, and the configuration does not
 * accept that.
 */
export function isOpen({
  users,
  retained_ids: retained,
  allow_unknown_users: allowed,
}: UserSetModel): boolean {
  if (allowed === true) return false;
  return users === UNKNOWN || retained === UNKNOWN || (retained?.includes(UNKNOWN) ?? false);
}

/** Nearly always true; avoids a copy of a set of 100,000 users. */
function allLabelled(users: Users): users is ReadonlyMap<string, string> {
  for (const label of users.values()) if (typeof label !== "string") return false;
  return true;
}

type Users = Extract<UserSetModel["users"], ReadonlyMap<string, unknown>>;

/** The id type of a state, or of a plan in which it is known. */
export function idTypeOf(model: UserSetModel): UserIdType {
  const type = model.user_id_type;
  return typeof type === "string" && isUserIdType(type) ? type : UserIdType.USER_ID;
}

/** The ids that may be removed without a deletion, as far as they are known. */
export function retainedOf(model: UserSetModel): readonly string[] {
  if (model.retained_ids === null || model.retained_ids === UNKNOWN) return [];
  return model.retained_ids.filter((id) => typeof id === "string");
}

/** The drift of a state; `undefined` if it was never checked. */
export function lastDrift(model: UserSetModel) {
  if (model.drift === null || model.drift === UNKNOWN) return undefined;
  const strings = (list: typeof model.drift.missing): string[] =>
    list === null || list === UNKNOWN ? [] : list.filter((id) => typeof id === "string");
  const { missing, survivors, locked_out: lockedOut } = model.drift;
  return { missing: strings(missing), survivors: strings(survivors), locked_out: strings(lockedOut) };
}

/**
 * For how many days removed users are suspended before they are deleted; 0 in a state that was written
 * before.
 */
export function suspendDaysOf({ suspend_days: days }: UserSetModel): number {
  return typeof days === "number" ? days : 0;
}

/** The dates in a state's `suspended`, by id. */
export function datesIn({ suspended }: UserSetModel): [id: string, date: string][] {
  if (suspended === null || suspended === UNKNOWN) return [];
  return [...suspended].flatMap(([id, date]): [string, string][] =>
    typeof date === "string" ? [[id, date]] : [],
  );
}
