import * as fc from "fast-check";
import { seedUsers, startEmulator, type Effect, type Emulator } from "../../../src/emulator";
import type { Template } from "../../support/template";
import { Workspace } from "../../support/workspace";
import { strike, type Cut } from "../kills/strike";

/** Few users, so that histories meet the same ones again and again. */
const SIZE = 8;
const people = seedUsers(SIZE);
const emails = people.map(({ email }) => email ?? "");
const person = fc.integer({ min: 0, max: SIZE - 1 });

/** What somebody else does to the pool. */
const event = fc.record({ kind: fc.constantFrom("delete" as const, "create" as const), person });

const EFFECTS: readonly Effect[] = [
  { kind: "answer", statusCode: 422 },
  { kind: "answer", statusCode: 401, apiCode: 1300 },
  { kind: "http", status: 502 },
  { kind: "reset", after: false },
  { kind: "reset", after: true },
  { kind: "successFalse", deed: true },
  { kind: "truncated" },
  { kind: "lie" },
];

const fault = fc.record({
  effect: fc.constantFrom(...EFFECTS),
  on: fc.constantFrom("delete-users-batch" as const, "get-user-batch" as const),
  nth: fc.integer({ min: 1, max: 4 }),
});

const cut = fc.record({
  call: fc.integer({ min: 1, max: 6 }),
  answered: fc.boolean(),
  victim: fc.constantFrom("provider" as const, "engine" as const, "both" as const),
});

/** One step: what others do, what is declared next, and what goes wrong while it is applied. */
const step = fc.record({
  events: fc.array(event, { maxLength: 2 }),
  declared: fc.subarray(emails),
  /** Which of two sets of the stack declares each of them: a change of it is a hand-over. */
  inSecondSet: fc.subarray(emails),
  retained: fc.subarray(emails, { maxLength: 2 }),
  label: fc.constantFrom("", "A", "B"),
  faults: fc.array(fault, { maxLength: 2 }),
  cut: fc.option(cut, { freq: 3, nil: undefined }),
});
export type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** A history of two sets of e-mail addresses. */
export const history = fc.array(step, { minLength: 2, maxLength: 4 });

/** Lives through a history on the real engine. @returns what broke a promise, in words */
export async function live(template: Template, steps: readonly Step[]): Promise<readonly string[]> {
  const emulator = await startEmulator({ users: people, rateLimit: false, latencyMs: 5 });
  const workspace = new Workspace(template, {
    ...emulator.environment(),
    GENAUTH_CONFIRM_SECONDS: "0.2",
    GENAUTH_MAX_ATTEMPTS: "2",
  });
  try {
    const broken: string[] = [];
    for (const now of steps) broken.push(...(await take(now, workspace, emulator)));
    return broken;
  } finally {
    await workspace.close();
    await emulator.close();
  }
}

async function take(now: Step, workspace: Workspace, emulator: Emulator): Promise<string[]> {
  for (const happening of now.events) happen(happening, emulator);
  const held = new Set(heldBy(workspace));
  declare(now, workspace);
  for (const { effect, ...rule } of now.faults) emulator.faults.add({ ...rule, times: 1, then: effect });

  const thereBefore = emails.filter((id) => isThere(id, emulator));
  const child = workspace.start("apply", "-auto-approve", "-input=false");
  if (now.cut) await strike(now.cut satisfies Cut, child, emulator);
  const { code, text } = await child.finished;
  emulator.faults.clear();

  const after = new Set(heldBy(workspace));
  const gone = thereBefore.filter((id) => !isThere(id, emulator));
  const removed = [...held].filter((id) => !now.declared.includes(id) && !now.retained.includes(id));
  const forgotten = removed.filter((id) => isThere(id, emulator) && !after.has(id) && !text.includes(id));
  const problems = [
    ...gone.filter((id) => now.declared.includes(id)).map((id) => `${id} is declared and was deleted`),
    ...gone.filter((id) => now.retained.includes(id)).map((id) => `${id} is retained and was deleted`),
    ...gone.filter((id) => !held.has(id)).map((id) => `${id} was in no set and was deleted`),
    ...forgotten.map((id) => `${id} left the set, is in the pool, and nothing says so`),
  ];
  if (code !== 0) problems.push(...(await applyInPeace(workspace)));
  return problems;
}

/** The run after a run that failed, with nothing in its way, ends well. */
async function applyInPeace(workspace: Workspace): Promise<string[]> {
  const { code, text } = await workspace.apply();
  return code === 0 ? [] : [`the next apply fails:\n${text}`];
}

function happen({ kind, person: number }: Step["events"][number], { pool }: Emulator): void {
  const user = people[number];
  if (!user) return;
  const found = pool.find(user.email ?? "", "email");
  if (kind === "delete" && found) pool.remove(found.userId);
  if (kind === "create" && !found) pool.add(user);
}

function declare({ declared, inSecondSet, retained, label }: Step, workspace: Workspace): void {
  const set = (ids: readonly string[]) => ({
    users: Object.fromEntries(ids.map((id) => [id, label])),
    user_id_type: "email",
    max_deletions: SIZE,
    retained_user_ids: retained,
  });
  const second = declared.filter((id) => inSecondSet.includes(id));
  const first = declared.filter((id) => !inSecondSet.includes(id));
  workspace.writeConfiguration({
    sets: { first: set(first), second: set(second) },
    // What the construct fills in: everybody whom the stack declares or retains.
    provider: { protected_users: { email: [...declared, ...retained] } },
  });
}

function heldBy(workspace: Workspace): string[] {
  return ["first", "second"].flatMap((name) => Object.keys(workspace.userSet(name)?.users ?? {}));
}

function isThere(id: string, { pool }: Emulator): boolean {
  return pool.find(id, "email") !== undefined;
}
