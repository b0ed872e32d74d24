import { startEmulator, type Emulator, type IdType } from "../../../src/emulator";
import { brokenAtEnd, brokenByRun, mayFail, type Seen } from "../../support/histories/checks";
import {
  fatesOf,
  seen,
  setAfter,
  type Change,
  type HeldSet,
  type Named,
} from "../../support/histories/fates";
import { keptIds } from "../../support/histories/kept-ids";
import type { ResourceType } from "../../support/scenario";
import type { Template } from "../../support/template";
import { strike } from "../kills/strike";
import { restoreIfTorn } from "../support/torn-state";
import { People } from "./people";
import { Stack } from "./stack";
import type { History, Step } from "./steps";

/**
 * Lives through a history on the real engine.
 *
 * @throws Error that says what broke a promise, step by step
 */
export async function live(
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
  const binds = stack.resourceType === "genauth_user_set";
  const changes = declared.map((its, index): Change => {
    const held = before[index];
    return { held: held && binds ? seen(held, named) : held, declared: its };
  });
  const expected = { changes, fates: fatesOf(changes, named), pool: seenOf(stack, emulator).pool };

  for (const { effect, ...rule } of step.faults) emulator.faults.add({ ...rule, times: 1, then: effect });
  if (step.undeletable.length > 0) {
    const ids = step.undeletable.map((person) => people.idOf(person, "user_id", "as in the pool"));
    emulator.faults.add({ on: "delete-users-batch", ids, then: { kind: "answer", statusCode: 422 } });
  }
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
  const said = isSilenced ? undefined : keptIds(text, binds);
  const broken = brokenByRun(seenOf(stack, emulator), expected, said);
  if (broken.length > 0) broken.push(`exit code ${code}:`, text);

  const isPeaceful = step.faults.length + step.undeletable.length === 0 && step.cut === null;
  const end = isPeaceful ? { code, text } : await stack.workspace.apply();
  if (end.code !== 0 && !mayFail(expected)) broken.push("the undisturbed run fails");
  const brokenThen = [...broken, ...brokenAtEnd(seenOf(stack, emulator), expected)];
  if (brokenThen.length > broken.length || end.code !== 0)
    brokenThen.push("the undisturbed run said:", end.text);
  const after = changes.map((change) => (binds ? setAfter(change, named) : unbound(change)));
  return { broken: brokenThen, after };
}

function namedIn({ pool }: Emulator): Named {
  return (id, type) => pool.findAll(id, type as IdType).map(({ userId }) => userId);
}

function seenOf(stack: Stack, { pool }: Emulator): Seen {
  return { pool: pool.list().map(({ userId }) => userId), sets: stack.held() };
}

function unbound({ declared: { type, users } }: Change): HeldSet {
  return { type, users, bound: new Map() };
}
