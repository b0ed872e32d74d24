import { startEmulator, type Emulator, type PoolIdType } from "../../../support/emulator";
import { keptIds } from "./kept-ids";
import {
  brokenAtEnd,
  brokenByRun,
  type Change,
  type Expected,
  expectOutcomes,
  mayFail,
  type Seen,
  type UserSet,
} from "./model";
import type { Template } from "../../../support/template";
import { cutRun } from "../kills/send-signals";
import { restoreIfTorn } from "../support/torn-state";
import { People } from "../suspension-histories/people";
import { Stack } from "./stack";
import type { History, Step } from "./steps";

const NOBODY_WAITS: ReadonlySet<string> = new Set();

/**
 * Runs a history on the real engine.
 *
 * @throws Error that describes each broken promise
 */
export async function runHistory(template: Template, { types, steps }: History): Promise<void> {
  const people = new People();
  const emulator = await startEmulator({ users: people.users, rateLimit: false, latencyMs: 5 });
  const stack = new Stack(types, template, emulator);
  try {
    let held: readonly (UserSet | undefined)[] = [undefined, undefined];
    for (const [index, step] of steps.entries()) {
      for (const event of step.events) people.applyEvent(event, emulator.pool, NOBODY_WAITS);
      const { broken, after } = await runStep(step, held, stack, people, emulator);
      if (broken.length > 0) throw new Error([`Step ${index + 1}:`, ...broken].join("\n"));
      held = after;
    }
  } finally {
    await stack.workspace.close();
    await emulator.close();
  }
}

interface StepResult {
  readonly broken: readonly string[];
  readonly after: readonly (UserSet | undefined)[];
}

/** Applies a step with its faults, and then once more without any; compares both with what an undisturbed run must do. */
async function runStep(
  step: Step,
  before: readonly (UserSet | undefined)[],
  stack: Stack,
  people: People,
  emulator: Emulator,
): Promise<StepResult> {
  const { workspace } = stack;
  const expectFrom = (from: readonly Change[]): Expected => ({
    changes: from,
    outcomes: expectOutcomes(from, (id, type) =>
      emulator.pool.findAll(id, type as PoolIdType).map(({ userId }) => userId),
    ),
    pool: seenOf(stack, emulator).pool,
  });
  const changes = stack
    .declare(step, people)
    .map((declared, index): Change => ({ held: before[index], declared }));
  const planned = expectFrom(changes);
  if (step.saved) {
    const { code, text } = await workspace.plan("-out=plan");
    if (code === 1) throw new Error(`The plan of an undisturbed run fails:\n${text}`);
    for (const event of step.saved) people.applyEvent(event, emulator.pool, NOBODY_WAITS);
  }
  const atApply = step.saved ? expectFrom(changes) : planned;
  const run = await applyDisturbed(step, stack, people, emulator);
  const isOutputLost = step.cut !== null && step.cut.victim !== "command";
  const broken = brokenByRun(seenOf(stack, emulator), atApply, isOutputLost ? undefined : keptIds(run.text));
  if (broken.length > 0) broken.push(`exit code ${run.code}:`, run.text);

  const poolChanges = step.saved !== null && step.saved.length > 0;
  const isLater = poolChanges || mayFail(atApply);
  const inState = stack.held();
  const end = isLater ? expectFrom(changes.map((its, index) => ({ ...its, held: inState[index] }))) : planned;
  const isUndisturbed = step.faults.length + step.undeletable.length === 0 && step.cut === null && !isLater;
  const { code, text } = isUndisturbed ? run : await workspace.apply();
  const found = [
    ...(code === 0 || mayFail(end) ? [] : ["the undisturbed run fails"]),
    ...brokenAtEnd(seenOf(stack, emulator), end),
  ];
  if (found.length > 0) broken.push(...found, "output of the undisturbed run:", text);
  return { broken, after: stack.held() };
}

/** Applies with the faults of a step. */
async function applyDisturbed(
  step: Step,
  { workspace }: Stack,
  people: People,
  emulator: Emulator,
): Promise<{ readonly code: number; readonly text: string }> {
  for (const { effect, ...rule } of step.faults) emulator.faults.add({ ...rule, times: 1, then: effect });
  if (step.undeletable.length > 0) {
    const ids = step.undeletable.map((person) => people.idOf(person, "user_id"));
    emulator.faults.add({ on: "delete-users-batch", ids, then: { kind: "answer", statusCode: 422 } });
  }
  const called = emulator.calls.length;
  const plan = step.saved ? ["plan"] : [];
  const child = workspace.start("apply", "-auto-approve", "-input=false", ...plan);
  if (step.cut) await cutRun({ ...step.cut, call: called + step.cut.call }, child, emulator);
  const { code, text } = await child.finished;
  restoreIfTorn(workspace.folder);
  emulator.faults.clear();
  return { code, text };
}

function seenOf(stack: Stack, { pool }: Emulator): Seen {
  return { pool: pool.list().map(({ userId }) => userId), sets: stack.held() };
}
