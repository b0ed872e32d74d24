import { describe, expect, test } from "@jest/globals";
import { type DirectoryUser, UserIdType } from "../../../src/users";
import {
  type DeclaredSet,
  InProcessStack,
  type StackOptions,
  type StackRun,
} from "../../support/provider/in-process-stack";
import { ModelDirectory } from "../../support/users/model-directory";
import { idOf, people } from "../../support/users/people";

const { EMAIL, PHONE } = UserIdType;
const staff = people(1, 30);
const leavers = staff.slice(0, 25);

function set(users: readonly DirectoryUser[], changes: Partial<DeclaredSet> = {}): DeclaredSet {
  const { type = EMAIL } = changes;
  const ids = users.map((user): [string, string] => [idOf(user, type), user.name ?? ""]);
  return { type, users: new Map(ids), retained: [], ...changes };
}

/** A stack on an engine that hands plans on. */
class Stack extends InProcessStack {
  readonly protectedIds = new Map<UserIdType, readonly string[]>();

  override async run(sets: readonly DeclaredSet[], options: StackOptions = {}): Promise<StackRun> {
    return await super.run(sets, { protectedIds: this.protectedIds, handsOnPlans: true, ...options });
  }

  /** All private data, as text. */
  get privateData(): string {
    return this.kept.map(({ privateData }) => Buffer.from(privateData).toString("latin1")).join("\n");
  }
}

describe("an engine that hands the plan on", () => {
  test("one error names who is kept by the approved plan, and nothing else is said of the apply", async () => {
    const stack = new Stack(new ModelDirectory(staff));
    await stack.run([set(staff)]);
    stack.protectedIds.set(
      EMAIL,
      leavers.map((user) => idOf(user, EMAIL)),
    );
    const beforeApply = () => {
      stack.protectedIds.clear();
    };
    const run = await stack.run([set(staff.slice(leavers.length))], { beforeApply });
    expect(run.errors).toEqual(["25 users would be deleted whom the approved plan does not delete"]);
    const detail = run.diagnostics.find(({ severity }) => severity === "error")?.detail;
    expect(detail).toContain("The approved plan keeps these. Now they would be deleted:");
    expect(detail).toContain(idOf(staff[0] as DirectoryUser, EMAIL));
    expect(detail).toContain("and 5 more");
    expect(run.text).not.toContain("permanently deleted");
    expect(stack.directory.deleted).toEqual([]);
    expect(stack.privateData).not.toMatch(/"(plan|approved)"/);
  });

  test("whoever is spared in addition is no difference, and the plan's private data does not stay in the state", async () => {
    const stack = new Stack(new ModelDirectory(staff));
    await stack.run([set(staff)]);
    const [first = staff[0] as DirectoryUser] = staff;
    const beforeApply = () => void stack.protectedIds.set(EMAIL, [idOf(first, EMAIL)]);
    const run = await stack.run([set(staff.slice(3))], { beforeApply });
    expect(run.errors).toEqual([]);
    expect(stack.directory.deleted).toEqual(staff.slice(1, 3).map(({ userId }) => userId));
    expect(run.text).not.toContain("inconsistent final plan");
    expect(stack.privateData).not.toMatch(/"(plan|approved)"/);
  });

  test("a replaced set is created as it was approved", async () => {
    const stack = new Stack(new ModelDirectory(staff));
    await stack.run([set(staff)]);
    const run = await stack.run([set(staff, { type: PHONE })]);
    expect(run.errors).toEqual([]);
    expect(stack.privateData).not.toMatch(/"(plan|approved)"/);
    expect(stack.directory.deleted).toEqual([]);
  });
});

describe("an id that another set adds, and that becomes a leaver's before the apply", () => {
  const [ada, bob] = people(1, 2) as [DirectoryUser, DirectoryUser];
  const NEW = "new@example.com";

  test("the plan takes it along, and whoever has it is kept, although the deleting set is applied first", async () => {
    const stack = new Stack(new ModelDirectory([ada, bob]));
    await stack.run([set([]), set([ada, bob], { type: PHONE })]);
    const beforeApply = () => stack.directory.put({ ...ada, email: NEW });
    const sets = [{ ...set([]), users: new Map([[NEW, ""]]) }, set([bob], { type: PHONE })];
    const run = await stack.run(sets, { appliesBackwards: true, beforeApply });
    expect(stack.directory.deleted).toEqual([]);
    expect(run.text).toContain(`by email ${NEW}, which another set adds`);
    expect(run.text).not.toContain("that nobody has yet");
    expect(run.errors).toEqual([]);
    expect(stack.privateData).not.toMatch(/"(plan|addedElsewhere)"/);
  });
});
