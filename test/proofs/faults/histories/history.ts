import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startEmulator, type Emulator, type PoolIdType } from "../../../support/emulator";
import {
  brokenAtEnd,
  brokenByRun,
  type Expected,
  mayFail,
  type Seen,
} from "../../../support/histories/checks";
import {
  contradict,
  expectOutcomes,
  combineOutcomes,
  bindIds,
  keepBound,
  refusesTypeChange,
  setAfter,
  newcomersAfter,
  type Change,
  type HeldSet,
  LOSES_REMOVALS,
  namedByUnbound,
  type Named,
} from "../../../support/histories/expected-outcomes";
import { keptIds } from "../../../support/histories/kept-ids";
import type { ResourceType } from "../../../support/scenario";
import type { Template } from "../../../support/template";
import { cutRun } from "../kills/send-signals";
import { restoreIfTorn } from "../support/torn-state";
import { People } from "./people";
import { Stack } from "./stack";
import { NAME_TYPES } from "../../../support/histories/generators";
import type { History, Step } from "./steps";

/**
 * Runs a history on the real engine.
 *
 * @throws Error that describes each broken promise
 */
export async function runHistory(
  template: Template,
  resourceType: ResourceType,
  { types, steps }: History,
): Promise<void> {
  const people = new People();
  const emulator = await startEmulator({ users: people.users, rateLimit: false, latencyMs: 5 });
  const stack = new Stack(resourceType, types, template, emulator);
  try {
    let held: readonly (HeldSet | undefined)[] = [undefined, undefined];
    for (const [index, step] of steps.entries()) {
      for (const event of step.events) people.applyEvent(event, emulator.pool);
      const mistaken = await runMistake(step, held, stack, people, emulator);
      const { broken, after } = await runStep(step, held, stack, people, emulator);
      const problems = [...mistaken, ...broken];
      if (problems.length > 0) throw new Error([`Step ${index + 1}:`, ...problems].join("\n"));
      held = after;
    }
  } finally {
    await stack.workspace.close();
    await emulator.close();
  }
}

interface StepResult {
  readonly broken: readonly string[];
  readonly after: readonly (HeldSet | undefined)[];
}

/** Applies a step with its faults, and then once more without any; compares both with what an undisturbed run must do. */
async function runStep(
  step: Step,
  before: readonly (HeldSet | undefined)[],
  stack: Stack,
  people: People,
  emulator: Emulator,
  types = stack.typesIn(step),
): Promise<StepResult> {
  const named = namedIn(emulator);
  const { binds, workspace } = stack;
  const declared = stack.declare(step, people, types);
  const changes = declared.map((its, index): Change => {
    const held = before[index];
    return { held: held && binds ? bindIds(held, named) : held, declared: its };
  });
  const isPlain = binds && !step.isStack;
  const expectFrom = (from: readonly Change[]): Expected => ({
    changes: from,
    outcomes: expectOutcomes(from, named, undefined, !isPlain),
    pool: seenOf(stack, emulator).pool,
  });
  const planned = expectFrom(changes);
  const refuses = (of: readonly Change[]) => refusesTypeChange(of, named, undefined, !isPlain);
  const refusesType = refuses(changes);
  if (refusesType !== undefined) {
    const isCertain = refusesType === "always" || contradict(changes, planned.outcomes, named);
    const run = isCertain ? undefined : await workspace.apply();
    if (run && !run.text.includes(LOSES_REMOVALS)) return settle(run, planned);
    const refusal = await expectRefusal(stack, emulator);
    // As the message says: the removal first, by the id type of the state.
    const asHeld = types.map(
      (type, index) => NAME_TYPES.find((its) => its === stack.held()[index]?.type) ?? type,
    );
    const then = await runStep(step, before, stack, people, emulator, asHeld);
    return { ...then, broken: [...refusal, ...then.broken] };
  }
  if (binds && contradict(changes, planned.outcomes, named)) {
    return { broken: await expectRefusal(stack, emulator), after: before };
  }

  const atApply = step.saved ? await save(step.saved) : planned;
  const run = await applyDisturbed(step, stack, people, emulator);
  const isOutputLost = step.cut !== null && step.cut.victim !== "deleter";
  const reported = isOutputLost ? undefined : keptIds(run.text, binds);
  const broken = brokenByRun(seenOf(stack, emulator), atApply, reported);
  if (broken.length > 0) broken.push(`exit code ${run.code}:`, run.text);

  const poolChanges = step.saved !== null && step.saved.length > 0;
  const later = expectFrom(changes.map(heldNow));
  const isLater = poolChanges || mayFail(atApply);
  const end = isLater ? later : planned;
  const refusesLater = refuses(later.changes);
  if (refusesLater === "always" || (binds && contradict(end.changes, end.outcomes, named))) {
    const refusal = await expectRefusal(stack, emulator);
    return { broken: [...broken, ...refusal], after: await refreshed() };
  }
  const isUndisturbed = step.faults.length + step.undeletable.length === 0 && step.cut === null && !isLater;
  const undisturbed = isUndisturbed ? run : await workspace.apply();
  if (refusesLater === "perhaps" && undisturbed.text.includes(LOSES_REMOVALS))
    return { broken, after: await refreshed() };
  const settled = settle(undisturbed, end);
  return { ...settled, broken: [...broken, ...settled.broken] };

  /** The state after an undisturbed run, and what is wrong with it. */
  function settle({ code, text }: Pick<typeof run, "code" | "text">, its: Expected): StepResult {
    const found = [
      ...(code === 0 || mayFail(its) ? [] : ["the undisturbed run fails"]),
      ...brokenAtEnd(seenOf(stack, emulator), its),
    ];
    const inState = stack.held();
    return {
      broken: found.length > 0 ? [...found, "output of the undisturbed run:", text] : [],
      after: its.changes.map((change, index) =>
        binds ? setAfter(change, named, inState[index]) : unbound(change, inState[index]?.users),
      ),
    };
  }

  /** Saves the plan, applies the events, and returns what the apply must do. */
  async function save(events: Exclude<Step["saved"], null>): Promise<Expected> {
    const { code, text } = await workspace.plan("-out=plan");
    if (code === 1) throw new Error(`The plan of an undisturbed run fails:\n${text}`);
    for (const event of events) people.applyEvent(event, emulator.pool);
    const now = expectFrom(changes);
    return { ...now, outcomes: binds ? combineOutcomes(planned.outcomes, now.outcomes) : now.outcomes };
  }

  /** The change, from the current state. */
  function heldNow({ held, declared: its }: Change, index: number): Change {
    const set = stack.held()[index];
    if (!set) return { held: undefined, declared: its };
    if (!binds) return { held: { ...set, bound: new Map() }, declared: its };
    const newcomers = newcomersAfter({ held, declared: its }, set.users);
    return { held: bindIds({ ...newcomers, ...keepBound(set, held) }, named), declared: its };
  }

  /** The sets after a refused run, which does not store what its refresh found, and a refresh that does. */
  async function refreshed(): Promise<StepResult["after"]> {
    if (binds) await workspace.apply("-refresh-only");
    return later.changes.map(({ held }) => held);
  }
}

