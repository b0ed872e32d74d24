import type { KeptSet } from "../../support/engine-model/user-set";
import { describe, expect, test } from "@jest/globals";
import { type DirectoryUser, UserIdType } from "../../../src/users";
import {
  type DeclaredSet,
  runStack,
  type StackOptions,
  type StackRun,
} from "../../support/provider/in-process-stack";
import { ModelDirectory } from "../../support/users/model-directory";
import { idOf, people } from "../../support/users/people";
import { adaWaits, everybody, statusOf, withoutAda } from "./support/ada-waits";

const { EMAIL, PHONE } = UserIdType;
const staff = people(1, 30);
const leavers = staff.slice(0, 25);

function set(users: readonly DirectoryUser[], changes: Partial<DeclaredSet> = {}): DeclaredSet {
  const { type = EMAIL } = changes;
  const ids = users.map((user): [string, string] => [idOf(user, type), user.name ?? ""]);
  return { type, users: new Map(ids), retained: [], ...changes };
}

/** The sets of a stack, and what happens to them in one run after the other. */
class Stack {
  sets: readonly KeptSet[] = [];
  readonly protectedIds = new Map<UserIdType, readonly string[]>();

  constructor(
    readonly directory: ModelDirectory,
    private readonly options: Partial<StackOptions> = { handsOnPlans: true },
  ) {}

  async run(sets: readonly DeclaredSet[], options: Partial<StackOptions> = {}): Promise<StackRun> {
    this.directory.forget();
    const { directory, protectedIds } = this;
    const stop = new AbortController().signal;
    const run = await runStack(this.sets, sets, {
      directory,
      protectedIds,
      stop,
      ...this.options,
      ...options,
    });
    this.sets = run.sets;
    return run;
  }

  /** All private data, as text. */
  get privateData(): string {
    return this.sets.map(({ privateData }) => Buffer.from(privateData).toString("latin1")).join("\n");
  }
}

const errorsOf = ({ diagnostics }: StackRun) => diagnostics.filter(({ severity }) => severity === "error");
const textOf = ({ diagnostics }: StackRun) =>
  diagnostics.map(({ summary, detail }) => `${summary}\n${detail}`).join("\n");

/** Declares everybody, and then plans that all who leave are kept, because they are protected; before the apply, nobody is. */
async function unprotectedAfterPlan(
  options: Partial<StackOptions>,
  changes: Partial<DeclaredSet> = {},
): Promise<{ readonly run: StackRun; readonly stack: Stack }> {
  const stack = new Stack(new ModelDirectory(staff), options);
  await stack.run([set(staff, changes)]);
  stack.protectedIds.set(
    EMAIL,
    leavers.map((user) => idOf(user, EMAIL)),
  );
  const beforeApply = () => {
    stack.protectedIds.clear();
  };
  return { stack, run: await stack.run([set(staff.slice(leavers.length), changes)], { beforeApply }) };
}

