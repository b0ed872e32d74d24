import { USER_ID_TYPES, type UserIdType } from "../../../../../src/users";
import type { DeclaredSet } from "../../../../support/provider/in-process-stack";
import { idOf, person } from "../../../../support/users/people";
import { spelled } from "./pool";
import type { Step } from "./steps";

/** Ids by their types. */
type Ids = ReadonlyMap<UserIdType, readonly string[]>;

/** The id types of the two sets in a step. */
export function typesIn({ retyped }: Step, types: readonly UserIdType[]): UserIdType[] {
  return types.map((own, index) => (retyped?.set === index ? retyped.type : own));
}

/** The declarations of the two sets in a step, by these id types. */
export function declaredBy(step: Step, types: readonly UserIdType[]): DeclaredSet[] {
  return types.map((type, index) => {
    const its = step.declared.filter((number) => step.inSecondSet.includes(number) === (index === 1));
    return {
      type,
      users: new Map(its.map((number) => [spelled(number, type, step.respelled), labelOf(number, step)])),
      retained: step.retained.map((number) => spelled(number, type, !step.respelled)),
    };
  });
}

/** The additional protected users of a step. */
export function additionallyProtected({ protectedUsers }: Step): Ids {
  return byType(protectedUsers.map(([type, number]) => [type, [idOf(person(number), type)]]));
}

/** `protected_users` as the construct fills it: all ids that the stack declares or retains, and additional ones. */
export function protectedIds(sets: readonly DeclaredSet[], additional: Ids): Ids {
  const own = sets.map(({ type, users, retained }): [UserIdType, string[]] => [
    type,
    [...users.keys(), ...retained],
  ]);
  return byType([...own, ...additional]);
}

function byType(ids: readonly (readonly [UserIdType, readonly string[]])[]): Ids {
  return new Map(USER_ID_TYPES.map((of) => [of, ids.flatMap(([type, its]) => (type === of ? its : []))]));
}

function labelOf(number: number, { labels, betweenPlanAndApply }: Step): string {
  // Labels could make removals look like renames, and after a change of the pool the state does not tell which.
  if (betweenPlanAndApply.length > 0) return "";
  return labels === "own" ? `P${number}` : labels === "none" ? "" : "P";
}
