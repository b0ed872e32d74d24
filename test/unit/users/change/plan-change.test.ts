import { describe, expect, test } from "@jest/globals";
import { ProtectedUsers, UserIdType } from "../../../../src/users";
import type { ChangePlan } from "../../../../src/users/change/plan-change";
import { person } from "../../../support/users/people";
import {
  ada,
  ADA,
  approving,
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

/** A call that may have suspended Ada. Nothing proves that it did. */
const tried = new Map([[ADA, { label: "Ada", userId: ada.userId }]]);
const triedJustNow = new Map([[ADA, { label: "Ada", userId: ada.userId, during: { from: 1, until: 2 } }]]);
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
  changesWaiting?: boolean,
  more?: Partial<ChangePlan>,
];

async function expectPlan(
  story: Case,
  returns: Returns,
  changesWaiting?: boolean,
  more: Partial<ChangePlan> = {},
) {
  const ofAda = typeof returns === "boolean" && [{ id: ADA, userId: ada.userId, mayReturn: returns }];
  expect(await plan(story)).toMatchObject({
    ...(returns !== "any" && { returning: ofAda || (returns === "nobody" ? [] : undefined) }),
    ...(changesWaiting !== undefined && { changesWaiting }),
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
    ["not looked up, and bound to a declared id", { change: newIsAdas, fails }, false, false],
    ["not looked up, and bound to an id that leaves", { change: newLeaves, fails }, "nobody"],
    ["locked out at the last refresh", { change: { lastLockedOut: [ADA] }, fails }, false],
    ["reactivated by the approved plan", { given: approving({ reactivating: [ADA] }), fails }, false],
    ["not reactivated by it", { given: approving({ staying: [ADA] }), fails }, false],
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
    ["not looked up at apply", { fails, given: { isChanged: true, stage: "apply" } }, "nobody", false],
    ["beside one of whom nothing is known", { change: { ...back, lost: ["lost@example.com"] } }, true, true],
    [
      "due",
      { change: { waiting: [{ ...waits, isDue: true }] } },
      "nobody",
      true,
      { revoking: new Set([ADA]) },
    ],
  ])("%s", async (_, ...row) => {
    await expectPlan(...row);
  });
});

describe("a declared user whom an earlier call may have suspended", () => {
  const declared = { ...back, prior: usersOf(ada, bob), waiting: [], attempts: tried };
  const justNow = { change: { ...declared, attempts: triedJustNow }, users: [person(1), bob] };
  const again = (id: string) => ({ ...declared, undeclared: new Set([id]) });

  test.each<Row>([
    ["while that is not certain", { change: declared }, "nobody", false],
    ["named by the approved plan", { change: declared, given: approving({ staying: [ADA] }) }, false],
    ["not looked up", { change: declared, fails }, false, false],
    ["not looked up, and declared again", { change: again(ADA), fails }, true, true],
    ["not looked up, while another id comes back", { change: again(BOB), fails }, "any", false],
    [
      "shown as active, perhaps late",
      { ...justNow, change: { ...again(ADA), attempts: triedJustNow } },
      true,
      true,
    ],
    [
      "not looked up and named by the plan, while somebody leaves",
      {
        change: { ...declared, prior: usersOf(ada, bob, eve), bindings: boundTo(ada, bob, eve) },
        given: approving({ staying: [ADA], revoking: [emailOf(eve)] }),
      },
      false,
      true,
    ],
    ["told before, in another change", { ...justNow, given: { isChanged: true } }, true, true],
    ["certainly not suspended", { change: declared, users: [person(1), bob] }, false, false],
  ])("%s", async (_, ...row) => {
    await expectPlan(...row);
  });
});

describe("those who leave", () => {
  const EVE = new Set([emailOf(eve)]);
  const nobody = new Set<string>();
  const unseen = { revoking: nobody, unreviewed: [emailOf(eve)] };

  test.each<Row>([
    ["are suspended", { change: leaves }, "any", true, { revoking: EVE, unreviewed: [] }],
    ["are deleted at once", { change: { ...leaves, suspendDays: 0 } }, "any", false, { revoking: EVE }],
    ["are kept", { change: { ...leaves, retained: [...EVE] } }, "any", false, { revoking: nobody }],
    ["were never seen", { change: { ...leaves, bindings: boundTo(bob) } }, "any", false, unseen],
  ])("%s", async (_, { change, ...others }, ...expected) => {
    await expectPlan({ change: { waiting: [], ...change }, ...others }, ...expected);
  });
});
