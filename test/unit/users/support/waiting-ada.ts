import { type Resolution, UserIdType } from "../../../../src/users";
import { noCall } from "../../../../src/users/fate";
import { person } from "../../../support/users/people";
import { SUSPENDED, waitingUser } from "../../../support/users/waiting";
import { unlimitedChange } from "./set-change";

/** For tests of Ada, who left a set of e-mails. The set suspended her, and she waits for the day on which she is deleted. */

export const ada = person(1, SUSPENDED);
export const bob = person(2);
export const reactivated = { ...ada, status: "Activated" };

/** What the set remembers of Ada: it suspended her when she left, and a refresh has seen her day come. */
export const due = waitingUser(ada, { label: "Ada", isDue: true });
export const early = { ...due, isDue: false };

export const WAITS = noCall({ kind: "wait" });

/** A plan of a set that declares nobody and changes nothing. */
export function nothingChanges() {
  return {
    change: unlimitedChange({ type: UserIdType.EMAIL, prior: new Map(), declared: new Map() }),
    resolutions: new Map<string, Resolution>(),
    approved: undefined,
  };
}
