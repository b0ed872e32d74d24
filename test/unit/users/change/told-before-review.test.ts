import { describe, expect, test } from "@jest/globals";
import { type DirectoryUser, ProtectedUsers, UserIdType } from "../../../../src/users";
import { found } from "../../../../src/users/look-up/resolution";
import { describeOneUser } from "../../../../src/users/messages/describe-one-user";
import { emailOf, people } from "../../../support/users/people";
import { bob, BOB, boundTo, type Case, eve, plan, usersOf, waits } from "../support/planned-change";

async function textOf(given: Case): Promise<string> {
  const { told } = await plan(given);
  return told.map(({ summary, detail }) => `${summary}\n${detail}`).join("\n");
}

describe("that a user is declared by two ids is told", () => {
  const alias = "alias@example.com";
  const added = { declared: new Map([...usersOf(bob), [alias, ""]]), waiting: [] };

  test("if an added id names the user to whom another one is bound", async () => {
    expect(await textOf({ change: added, users: [{ ...bob, email: alias }] })).toBe(
      `1 user declared by more than one id\nKeep one id of each. As long as one of them is declared, the account stays:\n  ${BOB} and ${alias}: user ${bob.userId} (Person 2)`,
    );
  });

  test("with the ids of all, and the names of the first 20", () => {
    const twice = (users: readonly DirectoryUser[]) => {
      const its = users.flatMap((user) =>
        [user.email ?? "", user.username ?? ""].map((id) => [id, user] as const),
      );
      const ids = its.map(([id]) => id);
      return { ids, told: describeOneUser(ids, new Map(its.map(([id, user]) => [id, found(user)]))) };
    };
    const all = twice(people(1, 20));
    const cut = twice(people(1, 22));
    expect(all.told?.detail.split("\n").at(-1)).toContain("(Person 20)");
    expect(cut.told?.ids).toEqual(cut.ids);
    expect(cut.told?.detail.split("\n").slice(-2)).toEqual([
      expect.stringContaining("(Person 20)"),
      "  and 2 more",
    ]);
  });

  test("not if each of two ids names a user of its own", async () => {
    expect(await textOf({ change: added, users: [bob, { ...eve, email: alias }] })).toBe("");
  });

  test("not of ids that were there before, which the refresh tells", async () => {
    const change = {
      ...added,
      prior: added.declared,
      bindings: new Map([...boundTo(bob), [alias, bob.userId]]),
    };
    expect(await textOf({ change })).toBe("");
  });
});

describe("of a suspension is told", () => {
  const bobLeaves = {
    prior: usersOf(bob, eve),
    declared: usersOf(eve),
    bindings: boundTo(bob, eve),
    waiting: [],
  };
  /** Bob leaves, by this time of GenAuth. */
  const toldAt = (time: number, change = bobLeaves) =>
    textOf({ change, context: { serviceTime: () => time } });
  const DAY = 24 * 60 * 60 * 1000;

  test("the day of the deletion, by GenAuth's time", async () => {
    expect(await toldAt(Date.parse("2026-01-01T09:00:00Z"))).toContain(
      "1 user will be suspended, and deleted 14 days later (2026-01-16 if applied today)",
    );
  });

  test("that the clocks of GenAuth and of this machine are more than a day apart", async () => {
    const { told } = await plan({
      change: bobLeaves,
      context: { serviceTime: () => Date.now() - 14.9 * DAY },
    });
    const summary = "The clocks of GenAuth and of this machine are 15 days apart";
    expect(told).toContainEqual(expect.objectContaining({ summary, ids: [] }));
    const isDue = { suspendDays: 0, waiting: [{ ...waits, isDue: true }] };
    expect(
      await textOf({ change: isDue, context: { serviceTime: () => Date.now() - 14.9 * DAY } }),
    ).toContain(summary);
    expect(await toldAt(Date.now() - 0.5 * DAY)).not.toContain("clocks");
    const nobodyLeaves = { ...bobLeaves, declared: bobLeaves.prior };
    expect(await toldAt(Date.now() - 14.9 * DAY, nobodyLeaves)).not.toContain("clocks");
  });
});

