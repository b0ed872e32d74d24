import { startEmulator, type Emulator, type IdType } from "../../../src/emulator";
import {
  deletedBy,
  fatesOf,
  seen,
  setAfter,
  type Change,
  type HeldSet,
  type Named,
} from "../../support/histories/fates";
import type { UserSetEngine } from "../../support/scenario";
import type { Template } from "../../support/template";
import { strike } from "../kills/strike";
import { restoreIfTorn } from "../support/torn-state";
import { brokenAtEnd, brokenByRun } from "./checks";
import { People } from "./people";
import { Stack } from "./stack";
import type { Step } from "./steps";

/**
 * Lives through a history on the real engine.
 *
 * @throws Error that says what broke a promise, step by step
 */
export async function live(
  template: Template,
  carrier: UserSetEngine,
  steps: readonly Step[],
): Promise<void> {
  const people = new People();
  const emulator = await startEmulator({ users: people.users, rateLimit: false, latencyMs: 5 });
  const stack = new Stack(carrier, template, emulator);
  try {
    let held: readonly (HeldSet | undefined)[] = [undefined, undefined];
    for (const [index, step] of steps.entries()) {
      for (const happening of step.events) people.happen(happening, emulator.pool);
      const { broken, after } = await take(step, held, stack, people, emulator);
      if (broken.length > 0) throw new Error([`Step ${index + 1}:`, ...broken].join("\n"));
      held = after;
    }
  } finally {
    await stack.workspace.close();
    await emulator.close();
  }
}

/** Applies a step, disturbed, and then once more in peace; holds both against what an undisturbed run must do. */
async function take(
  step: Step,
  before: readonly (HeldSet | undefined)[],
  stack: Stack,
  people: People,
  emulator: Emulator,
): Promise<{ readonly broken: readonly string[]; readonly after: readonly HeldSet[] }> {
  const named = namedIn(emulator);
  const declared = stack.declare(step, people);
  const binds = stack.carrier === "provider";
  const changes = declared.map((its, index): Change => {
    const held = before[index];
    return { held: held && binds ? seen(held, named) : held, declared: its };
  });
  const fates = fatesOf(changes, named);
  const poolBefore = emulator.pool.list().map(({ userId }) => userId);
  const expected = { changes, fates, pool: poolBefore.filter((userId) => !deletedBy(fates).has(userId)) };

  for (const { effect, ...rule } of step.faults) emulator.faults.add({ ...rule, times: 1, then: effect });
  const called = emulator.calls.length;
  const child = stack.workspace.start("apply", "-auto-approve", "-input=false");
  if (step.cut) {
    const { victim, call, ...how } = step.cut;
    const deleter = binds ? "provider" : "command";
    await strike(
      { ...how, call: called + call, victim: victim === "who deletes" ? deleter : victim },
      child,
      emulator,
    );
  }
  const { code, text } = await child.finished;
  restoreIfTorn(stack.workspace.folder);
  emulator.faults.clear();
  const isSilenced = step.cut !== null && step.cut.victim !== "who deletes";
  const disturbed = brokenByRun({ code, text, isSilenced }, poolBefore, expected, stack, emulator);

  const isPeaceful = step.faults.length === 0 && step.cut === null;
  const end = isPeaceful ? { code, text } : await stack.workspace.apply();
  const broken = [...disturbed, ...brokenAtEnd(end, expected, stack, emulator)];
  const after = changes.map((change) => (binds ? setAfter(change, named) : unbound(change)));
  return { broken, after };
}

function namedIn({ pool }: Emulator): Named {
  return (id, type) => pool.findAll(id, type as IdType).map(({ userId }) => userId);
}

function unbound({ declared: { type, users } }: Change): HeldSet {
  return { type, users, bound: new Map() };
}
