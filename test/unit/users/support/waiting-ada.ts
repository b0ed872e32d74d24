import { type Resolution, UserIdType } from "../../../../src/users";
import { noCall } from "../../../../src/users/fate";
import type { WaitingUser } from "../../../../src/users/waiting-user";
import { idOf, person } from "../../../support/users/people";
import { unlimitedChange } from "./set-change";

/** For tests of Ada, who left a set of e-mails. The set suspended her, and she waits for the day on which she is deleted. */

export const suspension = { status: "Suspended", statusChangedAt: "2026-01-01T09:00:00.000Z" };
export const ada = person(1, suspension);
export const bob = person(2);
export const reactivated = { ...ada, status: "Activated" };

/** What the set remembers of Ada: it suspended her when she left, and a refresh has seen her day come. */
export const due: WaitingUser = {
  ...suspension,
  id: idOf(ada, UserIdType.EMAIL),
  label: "Ada",
  userId: ada.userId,
  isOurs: true,
  deleteFrom: "2026-01-15T00:00:00Z",
  isDue: true,
};
export const early: WaitingUser = { ...due, isDue: false };

export const WAITS = noCall({ kind: "wait" });

/** A plan of a set that declares nobody and changes nothing. */
export function nothingChanges() {
  return {
    change: unlimitedChange({ type: UserIdType.EMAIL, prior: new Map(), declared: new Map() }),
    resolutions: new Map<string, Resolution>(),
    approved: undefined,
  };
}
