import { setImmediate } from "node:timers/promises";
import { isUserIdType, type UserIdType } from "../../../src/users";
import {
  type DeclaredSet,
  type KeptSet,
  runStack,
  type StackRun,
} from "../../provider/support/in-process-stack";
import { brokenAtEnd, brokenByRun, mayFail, type Expected, type Seen } from "../../support/histories/checks";
import {
  type Change,
  contradict,
  fatesOf,
  fatesOfBoth,
  type HeldSet,
  type Named,
  seen,
  setAfter,
} from "../../support/histories/fates";
import { keptIds } from "../../support/histories/kept-ids";
import { type Blow, KillableDirectory } from "../support/killable-directory";
import { ModelDirectory } from "../support/model-directory";
import { people } from "../support/people";
import { declaredBy, protectedBesides, protectedIds } from "./declaration";
import { mistake } from "./mistakes";
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
  let held: readonly (HeldSet | undefined)[] = [];
  for (const [index, step] of steps.entries()) {
    for (const happening of step.events) happen(pool, happening);
    const declared = declaredBy(step, [type, secondType]);
    const mistaken = await mistake(step, pool, kept, held, declared);
    const { broken, sets, ...after } = await take(step, pool, kept, held, declared);
    const problems = [...mistaken, ...broken];
    if (problems.length > 0) throw new Error([`Step ${index + 1}:`, ...problems].join("\n"));
    kept = sets;
    held = after.held;
  }
}

/** Applies a step, disturbed, and then once more in peace; holds both against what an undisturbed run must do. */
async function take(
  step: Step,
  pool: ModelDirectory,
  kept: readonly KeptSet[],
  held: readonly (HeldSet | undefined)[],
  declared: readonly DeclaredSet[],
): Promise<{
  readonly broken: readonly string[];
  readonly sets: readonly KeptSet[];
  readonly held: readonly (HeldSet | undefined)[];
}> {
  const named = namedIn(pool);
  const changes = declared.map((its, index) => {
    const before = held[index];
    return { held: before && seen(before, named), declared: its };
  });
  const besides = protectedBesides(step);
  const protectedNow = (): ((userId: string) => boolean) => {
    const ids = new Set([...besides].flatMap(([type, its]) => its.flatMap((id) => named(id, type))));
    return (userId) => ids.has(userId);
  };
  const fatesNow = (of: readonly Change[]) => fatesOf(of, named, protectedNow(), step.isStack);
  const options = {
    directory: pool,
    protectedIds: step.isStack ? protectedIds(declared, besides) : besides,
  };
  const planned = fatesNow(changes);
  const expected = { changes, fates: planned, pool: seenOf(pool, []).pool };
  if (!step.isStack && contradict(changes, planned, named)) {
    return { ...(await refused(expected, pool, kept, declared, options)), held };
  }

  let atApply = expected;
  const run = await disturbed(step, pool, kept, declared, options, () => {
    if (step.lastMoment.length === 0) return;
    const fates = fatesOfBoth(planned, fatesNow(changes));
    atApply = { changes, fates, pool: seenOf(pool, []).pool };
  });
  clearFaults(pool);
  const sets = run?.sets ?? kept;
  const broken = brokenByRun(seenOf(pool, sets), atApply, run && saidIn(run));

  const end = step.lastMoment.length > 0 ? expectedFrom(sets, changes) : expected;
  if (step.lastMoment.length > 0 && !step.isStack && contradict(end.changes, end.fates, named)) {
    const refusal = await refused(end, pool, sets, declared, options);
    const then = end.changes.map((change) => change.held);
    return { ...refusal, broken: [...broken, ...refusal.broken], held: then };
  }
  const { signal: stop } = new AbortController();
  const peaceful = await runStack(sets, declared, { ...options, stop });
  const errors = mayFail(end) ? [] : peaceful.diagnostics.filter(({ severity }) => severity === "error");
  broken.push(
    ...errors.map(({ summary, detail }) => `the undisturbed run fails: ${summary}: ${detail}`),
    ...brokenAtEnd(seenOf(pool, peaceful.sets), end),
  );
  const inState = seenOf(pool, peaceful.sets).sets;
  return {
    broken,
    sets: peaceful.sets,
    held: end.changes.map((change, index) => setAfter(change, named, inState[index]?.users)),
  };

  /** What a run must do that begins with this state, in the pool as it is now. */
  function expectedFrom(state: readonly KeptSet[], from: readonly Change[]): Expected {
    const users = seenOf(pool, state).sets;
    const now = from.map(({ held: before, declared: its }, index): Change => {
      const set = users[index];
      if (!set) return { held: undefined, declared: its };
      const bound = before?.type === set.type ? before.bound : new Map<string, string>();
      return { held: seen({ ...set, bound }, named), declared: its };
    });
    return { changes: now, fates: fatesNow(now), pool: seenOf(pool, []).pool };
  }
}

/** Plans sets that contradict each other, which must change nothing. */
async function refused(
  { pool: before }: Expected,
  pool: ModelDirectory,
  kept: readonly KeptSet[],
  declared: readonly DeclaredSet[],
  options: Pick<Parameters<typeof runStack>[2], "directory" | "protectedIds">,
): Promise<{ readonly broken: readonly string[]; readonly sets: readonly KeptSet[] }> {
  const { signal: stop } = new AbortController();
  const { diagnostics, sets } = await runStack(kept, declared, { ...options, stop });
  const now = seenOf(pool, sets).pool;
  const isRefused = diagnostics.some(({ severity }) => severity === "error");
  return {
    broken: [
      ...(isRefused ? [] : ["sets that contradict each other are not refused"]),
      ...(String(now) === String(before) ? [] : [`a refused run deletes: ${String(now)}`]),
    ],
    sets: kept,
  };
}

/**
 * @param beforeApply called when the last moment is over
 * @returns undefined where the run was killed: then the state is as it was before
 */
async function disturbed(
  step: Step,
  pool: ModelDirectory,
  kept: readonly KeptSet[],
  declared: readonly DeclaredSet[],
  options: Pick<Parameters<typeof runStack>[2], "directory" | "protectedIds">,
  beforeApply: () => void,
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
    ...options,
    directory,
    stop: stop.signal,
    beforeApply: () => {
      for (const happening of step.lastMoment) happen(pool, happening);
      beforeApply();
      if (step.trouble === "at apply") begin();
    },
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
