import { describe, expect, test } from "@jest/globals";
import { type DirectoryUser, UserIdType } from "../../../src/users";
import type { DeclaredSet, StackOptions } from "../../support/provider/in-process-stack";
import { LOST, REFUSED } from "../../support/users/failures";
import { type Fault, ModelDirectory } from "../../support/users/model-directory";
import { idOf, person } from "../../support/users/people";
import {
  ada,
  ADA,
  adaWaits,
  dan,
  eve,
  everybody,
  FIFTEEN_DAYS_LATER,
  statusOf,
  withoutAda,
} from "./support/ada-waits";
import { SuspendingStack } from "./support/suspending-stack";

const FORBIDDEN = { ...REFUSED, statusCode: 403, reach: "every_call" } as const;
const ACTIVE = "Activated";
/** `!` marks an error. */
const FAILED = "!1 suspended user due, and not confirmed gone from GenAuth";
const emailsOf = (users: readonly DirectoryUser[]) => users.map((user) => idOf(user, UserIdType.EMAIL));
const person1 = { protectedIds: new Map([[UserIdType.USERNAME, ["person1"]]]) };

type Disturb = (stack: SuspendingStack) => void;
const nothing: Disturb = () => undefined;
/** Calls about Ada fail. */
const failing =
  (fault: Fault, method = /./): Disturb =>
  ({ directory }) => {
    directory.fault = (call) =>
      method.test(call.method) && (call.method !== "findUsers" || call.ids.includes(ada.userId))
        ? fault
        : undefined;
  };
const shows =
  (what: Partial<ModelDirectory>): Disturb =>
  ({ directory }) =>
    void Object.assign(directory, what);
/** The id passes to a new account. */
const passOn: Disturb = ({ directory }) => {
  const { email = "", ...now } = directory.get(ada.userId) ?? ada;
  directory.put({ ...now, email: "former@example.com" });
  directory.put(person(50, { email }));
};
const loseData: Disturb = (stack) => void (stack.kept = { ...stack.kept, privateData: new Uint8Array() });

/** How it ends for Ada: her status, and whether she waits on. */
type End = "gone" | "reactivated" | "waits" | "released";
const endOf = (stack: SuspendingStack): End | undefined => {
  const status = statusOf(stack, ada);
  if (ADA in stack.suspended) return status === undefined ? undefined : "waits";
  return status === undefined ? "gone" : status === "Activated" ? "reactivated" : "released";
};

/** What a run declares: ids, attributes and options. */
type Declared = readonly [ids: readonly string[], set?: Partial<DeclaredSet>, options?: StackOptions];
const left: Declared = [emailsOf(withoutAda)];
const back: Declared = [emailsOf(everybody)];
const bobLeaves: Declared = [emailsOf([eve, dan])];

const byName: Declared = [["person2"], { type: UserIdType.USERNAME }];
const forbidden = failing({ failure: FORBIDDEN });
const hides = shows({ showsSuspended: false });
const updatesFail = failing({ failure: REFUSED }, /setStatus/);
const DELETED = `1 user will be permanently deleted from GenAuth in 1 call: ${ADA}`;
const FORBIDDEN_TEXTS = ["!Cannot look up the users", "1 of 1 suspended user could not be looked up"];
const LOCKED_OUT = "1 declared user suspended in GenAuth";
const BACK = "1 user will be reactivated";
const WAITS_ON = `1 suspended user cannot be deleted yet: ${ADA}`;

test.each<[story: string, Disturb, Declared, end: End, says: string[], later?: End]>([
  ["the day has come", nothing, left, "gone", [DELETED]],
  ["look-ups are forbidden", forbidden, bobLeaves, "waits", FORBIDDEN_TEXTS, "gone"],
  ["hidden", hides, left, "waits", ["show nobody who waits here"], "gone"],
  ["hidden, and declared again", hides, back, "waits", ["!1 user still suspended"], "reactivated"],
  ["the id passed on", passOn, left, "released", ["somebody else now"]],
  ["the id passed on, and is declared", passOn, back, "released", ["somebody else now"]],
  ["the private data is lost", loseData, left, "released", ["its private data is missing"]],
  ["the same, and declared again", loseData, back, "released", [LOCKED_OUT]],
  ["by another spelling", nothing, [[ADA.toUpperCase(), ...left[0]]], "reactivated", [BACK]],
  ["in another set", nothing, [left[0], {}, person1], "reactivated", [BACK]],
  ["declared again, updates fail", updatesFail, back, "waits", ["!1 user still suspended"], "reactivated"],
  [
    "more than the set allows",
    nothing,
    [left[0], { maxDeletions: 0 }],
    "waits",
    [WAITS_ON, "max_deletions (0)"],
    "gone",
  ],
  ["held", nothing, [left[0], {}, { limits: { holdDueDeletions: true } }], "waits", [], "gone"],
  [
    "another id type",
    nothing,
    byName,
    "released",
    ["1 suspended user will not be deleted, and stays suspended"],
  ],
  ["the deletion is refused", failing({ failure: REFUSED }, /deleteUsers/), left, "waits", [FAILED], "gone"],
  ["the clock goes back", ({ directory }) => directory.letPass(-400), left, "waits", []],
])("on the day, %s", async (_, disturb, declared, end, says, later = end) => {
  const stack = await adaWaits();
  const { directory } = stack;
  directory.letPass(20);
  disturb(stack);
  const { errors, text, isChanged } = await stack.declareIds(...declared);
  expect(errors.map((error) => `!${error}`)).toEqual(says.filter((what) => what.startsWith("!")));
  for (const what of says.filter((each) => !each.startsWith("!"))) expect(text).toContain(what);
  expect(endOf(stack)).toBe(end);
  // A plan that would only say that nobody is deleted is empty, with its warning.
  const isSame = declared[0] === left[0] && Object.keys(declared[1] ?? {}).length === 0;
  if (isSame && end === "waits" && errors.length === 0) expect(isChanged).toBe(false);

  Object.assign(directory, { fault: () => undefined, showsSuspended: true });
  await stack.declareIds(declared[1]?.type ? left[0] : declared[0]);
  expect(endOf(stack)).toBe(later);
  expect(directory.deleted.every((userId) => userId === ada.userId)).toBe(true);
});

