import { UserIdType } from "../../../../../src/users";
import * as failures from "../../../../support/users/failures";
import type { Fault, ModelDirectory } from "../../../../support/users/model-directory";
import { idOf, person } from "../../../../support/users/people";
import type { Event, NamedFault, Step } from "./steps";

/** Applies a change that somebody else makes in the pool. */
export function applyEvent(pool: ModelDirectory, event: Event): void {
  const user = pool.get(person(event.number).userId);
  if (event.kind === "add") {
    pool.put(user ?? person(event.number));
    return;
  }
  if (!user) return;
  if (event.kind === "delete") {
    pool.remove(user.userId);
    return;
  }
  if (event.kind === "rename") {
    pool.put({ ...person(event.to), userId: user.userId });
    return;
  }
  const other = pool.get(person(event.other).userId);
  if (!other) return;
  pool.put({ ...other, userId: user.userId });
  pool.put({ ...user, userId: other.userId });
}

/** Starts the faults of a step. */
export function setFaults(pool: ModelDirectory, step: Step): void {
  pool.poisoned.clear();
  for (const number of step.poisoned) pool.poisoned.add(person(number).userId);
  pool.refusesUnknown = step.refusesUnknown;
  pool.showsDeletedFor = step.showsDeletedFor;
  pool.fault = ({ method }, nth) =>
    faultOf((method === "deleteUsers" ? step.deletionFaults : step.lookUpFaults)[nth - 1] ?? null);
  pool.forget();
}

/** Ends all faults, and brings look-ups up to date. */
export function clearFaults(pool: ModelDirectory): void {
  pool.poisoned.clear();
  pool.refusesUnknown = "none";
  pool.showsDeletedFor = 0;
  pool.fault = () => undefined;
  pool.catchUp();
  pool.forget();
}

/** The id of a person in a set. */
export function spelled(number: number, type: UserIdType, respelled: boolean): string {
  const id = idOf(person(number), type);
  if (!respelled) return id;
  if (type === UserIdType.EMAIL) return id.toUpperCase();
  return type === UserIdType.PHONE ? id.replace("+86", "") : id;
}

function faultOf(fault: NamedFault): Fault {
  if (fault === null) return undefined;
  return fault === "lie" ? { lie: true } : { failure: failures[fault.failure], after: fault.after };
}
