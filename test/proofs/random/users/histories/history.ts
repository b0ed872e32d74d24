import type { KeptSet } from "../../../../support/engine-model/user-set";
import { setImmediate } from "node:timers/promises";
import { lastDrift } from "../../../../../src/provider/user-set/model";
import { isUserIdType, type UserIdType } from "../../../../../src/users";
import {
  type DeclaredSet,
  refreshStack,
  runStack,
  type StackRun,
} from "../../../../support/provider/in-process-stack";
import {
  brokenAtEnd,
  brokenByRun,
  mayFail,
  type Expected,
  type Seen,
} from "../../../../support/histories/checks";
import {
  acceptRebound,
  type Change,
  contradict,
  expectOutcomes,
  combineOutcomes,
  type HeldSet,
  LOSES_REMOVALS,
  type Named,
  bindIds,
  keepBound,
  refusesTypeChange,
  setAfter,
  newcomersAfter,
  pendingIn,
} from "../../../../support/histories/expected-outcomes";
import { keptIds } from "../../../../support/histories/kept-ids";
import { type KillPoint, KillableDirectory } from "../support/killable-directory";
import { ModelDirectory } from "../../../../support/users/model-directory";
import { people } from "../../../../support/users/people";
import { declaredBy, additionallyProtected, protectedIds, typesIn } from "./declaration";
import { runMistake } from "./mistakes";
import { clearFaults, applyEvent, setFaults } from "./pool";
import { type History, SIZE, type Step } from "./steps";

/**
 * Runs a history of two sets with the provider's own code.
 *
 * @param type the id type of the first set
 * @throws Error that describes each broken promise
 */
export async function runHistory(type: UserIdType, { secondType, steps }: History): Promise<void> {
  const pool = new ModelDirectory(people(1, SIZE));
  let kept: readonly KeptSet[] = [];
  let held: readonly (HeldSet | undefined)[] = [];
  for (const [index, step] of steps.entries()) {
    for (const event of step.events) applyEvent(pool, event);
    const declared = declaredBy(step, typesIn(step, [type, secondType]));
    const mistaken = await runMistake(step, pool, kept, held, declared);
    const { broken, sets, ...after } = await runStep(step, pool, kept, held, declared);
    const problems = [...mistaken, ...broken];
    if (problems.length > 0) throw new Error([`Step ${index + 1}:`, ...problems].join("\n"));
    kept = sets;
    held = after.held;
  }
}

/** Applies a step with its faults, and then once more without any; compares both with what an undisturbed run must do. */
async function runStep(
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
  const changes = declared.map((its, index): Change => {
    const before = held[index];
    return { held: before && bindIds(before, named), declared: its };
  });
  const additional = additionallyProtected(step);
  const protectedNow = (): ((userId: string) => boolean) => {
    const ids = new Set([...additional].flatMap(([type, its]) => its.flatMap((id) => named(id, type))));
    return (userId) => ids.has(userId);
  };
  const outcomesNow = (of: readonly Change[]) => expectOutcomes(of, named, protectedNow(), step.isStack);
  const options = {
    directory: pool,
    protectedIds: step.isStack ? protectedIds(declared, additional) : additional,
  };
  const refuses = (of: readonly Change[]) => refusesTypeChange(of, named, protectedNow(), step.isStack);
  const planned = outcomesNow(changes);
  const expected = { changes, outcomes: planned, pool: seenOf(pool, []).pool };
  const refusesType = refuses(changes);
  if (refusesType !== undefined) {
    const { signal: stop } = new AbortController();
    const isCertain = refusesType === "always" || contradict(changes, planned, named);
    const run = isCertain ? undefined : await runStack(kept, declared, { ...options, stop });
    if (run && !losesRemovals(run)) return settle(run, expected);
    const refusal = await refused(expected, pool, kept, declared, options);
    // As the message says: the removal first, by the id type of the state.
    const asHeld = declaredBy(step, typesOf(held, declared));
    const then = await runStep(step, pool, kept, held, asHeld);
    return { ...then, broken: [...refusal.broken, ...then.broken] };
  }
  if (contradict(changes, planned, named)) {
    return { ...(await refused(expected, pool, kept, declared, options)), held };
  }

  let atApply = expected;
  const rebound = changes.map((change) => acceptRebound(change, named));
  const run = await applyDisturbed(step, pool, kept, declared, options, () => {
    if (step.betweenPlanAndApply.length === 0) return;
    const outcomes = combineOutcomes(planned, outcomesNow(changes));
    atApply = { changes, outcomes, pool: seenOf(pool, []).pool };
  });
  clearFaults(pool);
  const sets = run?.sets ?? kept;
  const broken = brokenByRun(seenOf(pool, sets), atApply, run && reportedIn(run));

  // A killed run stores nothing, not even the bindings that its refresh made.
  const then = changes.map((change, index): Change => {
    if (!run) return { ...change, held: held[index] };
    return run.applied[index] === true ? { ...change, held: rebound[index] } : change;
  });
  const later = expectedFrom(sets, then);
  const end = step.betweenPlanAndApply.length > 0 || mayFail(atApply) ? later : expected;
  const refusesLater = refuses(later.changes);
  if (refusesLater === "always" || contradict(end.changes, end.outcomes, named)) {
    const refusal = await refused(later, pool, sets, declared, options);
    return { ...(await refreshed()), broken: [...broken, ...refusal.broken] };
  }
  const { signal: stop } = new AbortController();
  const undisturbed = await runStack(sets, declared, { ...options, stop });
  if (refusesLater === "perhaps" && losesRemovals(undisturbed)) return { ...(await refreshed()), broken };
  const settled = settle(undisturbed, end);
  return { ...settled, broken: [...broken, ...settled.broken] };

  /** The state after a refused run, which does not store what its refresh found, and a refresh that does. */
  async function refreshed(): Promise<Pick<Awaited<ReturnType<typeof runStep>>, "sets" | "held">> {
    const now = await refreshStack(sets, { ...options, stop: new AbortController().signal });
    return { sets: now, held: later.changes.map((change) => change.held) };
  }

  /** The state after an undisturbed run, and what is wrong with it. */
  function settle({ diagnostics, sets: now }: StackRun, its: Expected): Awaited<ReturnType<typeof runStep>> {
    const errors = mayFail(its) ? [] : diagnostics.filter(({ severity }) => severity === "error");
    const seen = seenOf(pool, now);
    return {
      broken: [
        ...errors.map(({ summary, detail }) => `the undisturbed run fails: ${summary}: ${detail}`),
        ...brokenAtEnd(seen, its),
      ],
      sets: now,
      held: its.changes.map((change, index) => setAfter(change, named, seen.sets[index])),
    };
  }

  /** The expected result of a run from this state, with the current pool. */
  function expectedFrom(state: readonly KeptSet[], from: readonly Change[]): Expected {
    const users = seenOf(pool, state).sets;
    const now = from.map(({ held: before, declared: its }, index): Change => {
      const set = users[index];
      if (!set) return { held: undefined, declared: its };
      // A killed run leaves the set as it was.
      const newcomers = run ? newcomersAfter({ held: before, declared: its }, set.users) : before;
      return { held: bindIds({ ...newcomers, ...keepBound(set, before) }, named), declared: its };
    });
    return { changes: now, outcomes: outcomesNow(now), pool: seenOf(pool, []).pool };
  }
}

