import type { Emulator } from "../../../src/emulator";
import { deletedBy, type Change, type Fate } from "../../support/histories/fates";
import { keptIds } from "../../support/histories/kept-ids";
import type { Finished } from "../../support/workspace";
import type { Stack } from "./stack";

/** What must come of a step. */
export interface Expected {
  readonly changes: readonly Change[];
  /** Of those who leave, set by set. */
  readonly fates: readonly ReadonlyMap<string, Fate>[];
  /** Who is in the pool at the end, by system user id, oldest first. */
  readonly pool: readonly string[];
}

/** A run, and whether it could not say what it did because Terraform was killed. */
type Run = Pick<Finished, "code" | "text"> & { readonly isSilenced: boolean };

/** What a run broke, however it was disturbed: whom it deleted, and whom it forgot. */
export function brokenByRun(
  { code, text, isSilenced }: Run,
  poolBefore: readonly string[],
  { fates }: Expected,
  stack: Stack,
  { pool }: Emulator,
): string[] {
  const allowed = deletedBy(fates);
  const gone = poolBefore.filter((userId) => !pool.find(userId));
  const wrong = gone.filter((userId) => !allowed.has(userId));
  const said = keptIds(text, stack.carrier === "provider");
  const held = stack.held();
  const forgotten = fates.flatMap((its, index) =>
    [...its].filter(([id, fate]) => {
      if (held[index]?.users.has(id)) return false;
      if (fate === "kept") return !said.has(id) && !isSilenced;
      return typeof fate === "object" && pool.find(fate.delete) !== undefined;
    }),
  );
  const problems = [
    ...wrong.map((userId) => `${userId} must stay and was deleted`),
    ...forgotten.map(
      ([id, fate]) => `${id} left the set, must be ${wordOf(fate)}, and nothing says it is not`,
    ),
  ];
  return problems.length === 0 ? [] : [...problems, `exit code ${code}:`, text];
}

/** How the end of an undisturbed run differs from what it must be. */
export function brokenAtEnd(
  { code, text }: Pick<Finished, "code" | "text">,
  { changes, pool: expected }: Expected,
  stack: Stack,
  { pool }: Emulator,
): string[] {
  const left = pool.list().map(({ userId }) => userId);
  const held = stack.held().map((set) => set && [set.type, ...sorted(set.users)]);
  const declared = changes.map(({ declared: set }) => [set.type, ...sorted(set.users)]);
  const problems = [
    ...(code === 0 ? [] : ["the undisturbed run fails"]),
    ...(String(left) === String(expected)
      ? []
      : [`in the pool at the end: ${String(left)}`, `in place of: ${String(expected)}`]),
    ...(JSON.stringify(held) === JSON.stringify(declared)
      ? []
      : [`in the state at the end: ${JSON.stringify(held)}`, `in place of: ${JSON.stringify(declared)}`]),
  ];
  return problems.length === 0 ? [] : [...problems, text];
}

function sorted(users: ReadonlyMap<string, string>): [string, string][] {
  return [...users].sort(([a], [b]) => (a < b ? -1 : 1));
}

function wordOf(fate: Fate): string {
  return typeof fate === "object" ? "deleted" : fate;
}