/** Applies a contradiction or a mistake. @returns what the run changed although it must be refused */
async function expectRefusal(stack: Stack, emulator: Emulator): Promise<string[]> {
  const before = JSON.stringify(seenOf(stack, emulator));
  const { code, text } = await stack.workspace.apply();
  return [
    ...(code === 1 ? [] : ["the run is not refused:", text]),
    ...(JSON.stringify(seenOf(stack, emulator)) === before ? [] : ["a refused run changes something:", text]),
  ];
}

/** Applies with the faults of a step. */
async function applyDisturbed(
  step: Step,
  { workspace, binds }: Stack,
  people: People,
  emulator: Emulator,
): Promise<{ readonly code: number; readonly text: string }> {
  for (const { effect, ...rule } of step.faults) emulator.faults.add({ ...rule, times: 1, then: effect });
  if (step.undeletable.length > 0) {
    const ids = step.undeletable.map((person) => people.idOf(person, "user_id", "as in the pool"));
    emulator.faults.add({ on: "delete-users-batch", ids, then: { kind: "answer", statusCode: 422 } });
  }
  const called = emulator.calls.length;
  const plan = step.saved ? ["plan"] : [];
  const child = workspace.start("apply", "-auto-approve", "-input=false", ...plan);
  if (step.cut) {
    const { victim, call, ...how } = step.cut;
    const deleter = binds ? "provider" : "command";
    await cutRun(
      { ...how, call: called + call, victim: victim === "deleter" ? deleter : victim },
      child,
      emulator,
    );
  }
  const { code, text } = await child.finished;
  restoreIfTorn(workspace.folder);
  emulator.faults.clear();
  return { code, text };
}

/** Runs a step's mistake, and checks that it deletes nobody. */
async function runMistake(
  step: Step,
  held: readonly (HeldSet | undefined)[],
  stack: Stack,
  people: People,
  emulator: Emulator,
): Promise<string[]> {
  if (step.mistake === null || !stack.binds) return [];
  const users = emulator.pool.list().map((user) => ({ ...user, userId: `b${user.userId.slice(1)}` }));
  const copy = await startEmulator({ users, rateLimit: false });
  try {
    stack.declareMistake(step, people, copy);
    if (step.mistake !== "copy of the pool") {
      const { code, text } = await stack.workspace.plan("-target=genauth_user_set.mistaken");
      return code === 1 ? [] : [`${step.mistake} are not refused:`, text];
    }
    const stateFile = join(stack.workspace.folder, "terraform.tfstate");
    const state = existsSync(stateFile) ? readFileSync(stateFile) : undefined;
    const unbound = namedByUnbound(held, namedIn(copy));
    const { text } = await stack.workspace.apply();
    if (state) writeFileSync(stateFile, state);
    else rmSync(stateFile, { force: true });
    const left = new Set(copy.pool.list().map(({ userId }) => userId));
    const wrong = users.filter(({ userId }) => !left.has(userId) && !unbound.has(userId));
    return wrong.length === 0 ? [] : ["somebody is deleted in a copy of the pool:", text];
  } finally {
    await copy.close();
  }
}

function namedIn({ pool }: Emulator): Named {
  return (id, type) => pool.findAll(id, type as PoolIdType).map(({ userId }) => userId);
}

function seenOf(stack: Stack, { pool }: Emulator): Seen {
  return { pool: pool.list().map(({ userId }) => userId), sets: stack.held() };
}

function unbound({ declared: { type, users } }: Change, state = users): HeldSet {
  return { type, users: state, bound: new Map() };
}
