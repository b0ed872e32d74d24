import { describe, expect, test } from "@jest/globals";
import { seedUsers, type PoolIdType } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import { describeWithNullResource } from "../../support/acceptance/null-resource-case";
import {
  check,
  deletionsReceived,
  runRemovalCase,
  sorted,
  type RemovalCase,
} from "../../support/acceptance/removal-case";

const pool = seedUsers(180);
const emails = pool.map(({ email }) => email ?? "");
const [ada = "", bob = "", eve = ""] = emails;

const cases: readonly RemovalCase[] = [
  {
    title: "120 of 180 users are deleted in three calls",
    setup: { emulator: { users: pool } },
    before: { users: emails, user_id_type: "email" },
    after: { users: emails.slice(120), user_id_type: "email", max_deletions_percent: 67 },
    plan: {
      code: 2,
      says: [
        "Warning: 120 users will be permanently deleted from GenAuth in 3 calls",
        '- "user001@example.com" = "" -> null',
        "and 100 more",
        "0 to add, 1 to change, 0 to destroy",
      ],
    },
    apply: { code: 0, says: ["0 added, 1 changed, 0 destroyed"] },
    deletions: [emails.slice(0, 50), emails.slice(50, 100), emails.slice(100, 120)],
    state: { users: emails.slice(120), drift: { missing: [], survivors: [] } },
    gone: emails.slice(0, 120),
    nullResource: {
      run: "always",
      because: "a removal is a replacement of the resource, and its warning is a line in the log",
      log: {
        code: 0,
        says: [
          "120 users will be permanently deleted from GenAuth in 3 calls",
          "and 100 more",
          /3 of 3 chunks done: 120 of 120 users gone, 0 not.* No drift/,
          "1 added, 0 changed, 1 destroyed",
        ],
      },
    },
  },
  {
    title: "a change of labels takes no call",
    setup: { emulator: { users: pool.slice(0, 3) } },
    before: { users: { [ada]: "Ada", [bob]: "Bob" }, user_id_type: "email" },
    after: { users: { [ada]: "Ada L.", [bob]: "Bob" }, user_id_type: "email" },
    plan: { code: 2, says: ['~ "user001@example.com" = "Ada" -> "Ada L."'], neverSays: ["Warning", "drift"] },
    apply: { code: 0 },
    state: { users: [ada, bob], drift: { missing: [], survivors: [] } },
    gone: [],
    nullResource: {
      run: "always",
      because: "a label is a trigger, so the set is replaced, and the log says that nobody leaves",
      log: { code: 0, says: ["Nobody leaves the set, so nobody is deleted"] },
    },
  },
];

describeWithNullResource("a removal", [...cases, ...idTypeCases()]);

