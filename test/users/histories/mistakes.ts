import { isUserIdType, UserIdType } from "../../../src/users";
import { type DeclaredSet, type KeptSet, runStack } from "../../provider/support/in-process-stack";
import type { HeldSet } from "../../support/histories/fates";
import { ModelDirectory } from "../support/model-directory";
import type { Step } from "./steps";

/** From so many users on, a pool in which hardly anybody is who they were is taken for a wrong one. */
const ENOUGH = 5;

/**
 * Runs what a step's mistake makes of its declaration, and holds that nobody is deleted for it. What comes of the state
 * is thrown away: the step itself goes on from the state before.
 *
 * @returns what broke a promise, in words
 */
export async function mistake(
  step: Step,
  pool: ModelDirectory,
  kept: readonly KeptSet[],
  held: readonly (HeldSet | undefined)[],
  declared: readonly DeclaredSet[],
): Promise<string[]> {
  const { signal: stop } = new AbortController();
  const around = { directory: pool, protectedIds: new Map<UserIdType, readonly string[]>(), stop };
  switch (step.mistake) {
    case null:
      return [];
    case "null users": {
      const [first, ...others] = declared;
      if (!first) return [];
      const before = pool.all().length;
      const { diagnostics } = await runStack(kept, [{ ...first, users: null }, ...others], around);
      return [
        ...(pool.all().length === before ? [] : ["null users delete somebody"]),
        ...(hasError(diagnostics) ? [] : ["null users are not refused"]),
      ];
    }
    case "copy of the pool": {
      const copy = new ModelDirectory(pool.all().map((user) => ({ ...user, userId: inCopy(user.userId) })));
      // Who an id means that was never found is learnt by the refresh, in whichever pool that is.
      const unbound = new Set(
        held.flatMap((set) => {
          if (!set || !isUserIdType(set.type)) return [];
          const { type, users, bound } = set;
          return [...users.keys()]
            .filter((id) => !bound.has(id))
            .flatMap((id) => copy.named(id, type).map(({ userId }) => userId));
        }),
      );
      const { diagnostics } = await runStack(kept, declared, { ...around, directory: copy });
      const wrong = copy.deleted.filter((userId) => !unbound.has(userId));
      const isLarge = held.some(
        (set) => set && [...set.users.keys()].filter((id) => set.bound.has(id)).length >= ENOUGH,
      );
      return [
        ...(wrong.length === 0 ? [] : [`in a copy of the pool, ${String(wrong)} are deleted`]),
        ...(isLarge && !hasError(diagnostics) ? ["a copy of the pool is not refused"] : []),
      ];
    }
    case "wrong id type": {
      const [first] = declared;
      const type = first?.type === UserIdType.USERNAME ? UserIdType.EXTERNAL_ID : UserIdType.USERNAME;
      if (!first || first.users.size < ENOUGH) return [];
      const { diagnostics } = await runStack([], [{ ...first, type, allowMissing: false }], around);
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
