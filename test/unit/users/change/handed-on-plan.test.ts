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

describe("what a plan hands to its apply", () => {
  const others = () => {
    const plannedSets = new PlannedSets();
    plannedSets.add({ type: UserIdType.USERNAME, added: ["new"] }, { protectedUsers: ProtectedUsers.of(new Map()), protectedUsersKnown: true }); // oxfmt-ignore
    return { plannedSets };
  };
  const first = { handover: { isApply: false } };
  const added = new Map([[UserIdType.USERNAME, ["new"]]]);
  const digestOf = (changes: object) => ({ declared: expect.any(String), revoking: [], keeping: [], changesWaiting: false, reactivating: [], staying: [], ...changes }); // oxfmt-ignore

  test.each<[string, Case, object]>([
    [
      "who may be deleted, and what other sets add",
      { change: leaves, given: first, context: others() },
      { digest: digestOf({ revoking: [emailOf(eve)], changesWaiting: true }), addedElsewhere: added },
    ],
    [
      "not what other sets add, if nobody leaves",
      { given: first, context: others() },
      { digest: digestOf({}), addedElsewhere: new Map() },
    ],
    [
      "who is reactivated",
      { change: back, given: first },
      { digest: digestOf({ reactivating: [ADA], changesWaiting: true }) },
    ],
    [
      "who is not reactivated",
      { change: { ...back, waiting: [unproven] }, given: first },
      { digest: digestOf({ staying: [ADA], changesWaiting: true }) },
    ],
    [
      "not who returns while the pool is not known",
      { change: back, given: first, context: { pool: undefined } },
      { digest: digestOf({ changesWaiting: true, reactivating: undefined, staying: undefined }) },
    ],
    [
      "that nobody returns, if nobody waits, while the pool is not known",
      { change: { waiting: [] }, given: first, context: { pool: undefined } },
      { digest: digestOf({}) },
    ],
    [
      "no digest of an unknown label",
      { given: { ...first, labelsKnown: false } },
      { digest: digestOf({ declared: undefined }) },
    ],
    [
      "nothing, at the apply",
      { change: leaves, given: approving({ revoking: [emailOf(eve)] }), context: others() },
      { digest: undefined, addedElsewhere: new Map(), told: [expect.objectContaining({ isError: false })] },
    ],
    [
      "nothing, on an engine that hands nothing on",
      { change: leaves, context: others() },
      { digest: undefined, addedElsewhere: new Map() },
    ],
  ])("%s", async (_, given, expected) => {
    expect(await plan(given)).toMatchObject(expected);
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
      given: approving({ keeping: [emailOf(eve)] }),
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
    plannedSets.add({ type: UserIdType.EMAIL, declared: usersOf(eve) }, { protectedUsers: ProtectedUsers.of(new Map()), protectedUsersKnown: true }); // oxfmt-ignore
    const guards = { maxDeletions: 0 };
    expect(await summaries({ change: { ...leaves, guards }, context: { plannedSets } })).toEqual([
      expect.stringMatching(/^warning: /),
      expect.stringMatching(/^error: .*max_deletions/),
      expect.stringMatching(/^error: This change suspends 1 user that another set declares/),
    ]);
  });

  test.each<[string, Case, RegExp, boolean]>([
    [
      "who may be deleted of an apply that nobody can tell from a plan",
      { given: { stage: "either" } },
      /1 user to be suspended/,
      true,
    ],
    ["nothing of that in a plan", { given: { stage: "review" } }, /to be suspended/, false],
    [
      "nothing of that where the plan is handed on",
      { given: { stage: "either", handover: { isApply: false } } },
      /to be suspended/,
      false,
    ],
    [
      "that the engine may refuse the apply",
      { given: { stage: "review" } },
      /Provider produced inconsistent final plan/,
      true,
    ],
    [
      "not where the plan is handed on",
      { given: { handover: { isApply: false } } },
      /inconsistent final plan/,
      false,
    ],
  ])("%s", async (_, given, pattern, isTold) => {
    const text = await textOf({ change: { ...leaves, waiting: [] }, ...given });
    expect(pattern.test(text)).toBe(isTold);
  });

  test("at plan, an id that nobody has yet, which another set adds; not where the apply gets it", async () => {
    const plannedSets = () => {
      const sets = new PlannedSets();
      const resolutions = new Map([["new", { kind: "absent" as const }]]);
      sets.add({ type: UserIdType.USERNAME, added: ["new"], resolutions }, { protectedUsers: ProtectedUsers.of(new Map()), protectedUsersKnown: true }); // oxfmt-ignore
      return sets;
    };
    expect(await textOf({ change: leaves, context: { plannedSets: plannedSets() } })).toContain(
      "that nobody has yet",
    );
    const given = { handover: { isApply: false } };
    expect(await textOf({ change: leaves, given, context: { plannedSets: plannedSets() } })).not.toContain("that nobody has yet"); // oxfmt-ignore
  });

  test("a set whose further users are not known, or whose users are due, is checked against the sets after it", async () => {
    const plannedSets = new PlannedSets();
    const protection = { protectedUsers: ProtectedUsers.of(new Map()), protectedUsersKnown: true };
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
