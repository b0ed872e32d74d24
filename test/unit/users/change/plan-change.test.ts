import { describe, expect, test } from "@jest/globals";
import { PlannedSets, ProtectedUsers, type SetChange, UserIdType } from "../../../../src/users";
import {
  ada,
  ADA,
  back,
  bob,
  BOB,
  boundTo,
  type Case,
  eve,
  leaves,
  plan,
  unproven,
  usersOf,
  waits,
} from "../support/planned-change";
import { emailOf, people, unlabelled } from "../../../support/users/people";

const EVE = emailOf(eve);
const NEW = "new@example.com";
const renamed = { ...ada, email: NEW };
const protectedUsers = ProtectedUsers.of(new Map([[UserIdType.USERNAME, ["person1"]]]));
const due = { ...waits, isDue: true, deleteFrom: "2026-01-16T00:00:00Z" };
/** Ada's look-up fails. */
const fails = [ada];
const eveLeaves = { prior: usersOf(bob, eve), bindings: boundTo(ada, bob, eve) };
const newIsAdas = {
  prior: unlabelled([NEW]),
  declared: unlabelled([NEW]),
  bindings: new Map([[NEW, ada.userId]]),
};
const newLeaves = { ...leaves, prior: unlabelled([NEW, BOB]), bindings: boundTo(renamed, bob) };

const RETURNS = [{ id: ADA, userId: ada.userId, mayReturn: true }];
const DOES_NOT_RETURN = [{ id: ADA, userId: ada.userId, mayReturn: false }];

describe("Ada, who waits, may be reactivated if she is", () => {
  test.each<{ who: string; story: Case }>([
    { who: "declared again", story: { change: back } },
    {
      who: "declared by another id",
      story: { change: { declared: unlabelled([NEW, BOB]) }, users: [renamed, bob] },
    },
    { who: "declared in another set", story: { context: { protectedUsers } } },
    {
      who: "declared again beside one of whom nothing is known",
      story: { change: { ...back, lost: ["lost@example.com"] } },
    },
    { who: "not looked up while Eve leaves", story: { change: { ...back, ...eveLeaves }, fails } },
    { who: "not looked up in another change", story: { change: back, fails, given: { isChanged: true } } },
    { who: "neither looked up nor refreshed", story: { change: back, fails, given: { isRefreshed: false } } },
  ])("$who", async ({ story }) => {
    expect(await plan(story)).toMatchObject({ returning: RETURNS, suspendedMayChange: true });
  });
});

describe("Ada, who waits, is declared again, and stays as she is", () => {
  test.each<{ why: string; story: Case }>([
    { why: "the set has not suspended her", story: { change: { ...back, waiting: [unproven] } } },
    {
      why: "somebody has changed her status",
      story: { change: back, users: [{ ...ada, status: "Deactivated" }, bob] },
    },
    {
      why: "she was not looked up, and the set has not suspended her",
      story: { change: { ...back, ...eveLeaves, waiting: [unproven] }, fails },
    },
  ])("because $why", async ({ story }) => {
    expect(await plan(story)).toMatchObject({ returning: DOES_NOT_RETURN, suspendedMayChange: true });
  });

  test("in a plan without any change, although she was not looked up: it must stay empty", async () => {
    const planned = await plan({ change: back, fails });
    expect(planned).toMatchObject({ returning: DOES_NOT_RETURN, suspendedMayChange: false });
  });
});

