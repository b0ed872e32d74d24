import { describe, expect, test } from "@jest/globals";
import { PlannedSets, ProtectedUsers, UserIdType } from "../../../../src/users";
import type { ChangePlan } from "../../../../src/users/change/plan-change";
import {
  ada,
  ADA,
  back,
  bob,
  BOB,
  boundTo,
  type Case,
  emailOf,
  eve,
  leaves,
  plan,
  unproven,
  usersOf,
  waits,
} from "../support/planned-change";

const EVE = emailOf(eve);
const NEW = "new@example.com";
const renamed = { ...ada, email: NEW };
const idsOf = (...ids: readonly string[]) => new Map(ids.map((id) => [id, ""]));
const protectedUsers = ProtectedUsers.of(new Map([[UserIdType.USERNAME, ["person1"]]]));
/** Ada's look-up fails. */
const fails = [ada];
const eveLeaves = { prior: usersOf(bob, eve), bindings: boundTo(ada, bob, eve) };
const newIsAdas = { prior: idsOf(NEW), declared: idsOf(NEW), bindings: new Map([[NEW, ada.userId]]) };
const newLeaves = { ...leaves, prior: idsOf(NEW, BOB), bindings: boundTo(renamed, bob) };

/** Whether Ada returns: that she may, that she may not, that nobody does, or that this is not known. */
type Returns = boolean | "nobody" | "not known" | "any";
type Row = [
  what: string,
  story: Case,
  returns: Returns,
  suspendedMayChange?: boolean,
  more?: Partial<ChangePlan>,
];

async function expectPlan(
  story: Case,
  returns: Returns,
  suspendedMayChange?: boolean,
  more: Partial<ChangePlan> = {},
) {
  const ofAda = typeof returns === "boolean" && [{ id: ADA, userId: ada.userId, mayReturn: returns }];
  expect(await plan(story)).toMatchObject({
    ...(returns !== "any" && { returning: ofAda || (returns === "nobody" ? [] : undefined) }),
    ...(suspendedMayChange !== undefined && { suspendedMayChange }),
    ...more,
  });
}

describe("somebody who waits", () => {
  test.each<Row>([
    ["not declared", {}, "nobody", false],
    ["declared again", { change: back }, true, true],
    ["declared again, not suspended by the set", { change: { ...back, waiting: [unproven] } }, false, true],
    ["of another status", { change: back, users: [{ ...ada, status: "Deactivated" }, bob] }, false, true],
    ["declared by another id", { change: { declared: idsOf(NEW, BOB) }, users: [renamed, bob] }, true, true],
    ["declared in another set", { context: { protectedUsers } }, true, true],
    ["not looked up, beside no change", { change: back, fails }, false, false],
    ["not looked up, while somebody leaves", { change: { ...back, ...eveLeaves }, fails }, true, true],
    [
      "not looked up, nor suspended by the set, while somebody leaves",
      { change: { ...back, ...eveLeaves, waiting: [unproven] }, fails },
      false,
      true,
    ],
    ["not looked up, and bound to a declared id", { change: newIsAdas, fails }, "nobody", false],
    ["not looked up, and bound to an id that leaves", { change: newLeaves, fails }, "nobody"],
    [
      "who leaves once more",
      { change: { prior: usersOf(ada, bob), bindings: boundTo(ada, bob), lastLockedOut: [ADA] } },
      "nobody",
      true,
      { waiting: [] },
    ],
    ["while protected users are not known", { context: { protectedUsersKnown: false } }, "not known", true],
    ["while the pool is not known", { context: { pool: undefined } }, "any", true],
    ["nobody", { change: { waiting: [] }, context: { protectedUsersKnown: false } }, "nobody", false],
    ["not looked up, in another change", { change: back, fails, given: { isChanged: true } }, true, true],
    ["not looked up, nor refreshed", { change: back, fails, given: { isRefreshed: false } }, true, true],
    ["perhaps released in another change", { fails, given: { isChanged: true } }, "nobody", true],
    ["not looked up at apply", { fails, given: { isChanged: true, isRefreshed: false } }, "nobody", false],
    ["beside one of whom nothing is known", { change: { ...back, lost: ["lost@example.com"] } }, true, true],
    [
      "due",
      { change: { waiting: [{ ...waits, isDue: true, deleteFrom: "2026-01-16T00:00:00Z" }] } },
      "nobody",
      true,
      { revoking: new Set([ADA]) },
    ],
  ])("%s", async (_, ...row) => {
    await expectPlan(...row);
  });
});