describe.each(Object.values(UserIdType))("by %s", (type) => {
  test("nobody is deleted before the day, and the user who left on it", async () => {
    const stack = await adaWaits(type);
    stack.directory.letPass(13);
    await stack.declare(withoutAda);
    expect(stack.directory.deleted).toEqual([]);
    stack.directory.letPass(2);
    expect((await stack.declare(withoutAda)).errors).toEqual([]);
    expect(stack.directory.deleted).toEqual([ada.userId]);
    expect(stack.suspended).toEqual({});
  });
});

test("two ids of one user: both wait, the user is reactivated once and deleted once", async () => {
  const directory = new ModelDirectory([...everybody, person(9)]);
  const phones = ["+8613800000009", "13800000009"];
  const rest = everybody.map((user) => idOf(user, UserIdType.PHONE));
  const stack = new SuspendingStack(directory, UserIdType.PHONE);
  await stack.declareIds([...phones, ...rest]);
  await stack.declareIds(rest);
  expect(Object.keys(stack.suspended).sort()).toEqual([...phones].sort());
  expect(directory.statusesSet).toHaveLength(1);
  await stack.declareIds([...phones, ...rest]);
  expect(directory.callsOf("setStatus").map(({ ids }) => ids)).toEqual([[person(9).userId]]);
  await stack.declareIds(rest);
  directory.letPass(20);
  await stack.declareIds(rest);
  expect(directory.deleted).toEqual([person(9).userId]);
  expect(stack.suspended).toEqual({});
});

describe("a suspension that no look-up confirms", () => {
  test.each<[what: string, Declared, lockedOut: boolean]>([
    ["declared again: stays suspended, and is in drift", back, true],
    ["still not declared: waits, as not suspended by this set", left, false],
  ])("%s", async (_, declared, lockedOut) => {
    const stack = new SuspendingStack(new ModelDirectory(everybody));
    await stack.declare(everybody);
    stack.directory.fault = ({ method, ids }) =>
      method !== "setStatus" && ids.includes(ada.userId) && stack.directory.statusesSet.length > 0
        ? { failure: LOST }
        : undefined;
    expect((await stack.declare(withoutAda)).errors).toEqual(["1 of 1 removed user not suspended"]);
    stack.directory.fault = () => undefined;
    const { text } = await stack.declareIds(...declared);
    expect(text.includes(LOCKED_OUT)).toBe(lockedOut);
    expect(statusOf(stack, ada)).toBe("Suspended");
    expect(stack.drift.locked_out).toEqual(lockedOut ? [ADA] : []);
    expect(ADA in stack.suspended).toBe(!lockedOut);
  });

  test("because more than the status changed: the user is named, and once declared again in drift", async () => {
    const stack = new SuspendingStack(new ModelDirectory(everybody));
    await stack.declare(everybody);
    stack.directory.wipes = ["phone"];
    expect((await stack.declare(withoutAda)).text).toContain("also changed other fields of the user: phone");
    stack.directory.wipes = [];
    expect((await stack.declare(everybody)).text).toContain(LOCKED_OUT);
  });
});

test("whom a set forgot, and who is declared again, is named until the status is another one", async () => {
  const stack = await adaWaits();
  loseData(stack);
  for (const _ of ["the change", "no change"]) {
    expect((await stack.declare(everybody)).text).toContain(LOCKED_OUT);
    expect(stack.drift.locked_out).toEqual([ADA]);
  }
  stack.directory.changeStatus(ada.userId, ACTIVE);
  expect((await stack.declare(everybody)).text).not.toContain(LOCKED_OUT);
  expect(stack.drift.locked_out).toEqual([]);
});

describe("what a plan says of the days", () => {
  test("the day, also if it knows GenAuth's time only from its own look-ups", async () => {
    const stack = new SuspendingStack(new ModelDirectory(everybody));
    await stack.declare(everybody);
    // As in the process of an apply, or with -refresh=false: no call has been made before the plan.
    const { text } = await stack.declare(withoutAda, {}, { beforeApply: () => stack.directory.forget() });
    expect(text).toContain(
      "1 user will be suspended, and deleted 14 days later (2026-01-16 if applied today)",
    );
    expect(stack.suspended).toEqual({ [ADA]: FIFTEEN_DAYS_LATER });
  });

  test("that the clocks are more than a day apart, only where a day counts", async () => {
    const stack = new SuspendingStack(new ModelDirectory(everybody));
    const clockIs = (days: number) => {
      const now = Date.now() - days * 24 * 60 * 60 * 1000;
      stack.directory.serviceTime = () => now;
    };
    clockIs(14.9);
    expect((await stack.declare(everybody)).text).not.toContain("clocks");
    const { text } = await stack.declare(withoutAda);
    expect(text).toContain("The clocks of GenAuth and of this machine are 15 days apart");
    clockIs(0.5);
    expect((await stack.declare([eve, dan])).text).not.toContain("clocks");
  });
});