describe("nobody returns", () => {
  test.each<{ when: string; story: Case }>([
    { when: "Ada is not declared", story: {} },
    {
      when: "the id that she was bound to stays, and she was not looked up",
      story: { change: newIsAdas, fails },
    },
    { when: "nobody waits", story: { change: { waiting: [] }, context: { protectedUsersKnown: false } } },
    {
      when: "Ada was not looked up at apply",
      story: { fails, given: { isChanged: true, isRefreshed: false } },
    },
  ])("and nothing changes for those who wait, if $when", async ({ story }) => {
    expect(await plan(story)).toMatchObject({ returning: [], suspendedMayChange: false });
  });

  test("if the id that Ada is bound to leaves", async () => {
    expect(await plan({ change: newLeaves, fails })).toMatchObject({ returning: [] });
  });

  test("if Ada leaves once more: she does not wait on", async () => {
    const change = { prior: usersOf(ada, bob), bindings: boundTo(ada, bob), lastLockedOut: [ADA] };
    for (const how of [{}, { suspendDays: 0 }, { retained: [ADA] }])
      expect(await plan({ change: { ...change, ...how } })).toMatchObject({
        returning: [],
        suspendedMayChange: true,
        waiting: [],
      });
  });

  test("if another change may find Ada released", async () => {
    const planned = await plan({ fails, given: { isChanged: true } });
    expect(planned).toMatchObject({ returning: [], suspendedMayChange: true });
  });

  test("if Ada's day has come: she is deleted", async () => {
    expect(await plan({ change: { waiting: [due] } })).toMatchObject({
      returning: [],
      suspendedMayChange: true,
      revoking: new Set([ADA]),
    });
  });
});

describe("Ada, whose day has come,", () => {
  const isDue = { waiting: [due] };

  test("may be deleted if she was not looked up, as all plans of the change show alike", async () => {
    for (const given of [{}, { isChanged: true }, { isRefreshed: false }])
      expect(await plan({ change: isDue, fails: [ada], given })).toMatchObject({
        suspendedMayChange: true,
        revoking: new Set([ADA]),
        told: [{ summary: expect.stringContaining("1 user could not be looked up and may be permanently") }],
      });
  });

  test("waits on if nobody is shown: an apply says so, and a plan without any other change is empty", async () => {
    const planned = (given: Case["given"]) => plan({ change: isDue, users: [bob, eve], given });
    const waitsOn = { revoking: new Set() };
    expect(await planned({})).toMatchObject({ ...waitsOn, suspendedMayChange: false });
    expect(await planned({ isRefreshed: false })).toMatchObject({ ...waitsOn, suspendedMayChange: true });
    expect(await planned({ isChanged: true })).toMatchObject({ ...waitsOn, suspendedMayChange: true });
    expect(await planned({ rebound: new Set([BOB]) })).toMatchObject({
      ...waitsOn,
      suspendedMayChange: true,
    });
  });
});

test("somebody of whom nothing is remembered may be released, although nobody else waits", async () => {
  const planned = await plan({ change: { waiting: [], lost: ["lost@example.com"] } });
  expect(planned).toMatchObject({ returning: [], suspendedMayChange: true });
});

describe("nobody knows who returns", () => {
  test("while protected users are not known", async () => {
    const planned = await plan({ context: { protectedUsersKnown: false } });
    expect(planned).toMatchObject({ returning: undefined, suspendedMayChange: true });
  });

  test("while the pool is not known", async () => {
    const planned = await plan({ context: { pool: undefined } });
    expect(planned).toMatchObject({ returning: undefined, suspendedMayChange: true });
  });
});

describe("Eve, who leaves,", () => {
  const ofEve = (change: Partial<SetChange> = {}) => plan({ change: { ...leaves, waiting: [], ...change } });

  test("is suspended, and waits from then on", async () => {
    expect(await ofEve()).toMatchObject({
      revoking: new Set([EVE]),
      suspendedMayChange: true,
      told: [{ summary: expect.stringContaining("1 user will be suspended, and deleted 14 days later") }],
    });
  });

  test("is deleted at once by a set that does not suspend", async () => {
    const planned = await ofEve({ suspendDays: 0 });
    expect(planned).toMatchObject({
      revoking: new Set([EVE]),
      suspendedMayChange: false,
      told: [{ summary: "1 user will be permanently deleted from GenAuth in 1 call" }],
    });
  });

  test("is kept if she is retained", async () => {
    const planned = await ofEve({ retained: [EVE] });
    expect(planned).toMatchObject({ revoking: new Set(), suspendedMayChange: false });
  });

  test("is kept if the set never saw her", async () => {
    const planned = await ofEve({ bindings: boundTo(bob) });
    expect(planned).toMatchObject({ revoking: new Set(), suspendedMayChange: false });
  });
});

