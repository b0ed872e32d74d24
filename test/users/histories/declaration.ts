import { USER_ID_TYPES, type UserIdType } from "../../../src/users";
import type { DeclaredSet } from "../../provider/support/in-process-stack";
import { idOf, person } from "../support/people";
import { spelled } from "./pool";
import type { Step } from "./steps";

/** Ids by their types. */
type Ids = ReadonlyMap<UserIdType, readonly string[]>;

/** What a step declares of the two sets. */
export function declaredBy(step: Step, types: readonly [UserIdType, UserIdType]): DeclaredSet[] {
  return types.map((own, index) => {
    const type = step.retyped?.set === index ? step.retyped.type : own;
    const its = step.declared.filter((number) => step.inSecondSet.includes(number) === (index === 1));
    return {
      type,
      users: new Map(its.map((number) => [spelled(number, type, step.respelled), labelOf(number, step)])),
      retained: step.retained.map((number) => spelled(number, type, !step.respelled)),
    };
  });
}

/** Whom a step protects besides. */
export function protectedBesides({ protectedUsers }: Step): Ids {
  return byType(protectedUsers.map(([type, number]) => [type, [idOf(person(number), type)]]));
}

/** What the construct fills in: everybody whom the stack declares or retains, and whoever is protected besides. */
export function protectedIds(sets: readonly DeclaredSet[], besides: Ids): Ids {
  const own = sets.map(({ type, users, retained }): [UserIdType, string[]] => [
    type,
    [...users.keys(), ...retained],
  ]);
  return byType([...own, ...besides]);
}

function byType(ids: readonly (readonly [UserIdType, readonly string[]])[]): Ids {
  return new Map(USER_ID_TYPES.map((of) => [of, ids.flatMap(([type, its]) => (type === of ? its : []))]));
}

function labelOf(number: number, { labels, lastMoment }: Step): string {
  // The state does not say by which label somebody was taken for renamed, and the pool is not the one that was planned.
  if (lastMoment.length > 0) return "";
  return labels === "own" ? `P${number}` : labels === "none" ? "" : "P";
}