describe.each(engines())("a removal on $name", (engine) => {
  const open = useScenarios(engine);
  test.each(cases)("$title", async (story) => runRemovalCase(await open(story.setup), story));

  test("one of three is removed by each id type, in sets of one run", async () => {
    const scenario = await open({ emulator: { users: pool } });
    const { emulator, workspace } = scenario;
    // System user ids in capitals mean the same users, also where GenAuth compares them exactly.
    const capitals = pool.map(({ userId }) => userId.toUpperCase());
    const teams = Object.entries({ ...idsByType(), user_id: capitals }).map(([type, ids], index) => {
      const [first = "", second = "", third = ""] = ids.slice(3 * index);
      return { type, userId: pool[3 * index]?.userId ?? "", first, second, third };
    });
    const declare = (usersOf: (team: (typeof teams)[number]) => Record<string, string>): void =>
      workspace.writeConfiguration({
        sets: Object.fromEntries(
          teams.map((team) => [team.type, { users: usersOf(team), user_id_type: team.type }]),
        ),
      });
    declare(({ first, second, third }) => ({ [first]: "One", [second]: "Two", [third]: "Three" }));
    check(await workspace.apply(), { code: 0 });
    declare(({ second, third }) => ({ [second]: "Two", [third]: "Three" }));
    check(await workspace.plan("-out=plan"), {
      code: 2,
      says: teams.flatMap(({ first }) => [
        `1 user will be permanently deleted from GenAuth in 1 call: ${first}`,
        `- "${first}" = "One" -> null`,
      ]),
    });
    expect(deletionsReceived(scenario)).toEqual([]);
    check(await workspace.apply("plan"), { code: 0 });
    // Each id as it was declared, but system user ids as GenAuth writes them.
    const sent = Object.values(idsByType()).map((ids, index) => [ids[3 * index] ?? ""]);
    expect(sorted(deletionsReceived(scenario))).toEqual(sorted(sent));
    for (const { type, second, third } of teams) {
      const set = workspace.userSet(type);
      expect(Object.keys(set?.users ?? {}).sort()).toEqual([second, third].sort());
      expect(set).toMatchObject({ user_id_type: type, drift: { missing: [], survivors: [] } });
    }
    expect(pool.filter(({ userId }) => !emulator.pool.find(userId)).map(({ userId }) => userId)).toEqual(
      teams.map(({ userId }) => userId),
    );
    check(await workspace.plan(), { code: 0, says: ["No changes"] });
  });

  test("after a deletion, an output of drift plans no change, and one of removals changes once", async () => {
    const { workspace } = await open({ emulator: { users: pool } });
    const declare = (users: readonly string[], attribute: string): void =>
      workspace.writeConfiguration({
        sets: { staff: { users, user_id_type: "email" } },
        blocks: { output: { staff: { value: `\${genauth_user_set.staff.${attribute}}` } } },
      });
    declare([ada, bob, eve], "drift");
    check(await workspace.apply(), { code: 0 });
    declare([bob, eve], "drift");
    check(await workspace.apply(), { code: 0, says: ["1 user will be permanently deleted"] });
    check(await workspace.plan(), { code: 0, says: ["No changes"] });

    declare([eve], "removals");
    check(await workspace.apply(), { code: 0, says: ["1 user will be permanently deleted"] });
    check(await workspace.plan("-out=plan"), {
      code: 2,
      says: ["have changed outside of", "Changes to Outputs:", `- "${bob}" = "deleted"`],
      neverSays: ["will be updated in-place"],
    });
    check(await workspace.apply("plan"), { code: 0 });
    check(await workspace.plan(), { code: 0, says: ["No changes"] });
  });
});

/** The ids of the pool's users. */
function idsByType(): Record<PoolIdType, string[]> {
  return {
    user_id: pool.map(({ userId }) => userId),
    phone: pool.map(({ phone, phoneCountryCode }) => `${phoneCountryCode ?? ""}${phone ?? ""}`),
    email: emails,
    username: pool.map(({ username }) => username ?? ""),
    external_id: pool.map(({ externalId }) => externalId ?? ""),
    identity: pool.map(
      ({ identities = [] }) => `${identities[0]?.extIdpId ?? ""}:${identities[0]?.userIdInIdp ?? ""}`,
    ),
    sync_relation: pool.map(
      ({ identities = [] }) => `${identities[1]?.provider ?? ""}:${identities[1]?.userIdInIdp ?? ""}`,
    ),
  };
}

/** One removal by each id type. */
function idTypeCases(): RemovalCase[] {
  return Object.entries(idsByType()).map(([type, [first = "", second = "", third = ""]]) => ({
    title: `one of three is removed by ${type}`,
    setup: { emulator: { users: pool.slice(0, 3) } },
    before: { users: { [first]: "One", [second]: "Two", [third]: "Three" }, user_id_type: type },
    after: { users: { [second]: "Two", [third]: "Three" }, user_id_type: type },
    plan: {
      code: 2,
      says: ["1 user will be permanently deleted from GenAuth in 1 call", `- "${first}" = "One" -> null`],
    },
    apply: { code: 0 },
    deletions: [[first]],
    state: { users: [second, third], user_id_type: type, drift: { missing: [], survivors: [] } },
    gone: [first],
    // The table above removes by e-mail in each run.
    nullResource: "long",
  }));
}
