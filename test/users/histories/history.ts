import { setImmediate } from "node:timers/promises";
import { isUserIdType, type UserIdType } from "../../../src/users";
import {
  type DeclaredSet,
  type KeptSet,
  runStack,
  type StackRun,
} from "../../provider/support/in-process-stack";
import { brokenAtEnd, brokenByRun, mayFail, type Expected, type Seen } from "../../support/histories/checks";
import { fatesOf, type HeldSet, type Named, seen, setAfter } from "../../support/histories/fates";
import { keptIds } from "../../support/histories/kept-ids";
import { type Blow, KillableDirectory } from "../support/killable-directory";
import { ModelDirectory } from "../support/model-directory";
import { people } from "../support/people";
import { declaredBy, protectedBesides, protectedIds } from "./declaration";
import { clearFaults, happen, setFaults } from "./pool";
import { type History, SIZE, type Step } from "./steps";

/**
 * Lives through a history of two sets, the first of them of the given type, with the provider's own code.
 *
 * @throws Error that says what broke a promise
 */
export async function live(type: UserIdType, { secondType, steps }: History): Promise<void> {
  const pool = new ModelDirectory(people(1, SIZE));
  let kept: readonly KeptSet[] = [];
  let held: readonly HeldSet[] = [];
  for (const [index, step] of steps.entries()) {
    for (const happening of step.events) happen(pool, happening);
    const declared = declaredBy(step, [type, secondType]);
    const { broken, sets, expected } = await take(step, pool, kept, held, declared);
    if (broken.length > 0) throw new Error([`Step ${index + 1}:`, ...broken].join("\n"));
    kept = sets;
    const inState = seenOf(pool, sets).sets;
    held = expected.changes.map((change, at) => setAfter(change, namedIn(pool), inState[at]?.users));
  }
}

/** Applies a step, disturbed, and then once more in peace; holds both against what an undisturbed run must do. */
async function take(
  step: Step,
  pool: ModelDirectory,
  kept: readonly KeptSet[],
  held: readonly HeldSet[],
  declared: readonly DeclaredSet[],
): Promise<{
  readonly broken: readonly string[];
  readonly sets: readonly KeptSet[];
  readonly expected: Expected;
}> {
  const named = namedIn(pool);
  const changes = declared.map((its, index) => {
    const before = held[index];
    return { held: before && seen(before, named), declared: its };
  });
  const besides = protectedBesides(step);
  const isProtected = new Set([...besides].flatMap(([type, ids]) => ids.flatMap((id) => named(id, type))));
  const fates = fatesOf(changes, named, (userId) => isProtected.has(userId));
  const expected = { changes, fates, pool: seenOf(pool, []).pool };
  const surroundings = { directory: pool, protectedIds: protectedIds(declared, besides) };

  const run = await disturbed(step, pool, kept, declared, surroundings);
  clearFaults(pool);
  const sets = run?.sets ?? kept;
  const broken = brokenByRun(seenOf(pool, sets), expected, run && saidIn(run));

  const { signal: stop } = new AbortController();
  const end = await runStack(sets, declared, { ...surroundings, stop });
  const errors = mayFail(expected) ? [] : end.diagnostics.filter(({ severity }) => severity === "error");
  broken.push(
    ...errors.map(({ summary, detail }) => `the undisturbed run fails: ${summary}: ${detail}`),
    ...brokenAtEnd(seenOf(pool, end.sets), expected),
  );
  return { broken, sets: end.sets, expected };
}

/** @returns undefined where the run was killed: then the state is as it was before */
async function disturbed(
  step: Step,
  pool: ModelDirectory,
  kept: readonly KeptSet[],
  declared: readonly DeclaredSet[],
  surroundings: Pick<Parameters<typeof runStack>[2], "directory" | "protectedIds">,
): Promise<StackRun | undefined> {
  const stop = new AbortController();
  const { cut } = step;
  let left = Infinity;
  const begin = (): void => {
    setFaults(pool, step);
    left = cut?.call ?? Infinity;
  };
  const blow = (): Blow => {
    left -= 1;
    if (left !== 0) return undefined;
    if (cut?.how === "killed before") return "before";
    if (cut?.how === "killed after") return "after";
    stop.abort();
    return undefined;
  };
  if (step.trouble === "at refresh") begin();
  const directory = new KillableDirectory(pool, blow);
  const run = runStack(kept, declared, {
    ...surroundings,
    directory,
    stop: stop.signal,
    ...(step.trouble === "at apply" && { beforeApply: begin }),
  });
  const end = await Promise.race([run, directory.killed.then(() => undefined)]);
  // What was in flight when it was killed is still carried out.
  if (!end) await setImmediate();
  return end;
}

function namedIn(pool: ModelDirectory): Named {
  return (id, type) => (isUserIdType(type) ? pool.named(id, type) : []).map(({ userId }) => userId);
}

function seenOf(pool: ModelDirectory, sets: readonly KeptSet[]): Seen {
  const held = sets.map(({ state }) =>
    state
      ? { type: String(state.user_id_type), users: new Map(state.users as ReadonlyMap<string, string>) }
      : undefined,
  );
  return { pool: pool.all().map(({ userId }) => userId), sets: held };
}

function saidIn({ diagnostics }: StackRun): ReadonlySet<string> {
  const warnings = diagnostics.filter(({ severity }) => severity === "warning");
  return keptIds(
    warnings.map(({ summary, detail }) => `Warning: ${summary}\n\n${detail}`).join("\n\n"),
    true,
  );
}