describe("an engine that hands the plan on", () => {
  test("one error names who is kept by the approved plan, and nothing else is said of the apply", async () => {
    const { run, stack } = await unprotectedAfterPlan({ handsOnPlans: true });
    expect(errorsOf(run).map(({ summary }) => summary)).toEqual([
      "25 users would be deleted whom the approved plan does not delete",
    ]);
    const [{ detail } = { detail: "" }] = errorsOf(run);
    expect(detail).toContain("The approved plan keeps these. Now they would be deleted:");
    expect(detail).toContain(idOf(staff[0] as DirectoryUser, EMAIL));
    expect(detail).toContain("and 5 more");
    expect(textOf(run)).not.toContain("permanently deleted");
    expect(stack.directory.deleted).toEqual([]);
    expect(stack.privateData).not.toMatch(/"(plan|approved)"/);
  });

  test("the same for those who would be suspended", async () => {
    const { run, stack } = await unprotectedAfterPlan({ handsOnPlans: true }, { suspendDays: 14 });
    expect(errorsOf(run).map(({ summary }) => summary)).toEqual([
      "25 users would be suspended whom the approved plan does not suspend",
    ]);
    expect(stack.directory.statusesSet).toEqual([]);
  });

  test("users who wait, and of whom the plan changes nothing, are not reactivated", async () => {
    const stack = await adaWaits();
    const protectedIds = new Map<UserIdType, readonly string[]>();
    const beforeApply = () => void protectedIds.set(EMAIL, [idOf(everybody[0] as DirectoryUser, EMAIL)]);
    const [, , eve, dan] = everybody as [DirectoryUser, DirectoryUser, DirectoryUser, DirectoryUser];
    const { errors, text } = await stack.declare(
      [eve, dan],
      {},
      { handsOnPlans: true, protectedIds, beforeApply },
    );
    // Somebody leaves in the same change, so that `suspended` is open.
    expect(errors).toEqual(["1 suspended user would change whom the approved plan leaves as they are"]);
    expect(text).toContain("The approved plan does not reactivate these");

    const other = await adaWaits();
    const guarded = new Map<UserIdType, readonly string[]>();
    const retained = ["nobody@example.com"];
    const before = () => void guarded.set(EMAIL, [idOf(everybody[0] as DirectoryUser, EMAIL)]);
    const run = await other.declare(
      withoutAda,
      { retained },
      { handsOnPlans: true, protectedIds: guarded, beforeApply: before },
    );
    expect(run.errors).toEqual(["1 suspended user would change whom the approved plan leaves as they are"]);
    expect(run.text).toContain(idOf(everybody[0] as DirectoryUser, EMAIL));
    expect(statusOf(other, everybody[0] as DirectoryUser)).toBe("Suspended");
  });

  test("whoever is due and declared again comes back", async () => {
    const stack = await adaWaits();
    stack.directory.letPass(20);
    await stack.declare(withoutAda, { maxDeletions: 0 }, { handsOnPlans: true });
    const { errors } = await stack.declare(everybody, {}, { handsOnPlans: true });
    expect(errors).toEqual([]);
    expect(statusOf(stack, everybody[0] as DirectoryUser)).toBe("Activated");
    expect(stack.suspended).toEqual({});
  });

  test("whoever is spared in addition is no difference, and the plan's private data does not stay in the state", async () => {
    const stack = new Stack(new ModelDirectory(staff));
    await stack.run([set(staff)]);
    const [first = staff[0] as DirectoryUser] = staff;
    const beforeApply = () => void stack.protectedIds.set(EMAIL, [idOf(first, EMAIL)]);
    const run = await stack.run([set(staff.slice(3))], { beforeApply });
    expect(errorsOf(run)).toEqual([]);
    expect(stack.directory.deleted).toEqual(staff.slice(1, 3).map(({ userId }) => userId));
    expect(textOf(run)).not.toContain("inconsistent final plan");
    expect(stack.privateData).not.toMatch(/"(plan|approved)"/);
  });

  test("a replaced set is created as it was approved", async () => {
    const stack = new Stack(new ModelDirectory(staff));
    await stack.run([set(staff)]);
    const run = await stack.run([set(staff, { type: PHONE })]);
    expect(errorsOf(run)).toEqual([]);
    expect(stack.privateData).not.toMatch(/"(plan|approved)"/);
    expect(stack.directory.deleted).toEqual([]);
  });
});

test("an engine that does not: no warning above its refusal promises a deletion", async () => {
  const { run } = await unprotectedAfterPlan({ handsOnPlans: false });
  expect(errorsOf(run).map(({ summary }) => summary)).toContain("Provider produced inconsistent final plan");
  expect(textOf(run)).not.toContain("will be permanently deleted");
  expect(textOf(run)).toContain("25 users to be permanently deleted");
  expect(textOf(run)).toContain("those of these users whom the approved plan deletes");
  const suspending = await unprotectedAfterPlan({ handsOnPlans: false }, { suspendDays: 14 });
  expect(textOf(suspending.run)).not.toMatch(/\d users? will be suspended/);
  expect(textOf(suspending.run)).toContain("25 users to be suspended");
});

describe("an id that another set adds, and that becomes a leaver's before the apply", () => {
  const [ada, bob] = people(1, 2) as [DirectoryUser, DirectoryUser];
  const NEW = "new@example.com";
  const adds = (): DeclaredSet => ({ type: EMAIL, users: new Map([[NEW, ""]]), retained: [] });
  const drops = set([bob], { type: PHONE });

  async function passedOn(
    sets: readonly DeclaredSet[],
    options: Partial<StackOptions>,
  ): Promise<StackRun & Stack> {
    const stack = new Stack(new ModelDirectory([ada, bob]), options);
    const held = sets.map(({ type }) => (type === PHONE ? set([ada, bob], { type }) : set([], { type })));
    await stack.run(held);
    const beforeApply = () => stack.directory.put({ ...ada, email: NEW });
    return Object.assign(stack, await stack.run(sets, { beforeApply }));
  }

  test("the plan takes it along, and whoever has it is kept, although the deleting set is applied first", async () => {
    const stack = await passedOn([adds(), drops], { handsOnPlans: true, appliesBackwards: true });
    expect(stack.directory.deleted).toEqual([]);
    expect(textOf(stack)).toContain(`by email ${NEW}, which another set adds`);
    expect(textOf(stack)).not.toContain("that nobody has yet");
    expect(errorsOf(stack)).toEqual([]);
    expect(stack.privateData).not.toMatch(/"(plan|addedElsewhere)"/);
  });

  test.each([
    ["the deleting set is planned first", [drops, adds()], { handsOnPlans: true }],
    ["the engine hands no plan on", [adds(), drops], { handsOnPlans: false, appliesBackwards: true }],
  ] as const)("%s: the plan warns", async (_, sets, options) => {
    const stack = await passedOn(sets, options);
    expect(textOf(stack)).toContain("that nobody has yet");
    expect(stack.directory.deleted).toEqual([ada.userId]);
  });
});
