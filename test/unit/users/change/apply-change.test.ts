import { describe, expect, test } from "@jest/globals";
import { applyChange, type ChangeContext, type SetChange, UserIdType } from "../../../../src/users";
import { NO_MEMORY } from "../../../../src/users/change/memory";
import { LOST } from "../../../support/users/failures";
import { ModelDirectory } from "../../../support/users/model-directory";
import { contextOn, unlimitedChange } from "../support/set-change";
import { person, unlabelled } from "../../../support/users/people";
import { SUSPENDED, waitingUser } from "../../../support/users/waiting";

interface Story {
  readonly change?: Partial<SetChange>;
  readonly context?: Partial<ChangeContext>;
  readonly pool?: ModelDirectory;
  /** Whether no pool can be reached yet. */
  readonly isOffline?: boolean;
}

/** Applies a change of a set that nobody leaves, and that suspends for a week. */
async function apply({
  change = {},
  context = {},
  pool = new ModelDirectory([person(1)]),
  isOffline,
}: Story) {
  const whole = unlimitedChange({
    type: UserIdType.USERNAME,
    prior: new Map([["person1", ""]]),
    declared: new Map([["person1", ""]]),
    suspendDays: 7,
    ...change,
  });
  return await applyChange(
    {
      change: whole,
      memory: { ...NO_MEMORY },
      approved: { allows: () => true, changesWaiting: true },
    },
    contextOn(pool, context),
    isOffline
      ? undefined
      : { directory: pool, maxAttempts: 1, confirmWithinMs: 0, sleep: () => Promise.resolve() },
  );
}

test("a change that is refused changes nothing", async () => {
  const pool = new ModelDirectory([person(1)]);
  const change = { declared: new Map<string, string>(), suspendDays: 0, guards: { maxDeletions: 0 } };
  expect(await apply({ pool, change })).toEqual({
    refusals: [expect.objectContaining({ attribute: "max_deletions" })],
  });
  expect(pool.deleted).toEqual([]);
});

test("a set is applied before any pool can be reached", async () => {
  expect(await apply({ isOffline: true })).toMatchObject({ leaving: [], drift: { missing: [] }, told: [] });
});

test("after the apply, whoever was to be deleted and is still there is a survivor", async () => {
  const pool = new ModelDirectory([person(1)]);
  pool.poisoned.add(person(1).userId);
  const change = { declared: new Map<string, string>(), suspendDays: 0 };
  expect(await apply({ pool, change })).toMatchObject({
    drift: { missing: [], survivors: ["person1"], locked_out: [] },
    memory: { undeclared: new Set(["person1"]) },
  });
  pool.poisoned.clear();
  expect(await apply({ pool, change })).toMatchObject({
    drift: { survivors: [] },
    memory: { undeclared: new Set() },
  });
});

describe("a declared user who is suspended after the apply", () => {
  const suspended = person(2, SUSPENDED);
  const waits = waitingUser(suspended, { id: "person2" });
  const addsPerson2 = { declared: unlabelled(["person1", "person2"]) };
  const applyTo = async (change: Partial<SetChange>) => {
    const applied = await apply({
      pool: new ModelDirectory([person(1), suspended]),
      change: { ...addsPerson2, ...change },
    });
    if ("refusals" in applied) throw new Error("The change was refused.");
    return { lockedOut: applied.drift.locked_out, told: applied.told.map(({ summary }) => summary) };
  };

  test("is told and listed", async () => {
    expect(await applyTo({})).toEqual({
      lockedOut: ["person2"],
      told: ["1 declared user suspended in GenAuth"],
    });
  });

  test("is only listed if the last check has found that, too", async () => {
    expect(await applyTo({ lastLockedOut: ["person2"] })).toEqual({ lockedOut: ["person2"], told: [] });
  });

  test("is neither once the set has reactivated the user", async () => {
    const { lockedOut, told } = await applyTo({ waiting: [waits] });
    expect(lockedOut).toEqual([]);
    expect(told).not.toContain("1 declared user suspended in GenAuth");
  });

  test("is listed if the set does not reactivate the user", async () => {
    expect((await applyTo({ waiting: [{ ...waits, isOurs: false }] })).lockedOut).toEqual(["person2"]);
  });
});

describe("after the apply, an id is missing", () => {
  const added = { declared: unlabelled(["person1", "new"]) };
  const missingAfter = async (story: Story) => {
    const applied = await apply(story);
    return "drift" in applied ? applied.drift.missing : applied;
  };

  test("if it names nobody, or was missing at the last check and is not looked up", async () => {
    expect(await missingAfter({ change: added })).toEqual(["new"]);
    expect(await missingAfter({ change: { lastMissing: ["person1"] } })).toEqual(["person1"]);
  });

  test("only as long as it names nobody", async () => {
    const pool = new ModelDirectory([person(1), person(2, { username: "new" })]);
    expect(await missingAfter({ pool, change: { ...added, lastMissing: ["new"] } })).toEqual([]);
    expect(await missingAfter({ change: { lastMissing: ["former"] } })).toEqual([]);
  });

  test("as at the last check, if the look-up fails", async () => {
    const pool = new ModelDirectory([person(1)]);
    pool.fault = () => ({ failure: LOST });
    expect(await missingAfter({ pool, change: added })).toEqual([]);
    expect(await missingAfter({ pool, change: { ...added, lastMissing: ["new"] } })).toEqual(["new"]);
  });
});
