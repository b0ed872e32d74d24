import { describe, expect, test } from "@jest/globals";
import { PlannedSets, ProtectedUsers, UserIdType } from "../../../../src/users";
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
  const onlyEve = new Set([EVE]);
  const nobody = new Set<string>();
  const unseen = { revoking: nobody, unreviewed: [EVE] };

  test.each<Row>([
    ["are suspended", { change: leaves }, "any", true, { revoking: onlyEve, unreviewed: [] }],
    ["are deleted at once", { change: { ...leaves, suspendDays: 0 } }, "any", false, { revoking: onlyEve }],
    ["are kept", { change: { ...leaves, retained: [EVE] } }, "any", false, { revoking: nobody }],
    ["were never seen", { change: { ...leaves, bindings: boundTo(bob) } }, "any", false, unseen],
  ])("%s", async (_, { change, ...others }, ...expected) => {
    await expectPlan({ change: { waiting: [], ...change }, ...others }, ...expected);
  });
});

const protection = { protectedUsers: ProtectedUsers.of(new Map()), protectedUsersKnown: true };

describe("what a plan hands to its apply", () => {
  const handedOn = { handover: { isApply: false } };
  const digestOf = (changes: object) => ({ declared: expect.any(String), revoking: [], keeping: [], changesWaiting: false, reactivating: [], staying: [], ...changes }); // oxfmt-ignore
  const notLookedUp = { reactivating: undefined, staying: undefined };
  const unknownPool = { pool: undefined };

  test.each<[string, Case, object]>([
    ["who may be deleted", { change: leaves }, { revoking: [EVE], changesWaiting: true }],
    ["nobody, if nobody leaves", {}, {}],
    ["who is reactivated", { change: back }, { reactivating: [ADA], changesWaiting: true }],
    ["who stays", { change: { ...back, waiting: [unproven] } }, { staying: [ADA], changesWaiting: true }],
    ["not who returns to an unknown pool", { change: back, context: unknownPool }, { ...notLookedUp, changesWaiting: true }], // oxfmt-ignore
    ["that nobody returns to an unknown pool", { change: { waiting: [] }, context: unknownPool }, {}],
    ["no digest of an unknown label", { given: { labelsKnown: false } }, { declared: undefined }],
  ])("%s", async (_, story, changes) => {
    const { digest } = await plan({ ...story, given: { ...handedOn, ...story.given } });
    expect(digest).toMatchObject(digestOf(changes));
  });

  const nothing = { digest: undefined, addedElsewhere: new Map() };
  const told = [expect.objectContaining({ isError: false })];

  test.each<[string, Case, object]>([
    ["if somebody may be deleted", { change: leaves, given: handedOn }, { addedElsewhere: new Map([[UserIdType.USERNAME, ["new"]]]) }], // oxfmt-ignore
    ["not if nobody leaves", { given: handedOn }, { addedElsewhere: new Map() }],
    ["not at the apply", { change: leaves, given: approving({ revoking: [EVE] }) }, { ...nothing, told }],
    ["not on an engine that hands nothing on", { change: leaves }, nothing],
  ])("what other sets add, %s", async (_, story, expected) => {
    const plannedSets = new PlannedSets();
    plannedSets.add({ type: UserIdType.USERNAME, added: ["new"] }, protection);
    expect(await plan({ ...story, context: { plannedSets } })).toMatchObject(expected);
  });

  test("an apply keeps whoever has an id that another set adds", async () => {
    const handover = { isApply: true, addedElsewhere: new Map([[UserIdType.USERNAME, ["person3"]]]) };
    const { leaving } = await plan({ change: leaves, given: { handover } });
    expect(leaving).toMatchObject([{ fate: { reason: { kind: "protected", id: "person3" } } }]);
  });

  test("an apply beyond its plan is refused alone, and is not taken for planned", async () => {
    const plannedSets = new PlannedSets();
    const { told, digest } = await plan({
      change: { ...leaves, guards: { maxDeletions: 0 } },
      given: approving({ keeping: [EVE] }),
      context: { plannedSets },
    });
    expect(told).toEqual([
      expect.objectContaining({
        isError: true,
        summary: expect.stringContaining("whom the approved plan does not"),
      }),
    ]);
    expect(digest).toBeUndefined();
  });
});

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

  const isHandedOn = { handover: { isApply: false } };
  const SUSPENDED = /1 user to be suspended/;
  const REFUSED = /Provider produced inconsistent final plan/;

  test.each<[string, Case["given"], RegExp, boolean]>([
    ["of an apply that nobody can tell from a plan", { stage: "either" }, SUSPENDED, true],
    ["nothing of that in a plan", { stage: "review" }, SUSPENDED, false],
    ["nothing of that where the plan is handed on", { stage: "either", ...isHandedOn }, SUSPENDED, false],
    ["that the engine may refuse the apply", { stage: "review" }, REFUSED, true],
    ["not where the plan is handed on", isHandedOn, REFUSED, false],
  ])("%s", async (_, given = {}, pattern, isTold) => {
    const text = await textOf({ change: { ...leaves, waiting: [] }, given });
    expect(pattern.test(text)).toBe(isTold);
  });

  test("at plan, an id that nobody has yet, which another set adds; not where the apply gets it", async () => {
    const plannedSets = () => {
      const sets = new PlannedSets();
      const resolutions = new Map([["new", { kind: "absent" as const }]]);
      sets.add({ type: UserIdType.USERNAME, added: ["new"], resolutions }, protection);
      return sets;
    };
    expect(await textOf({ change: leaves, context: { plannedSets: plannedSets() } })).toContain(
      "that nobody has yet",
    );
    const text = await textOf({ change: leaves, given: isHandedOn, context: { plannedSets: plannedSets() } });
    expect(text).not.toContain("that nobody has yet");
  });

  test("a set whose further users are not known, or whose users are due, is checked against the sets after it", async () => {
    const plannedSets = new PlannedSets();
    await plan({ change: { waiting: [{ ...waits, isDue: true }] }, context: { plannedSets } });
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
