import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import { applySet, check } from "../../support/acceptance/removal-case";

const leavers = seedUsers(3);
/** Users who are not declared. */
const outsiders = seedUsers(3, { prefix: "heir" });
const [leaverId = "", heirId = ""] = [leavers, outsiders].map(([first]) => first?.userId);
const [leaver = ""] = leavers.map(({ email }) => email ?? "");

describe.each(engines())("an e-mail address that passes to another user on $name", (engine) => {
  const open = useScenarios(engine);

  test("right before the call: the deletion hits its new user, the error names the user, and it is recorded", async () => {
    const { emulator, workspace } = await open({ emulator: { users: [...leavers, ...outsiders] } });
    const folder = join(workspace.folder, "record");
    const set = { user_id_type: "email", max_deletions_percent: 100 };
    await applySet(workspace, { ...set, users: leavers.map(({ email = "" }) => email) });
    workspace.write({ ...set, users: [] });
    check(await workspace.plan("-out=plan"), { code: 2 });
    workspace.setVariables({ GENAUTH_DELETION_RECORD: folder });
    emulator.steps.add({
      on: "delete-users-batch",
      nth: 1,
      run: (pool) => pool.passId("email", leaverId, heirId),
    });

    check(await workspace.apply("plan"), {
      code: 1,
      says: [
        "Error: Somebody else was deleted",
        /GenAuth answered success to the call of 20\d\d-\d\d-\d\dT/,
        new RegExp(`one user besides those of this run, most likely the one deleted: ${heirId}\\.`),
      ],
    });
    expect(emulator.pool.find(heirId)).toBeUndefined();
    expect(emulator.pool.find(leaverId)).toBeDefined();
    expect(Object.keys(workspace.userSet()?.users ?? {})).toEqual([leaver]);
    const lines = readdirSync(folder).flatMap((file) =>
      readFileSync(join(folder, file), "utf8").trim().split("\n"),
    );
    expect(lines.map((line) => JSON.parse(line) as object)).toContainEqual(
      expect.objectContaining({
        id: leaver,
        deletedInstead: { of: leaverId, calledAt: expect.any(String), candidates: [heirId] },
      }),
    );
  });
});
