import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { UserIdType, UserLookUps } from "../../../src/users";
import { deleteUsers } from "../../../src/users/calls/delete-users";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import { applySet, check } from "../../support/acceptance/removal-case";
import { ModelDirectory } from "../../support/users/model-directory";
import { systemId } from "../../support/users/people";

test("10,000 users are looked up in 200 calls, and deleted in 600: for each 50, a look-up, the deletion and a read-back", async () => {
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
  expect(directory.calls).toHaveLength(200 + 600);
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
