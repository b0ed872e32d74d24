import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import { applySet, check } from "../../support/acceptance/removal-case";

const leavers = seedUsers(3);
/** Users who are not declared. */
const outsiders = seedUsers(3, { prefix: "heir" });
const leaverId = leavers[0]?.userId ?? "";
const leaverEmail = leavers[0]?.email ?? "";
const heirId = outsiders[0]?.userId ?? "";

describe.each(engines())("an e-mail address that passes to another user on $name", (engine) => {
  const open = useScenarios(engine);

  test("right before the call: its new user is deleted, and the leaver stays in the pool and in the state", async () => {
    const { emulator, workspace } = await open({ emulator: { users: [...leavers, ...outsiders] } });
    const set = { user_id_type: "email", max_deletions_percent: 100 };
    await applySet(workspace, { ...set, users: leavers.map(({ email = "" }) => email) });
    workspace.write({ ...set, users: [] });
    check(await workspace.plan("-out=plan"), { code: 2 });
    emulator.steps.add({
      on: "delete-users-batch",
      nth: 1,
      run: (pool) => pool.passId("email", leaverId, heirId),
    });

    check(await workspace.apply("plan"), {
      code: 1,
      says: [
        "1 of 3 removed users not confirmed gone",
        "GenAuth answered success, but the user is still in the pool",
      ],
    });
    // The limit that docs/guides/trust.md names (N1).
    expect(emulator.pool.find(heirId)).toBeUndefined();
    expect(emulator.pool.find(leaverId)).toBeDefined();
    expect(Object.keys(workspace.userSet()?.users ?? {})).toEqual([leaverEmail]);
  });

  test("right before the call: nobody but the leavers is deleted if delete_by is the user id", async () => {
    const { emulator, workspace } = await open({ emulator: { users: [...leavers, ...outsiders] } });
    const set = { user_id_type: "email", max_deletions_percent: 100, delete_by: "user_id" };
    await applySet(workspace, { ...set, users: leavers.map(({ email = "" }) => email) });
    workspace.write({ ...set, users: [] });
    emulator.steps.add({
      on: "delete-users-batch",
      nth: 1,
      run: (pool) => pool.passId("email", leaverId, heirId),
    });
    check(await workspace.apply(), { code: 0 });
    expect(emulator.pool.list().map(({ userId }) => userId)).toEqual(outsiders.map(({ userId }) => userId));
  });
});
