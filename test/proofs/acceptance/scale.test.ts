import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { UserIdType, UserLookUps } from "../../../src/users";
import { deleteUsers } from "../../../src/users/calls/delete-users";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import { literal } from "../../support/configuration";
import { applySet, check, deletionsReceived } from "../../support/acceptance/removal-case";
import { ModelDirectory } from "../../support/users/model-directory";
import { systemId } from "../../support/users/people";

test("10,000 users are looked up in 200 calls, and deleted in 600", async () => {
  const ids = Array.from({ length: 10_000 }, (_, number) => systemId(number));
  const directory = new ModelDirectory(ids.map((userId) => ({ userId, identities: [] })));
  const resolutions = await new UserLookUps(directory).resolve(ids, UserIdType.USER_ID);
  expect(resolutions.size).toBe(10_000);
  expect(directory.calls).toHaveLength(200);

  const endings = await deleteUsers({
    directory,
    type: UserIdType.USER_ID,
    users: ids.map((userId) => ({ id: userId, label: "", userId })),
    maxAttempts: 4,
    confirmWithinMs: 1_000,
  });
  expect(endings.size).toBe(10_000);
  expect([...endings.values()].filter(({ kind }) => kind !== "gone")).toEqual([]);
  // Each chunk is looked up right before its call, and read back after it.
  expect(directory.calls).toHaveLength(200 + 600);
});

describe.each(engines())("several sets on $name", (engine) => {
  const open = useScenarios(engine);

  test("four sets by for_each share only the pace", async () => {
    const pool = seedUsers(40);
    const teams = ["blue", "green", "red", "white"];
    const emails = pool.map(({ email }) => email ?? "");
    const scenario = await open({ emulator: { users: pool } });
    const declare = (leavers: number): void =>
      scenario.workspace.writeConfiguration({
        sets: {
          team: {
            for_each: Object.fromEntries(
              teams.map((team, index) => [
                team,
                emails.slice(index * 10 + leavers, index * 10 + 10).map(literal),
              ]),
            ),
            users: '${{ for id in each.value : id => "" }}',
            user_id_type: "email",
          },
        },
      });
    declare(0);
    check(await scenario.workspace.apply(), { code: 0 });
    declare(2);
    check(await scenario.workspace.plan("-out=plan"), {
      code: 2,
      // The engine prints only one of several warnings with the same summary.
      says: [
        "0 to add, 4 to change, 0 to destroy",
        ...teams.map(
          (_, index) => `permanently deleted from GenAuth in 1 call: ${emails[index * 10] ?? ""}, …`,
        ),
      ],
      neverSays: ["similar warning"],
    });
    check(await scenario.workspace.apply("plan"), { code: 0 });
    expect(deletionsReceived(scenario).sort()).toEqual(
      teams.map((_, index) => emails.slice(index * 10, index * 10 + 2)),
    );
    expect(Object.keys(scenario.workspace.userSet("team", "red")?.users ?? {})).toEqual(emails.slice(22, 30));
  });
});

describe("the calls for many users", () => {
  // The provider makes them. What each engine does with a large plan is the same as with a small one.
  const open = useScenarios(engines()[0]);

  test("2,500 users, of whom a fifth is removed, take only the necessary calls", async () => {
    const pool = seedUsers(2500);
    const ids = pool.map(({ userId }) => userId);
    const scenario = await open({ emulator: { users: pool, rateLimit: false } });
    const { emulator, workspace } = scenario;
    const pace = { requests_per_second: 10_000 };
    await applySet(workspace, { users: ids }, pace);
    workspace.write({ users: ids.slice(500), max_deletions: 500 }, pace);
    const before = emulator.calls.length;
    check(await workspace.plan("-out=plan"), {
      code: 2,
      says: ["500 users will be permanently deleted from GenAuth in 10 calls"],
    });
    expect(emulator.calls.length - before).toBe(50);
    check(await workspace.apply("plan"), { code: 0 });
    // To decide, right before each call, the call, and the read-back.
    expect(emulator.calls.length - before).toBe(50 + 10 + 10 + 10 + 10);
    expect(emulator.pool.size).toBe(2000);
    expect(Object.keys(workspace.userSet()?.users ?? {})).toHaveLength(2000);
  });
});
