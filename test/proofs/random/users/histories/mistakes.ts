import type { KeptSet } from "../../../../support/engine-model/user-set";
import { isUserIdType, UserIdType } from "../../../../../src/users";
import { type DeclaredSet, runStack } from "../../../../support/provider/in-process-stack";
import { type HeldSet, namedByUnbound } from "../../../../support/histories/expected-outcomes";
import { ModelDirectory } from "../../../../support/users/model-directory";
import type { Step } from "./steps";

/** From this number of users on, a pool in which almost no user is unchanged counts as wrong. */
const MIN_USERS = 5;

/**
 * Runs a step's mistake, and checks that it deletes nobody. The resulting state is dropped: the step itself continues from the
 * prior state.
 *
 * @returns a description of each broken promise
 */
export async function runMistake(
  step: Step,
  pool: ModelDirectory,
  kept: readonly KeptSet[],
  held: readonly (HeldSet | undefined)[],
  declared: readonly DeclaredSet[],
): Promise<string[]> {
  const { signal: stop } = new AbortController();
  const options = { directory: pool, protectedIds: new Map<UserIdType, readonly string[]>(), stop };
  switch (step.mistake) {
    case null:
      return [];
    case "null users": {
      const [first, ...others] = declared;
      if (!first) return [];
      const before = pool.all().length;
      const { diagnostics } = await runStack(kept, [{ ...first, users: null }, ...others], options);
      return [
        ...(pool.all().length === before ? [] : ["null users delete somebody"]),
        ...(hasError(diagnostics) ? [] : ["null users are not refused"]),
      ];
    }
    case "copy of the pool": {
      const copy = new ModelDirectory(pool.all().map((user) => ({ ...user, userId: inCopy(user.userId) })));
      const unbound = namedByUnbound(held, (id, type) =>
        isUserIdType(type) ? copy.named(id, type).map(({ userId }) => userId) : [],
      );
      const { diagnostics } = await runStack(kept, declared, {
        ...options,
        directory: copy,
        acceptEmptyPool: false,
      });
      const wrong = copy.deleted.filter((userId) => !unbound.has(userId));
      const isLarge = held.some(
        (set) => set && [...set.users.keys()].filter((id) => set.bound.has(id)).length >= MIN_USERS,
      );
      return [
        ...(wrong.length === 0 ? [] : [`in a copy of the pool, ${String(wrong)} are deleted`]),
        ...(isLarge && !hasError(diagnostics) ? ["a copy of the pool is not refused"] : []),
      ];
    }
    case "wrong id type": {
      const [first] = declared;
      const type = first?.type === UserIdType.USERNAME ? UserIdType.EXTERNAL_ID : UserIdType.USERNAME;
      if (!first || first.users.size < MIN_USERS) return [];
      const { diagnostics } = await runStack([], [{ ...first, type, allowMissing: false }], options);
      return hasError(diagnostics) ? [] : [`a new set of which nobody is found by ${type} is not refused`];
    }
  }
}

function inCopy(userId: string): string {
  return `b${userId.slice(1)}`;
}

function hasError(diagnostics: readonly { readonly severity: string }[]): boolean {
  return diagnostics.some(({ severity }) => severity === "error");
}