describe("those who leave", () => {
  const onlyEve = new Set([EVE]);
  const nobody = new Set<string>();

  test.each<Row>([
    ["are suspended", { change: leaves }, "any", true, { revoking: onlyEve }],
    ["are deleted at once", { change: { ...leaves, suspendDays: 0 } }, "any", false, { revoking: onlyEve }],
    ["are kept", { change: { ...leaves, retained: [EVE] } }, "any", false, { revoking: nobody }],
    [
      "were never seen",
      { change: { ...leaves, bindings: boundTo(bob) } },
      "any",
      false,
      { revoking: nobody },
    ],
  ])("%s", async (_, { change, ...others }, ...expected) => {
    await expectPlan({ change: { waiting: [], ...change }, ...others }, ...expected);
  });
});

const protection = { protectedUsers: ProtectedUsers.of(new Map()), protectedUsersKnown: true };

describe("a reviewer reads", () => {
  const summaries = async (given: Case) =>
    (await plan(given)).told.map(({ isError, summary }) => `${isError ? "error" : "warning"}: ${summary}`);
  const textOf = async (given: Case) => (await plan(given)).told.map(({ summary, detail }) => `${summary}\n${detail}`).join("\n"); // oxfmt-ignore

  test("what happens, and why it is refused: by a guard, and by another set", async () => {
    expect(await summaries({ change: { ...leaves, waiting: [] } })).toEqual([
      expect.stringMatching(/^warning: 1 user will be suspended/),
    ]);
    const plannedSets = new PlannedSets();
    plannedSets.add({ type: UserIdType.EMAIL, declared: usersOf(eve) }, protection);
    const guards = { maxDeletions: 0 };
    expect(await summaries({ change: { ...leaves, guards }, context: { plannedSets } })).toEqual([
      expect.stringMatching(/^warning: /),
      expect.stringMatching(/^error: .*max_deletions/),
      expect.stringMatching(/^error: This change suspends 1 user that another set declares/),
    ]);
  });

  test("that the engine may refuse the apply", async () => {
    const text = await textOf({ change: { ...leaves, waiting: [] } });
    expect(text).toContain("Provider produced inconsistent final plan");
  });

  test("that the engine may refuse the apply, once below everybody whom the plan suspends or deletes", async () => {
    const due = { ...waits, isDue: true, deleteFrom: "2026-01-16T00:00:00Z" };
    const text = await textOf({ change: { ...eveLeaves, waiting: [due] }, users: [ada, bob, eve] });
    const [above = "", ...below] = text.split("Provider produced inconsistent final plan");

    expect(above).toContain(EVE);
    expect(above).toContain(ADA);
    expect(below).toHaveLength(1);
  });

  test("a set whose further users are not known, or whose users are due, is checked against the sets after it", async () => {
    const plannedSets = new PlannedSets();
    await plan({
      change: { waiting: [{ ...waits, isDue: true, deleteFrom: "2026-01-16T00:00:00Z" }] },
      context: { plannedSets },
    });
    const [told] = plannedSets.add({ type: UserIdType.EMAIL, declared: usersOf(ada) }, protection);
    expect(told?.summary).toBe("Another set deletes 1 user that this set declares");
    const open = new PlannedSets();
    await plan({ given: { isOpen: true }, context: { plannedSets: open } });
    const leavers = [{ id: ADA, label: "", fate: { kind: "delete", userId: ada.userId } as const }];
    expect(open.add({ type: UserIdType.EMAIL, leavers }, protection)[0]?.summary).toContain(
      "are not known yet",
    );
  });
});
