import { describe, expect, test } from "@jest/globals";
import { PlannedSets, ProtectedUsers, UserIdType } from "../../../../src/users";
import {
  ada,
  ADA,
  approving,
  back,
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