/** The id types of the sets in the state; of a set that is not there, the declared one. */
function typesOf(held: readonly (HeldSet | undefined)[], declared: readonly DeclaredSet[]): UserIdType[] {
  return declared.map(({ type }, index) => {
    const its = held[index]?.type;
    return its !== undefined && isUserIdType(its) ? its : type;
  });
}

function losesRemovals({ diagnostics }: StackRun): boolean {
  return diagnostics.some(({ summary }) => summary.startsWith(LOSES_REMOVALS));
}

/** Plans a change that must be refused, and must change nothing. */
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
      ...(isRefused ? [] : ["a change that must be refused is not"]),
      ...(String(now) === String(before) ? [] : [`a refused run deletes: ${String(now)}`]),
    ],
    sets: kept,
  };
}

/**
 * @param beforeApply called after the changes between plan and apply
 * @returns undefined if the run was killed, which leaves the prior state
 */
async function applyDisturbed(
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
  const startFaults = (): void => {
    setFaults(pool, step);
    left = cut?.call ?? Infinity;
  };
  const nextKillPoint = (): KillPoint => {
    left -= 1;
    if (left !== 0) return undefined;
    if (cut?.how === "killed before") return "before";
    if (cut?.how === "killed after") return "after";
    stop.abort();
    return undefined;
  };
  // If a look-up of the plan fails, the plan allows the deletion, and whoever comes before the apply may be deleted. The model
  // has no such plans, so faults begin at apply where others act in between.
  const fromRefresh = step.faultsFrom === "at refresh" && step.betweenPlanAndApply.length === 0;
  if (fromRefresh) startFaults();
  const directory = new KillableDirectory(pool, nextKillPoint);
  const run = runStack(kept, declared, {
    ...options,
    directory,
    stop: stop.signal,
    beforeApply: () => {
      for (const event of step.betweenPlanAndApply) applyEvent(pool, event);
      beforeApply();
      if (!fromRefresh) startFaults();
    },
  });
  const end = await Promise.race([run, directory.killed.then(() => undefined)]);
  // Calls in flight when it was killed are still carried out.
  if (!end) await setImmediate();
  return end;
}

function namedIn(pool: ModelDirectory): Named {
  return (id, type) => (isUserIdType(type) ? pool.named(id, type) : []).map(({ userId }) => userId);
}

function seenOf(pool: ModelDirectory, sets: readonly KeptSet[]): Seen {
  const held = sets.map(({ state }) => {
    if (!state) return undefined;
    const users = new Map(state.users as ReadonlyMap<string, string>);
    return { type: String(state.user_id_type), users, pending: pendingIn(lastDrift(state)?.survivors) };
  });
  return { pool: pool.all().map(({ userId }) => userId), sets: held };
}

function reportedIn({ diagnostics }: StackRun): ReadonlySet<string> {
  const warnings = diagnostics.filter(({ severity }) => severity === "warning");
  return keptIds(
    warnings.map(({ summary, detail }) => `Warning: ${summary}\n\n${detail}`).join("\n\n"),
    true,
  );
}