const protection = { protectedUsers: ProtectedUsers.of(new Map()), protectedUsersKnown: true };

describe("a reviewer reads", () => {
  const toldOf = async (given: Case) =>
    (await plan(given)).told.map(({ isError, summary }) => ({ isError, summary }));
  const textOf = async (given: Case) => {
    const { told } = await plan(given);
    return told.map(({ summary, detail }) => `${summary}\n${detail}`).join("\n");
  };

  test("what happens", async () => {
    expect(await toldOf({ change: { ...leaves, waiting: [] } })).toEqual([
      { isError: false, summary: expect.stringContaining("1 user will be suspended") },
    ]);
  });

  test("why it is refused: by a limit, and by another set", async () => {
    const plannedSets = new PlannedSets();
    plannedSets.add({ type: UserIdType.EMAIL, declared: usersOf(eve) }, protection);
    const guards = { maxDeletions: 0 };
    expect(await toldOf({ change: { ...leaves, guards }, context: { plannedSets } })).toEqual([
      { isError: false, summary: expect.stringMatching(/^Refused: 1 user would be suspended/) },
      { isError: true, summary: expect.stringContaining("max_deletions") },
      { isError: true, summary: "This change suspends 1 user that another set declares" },
    ]);
  });

  test("that the engine may refuse the apply, once below everybody whom the plan suspends or deletes", async () => {
    const refusal = "Provider produced inconsistent final plan";
    const text = await textOf({ change: { ...eveLeaves, waiting: [due] }, users: [ada, bob, eve] });
    const [above = "", ...below] = text.split(refusal);

    expect(above).toContain(EVE);
    expect(above).toContain(ADA);
    expect(above).toContain("Due since 2026-01-16: removed from the set earlier");
    expect(below).toHaveLength(1);
    expect(await textOf({ change: { ...eveLeaves, waiting: [] } })).toContain(refusal);
  });

  test("only that the pool seems to be wrong if it does: nobody's fate is known there", async () => {
    const five = people(11, 15);
    const change = { prior: usersOf(...five), bindings: boundTo(...five), declared: usersOf(), waiting: [] };
    expect(await toldOf({ change, users: [], context: { protectedUsersKnown: false } })).toEqual([
      { isError: true, summary: "None of the users is in this pool" },
    ]);
  });
});

describe("a set that is planned later is checked", () => {
  test("against those who are due in this one", async () => {
    const plannedSets = new PlannedSets();
    await plan({ change: { waiting: [due] }, context: { plannedSets } });
    const [told] = plannedSets.add({ type: UserIdType.EMAIL, declared: usersOf(ada) }, protection);
    expect(told?.summary).toBe("Another set deletes 1 user that this set declares");
  });

  test("against those who may be deleted, because they are due and were not looked up", async () => {
    const plannedSets = new PlannedSets();
    await plan({ change: { waiting: [due] }, fails: [ada], context: { plannedSets } });
    const byUserId = { type: UserIdType.USER_ID, declared: new Map([[ada.userId, ""]]) };
    const [told] = plannedSets.add(byUserId, protection);
    expect(told?.summary).toBe("Another set may delete 1 user that this set declares");
  });

  test("against this one, whose further users are not known", async () => {
    const plannedSets = new PlannedSets();
    await plan({ given: { isOpen: true }, context: { plannedSets } });
    const leavers = [{ id: ADA, label: "", fate: { kind: "delete", userId: ada.userId } as const }];
    const [told] = plannedSets.add({ type: UserIdType.EMAIL, leavers }, protection);
    expect(told?.summary).toContain("are not known yet");
  });
});