describe("which protected ids name nobody is told", () => {
  const context = {
    protectedUsers: ProtectedUsers.of(
      new Map([
        [UserIdType.EMAIL, [emailOf(eve), "misspelt@example.com", "*@contractors.example"]],
        [UserIdType.USERNAME, ["person3", "Persn3"]],
      ]),
    ),
  };
  const bobLeaves = {
    prior: usersOf(bob, eve),
    declared: usersOf(eve),
    bindings: boundTo(bob, eve),
    waiting: [],
  };

  /** Ids of nobody that the operator protects. */
  function operatorList(size: number) {
    const ids = Array.from({ length: size }, (_, at) => `nobody${at + 1}`);
    const operatorProtected = ProtectedUsers.of(new Map([[UserIdType.USERNAME, ids]]));
    return { protectedUsers: operatorProtected, operatorProtected };
  }

  test("if somebody's account ends", async () => {
    const { told } = await plan({ change: bobLeaves, context });
    expect(told.at(-1)).toMatchObject({
      isError: false,
      ids: ["misspelt@example.com", "Persn3"],
      summary: "2 protected ids not found in GenAuth",
      detail: expect.stringContaining(
        "  misspelt@example.com    (email)\n  Persn3                  (username)\n",
      ),
    });
  });

  test("also if nobody says which of them are the operator's", async () => {
    const given = { change: bobLeaves, context: { ...context, operatorProtected: undefined } };
    expect(await textOf(given)).toContain("2 protected ids not found in GenAuth");
  });

  test("but not of those that the set declares itself by that type, which the refresh tells", async () => {
    const declared = new Map([...usersOf(eve), ["misspelt@example.com", ""]]);
    const change = { ...bobLeaves, prior: new Map([...usersOf(bob), ...declared]), declared };
    expect(await textOf({ change, context })).toContain("1 protected id not found in GenAuth");
    const alike = new Map([...usersOf(eve), ["Persn3", ""]]);
    const other = { ...bobLeaves, prior: new Map([...usersOf(bob), ...alike]), declared: alike };
    expect(await textOf({ change: other, context })).toContain("2 protected ids not found in GenAuth");
  });

  test("of the configuration, although the operator has more than 1000", async () => {
    const { operatorProtected } = operatorList(1001);
    const ofBoth = ProtectedUsers.of(
      new Map([
        [UserIdType.USERNAME, operatorProtected.singleIds().map(({ id }) => id)],
        [UserIdType.EMAIL, ["misspelt@example.com"]],
      ]),
    );
    const given = { change: bobLeaves, context: { operatorProtected, protectedUsers: ofBoth } };
    expect(await textOf(given)).toContain("1 protected id not found in GenAuth");
  });

  test("of the operator, unless there are more than 1000", async () => {
    expect(await textOf({ change: bobLeaves, context: operatorList(1000) })).toContain(
      "1000 protected ids not found in GenAuth",
    );
    expect(await textOf({ change: bobLeaves, context: operatorList(1001) })).not.toContain("protected id");
  });

  test.each<{ why: string; given: Case }>([
    { why: "nobody leaves", given: { change: { waiting: [] }, context } },
    { why: "the one who leaves is kept", given: { change: { ...bobLeaves, retained: [BOB] }, context } },
    { why: "an apply plans once more", given: { change: bobLeaves, given: { isRefreshed: false }, context } },
    {
      why: "their look-up fails",
      given: { change: bobLeaves, context: operatorList(1), fails: [{ userId: "nobody1", identities: [] }] },
    },
  ])("not if $why", async ({ given }) => {
    expect(await textOf(given)).not.toContain("protected id");
  });
});
