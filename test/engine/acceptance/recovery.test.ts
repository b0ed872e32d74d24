import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { useScenarios, type Scenario } from "../../support/scenario";
import { applySet, check } from "../../support/acceptance/removal-case";
import { consent, restore } from "../../support/service/restore";

const pool = seedUsers(4).map((user, number) => ({ ...user, customData: { badge: number } }));
const emails = pool.map(({ email }) => email ?? "");
const [ada = "", bob = ""] = emails;
const set = (users: readonly string[]) => ({ users, user_id_type: "email" });

/** Opens a scenario of a resource type. */
type Open = ReturnType<typeof useScenarios>;

/** Declares four users, and removes two of them in a run with a deletion record. */
async function removeTwo(open: Open): Promise<Scenario> {
  const scenario = await open({ emulator: { users: pool } });
  const { workspace } = scenario;
  workspace.setVariables({ GENAUTH_DELETION_RECORD: join(workspace.folder, "deleted") });
  await applySet(workspace, set(emails));
  workspace.write(set(emails.slice(2)));
  check(await workspace.apply("-backup=before.tfstate"), { code: 0 });
  expect(scenario.emulator.pool.find(ada, "email")).toBeUndefined();
  return scenario;
}

/** What each resource type shows once an account was created anew for Ada, and none for Bob. */
const REHIRED = [
  { resourceType: "genauth_user_set", missing: [bob], absent: "Never found" },
  // It looks users up only when the set changes, so it still reports Ada; and it has no bindings.
  { resourceType: "null_resource", missing: [ada, bob], absent: "Already gone" },
] as const;

describe.each(engines().flatMap((engine) => REHIRED.map((shown) => ({ engine, ...shown }))))(
  "after a deletion by a $resourceType on $engine.name",
  ({ engine, resourceType, missing, absent }) => {
    const open = useScenarios(engine, resourceType);

    test("a reverted commit reports the missing users, and the deletion record gives them new accounts", async () => {
      const { emulator, workspace } = await removeTwo(open);
      await applySet(workspace, set(emails));
      expect(workspace.userSet()?.drift?.missing).toEqual([ada, bob]);

      const record = join(workspace.folder, "deleted");
      check(await restore(emulator, record, ada, ...consent(emulator)), {
        code: 0,
        says: [`${ada} created as `],
        neverSays: [bob],
      });
      const [former] = pool;
      const recreated = emulator.pool.find(ada, "email");
      expect(recreated).toEqual({
        ...former,
        userId: recreated?.userId,
        createdAt: recreated?.createdAt,
        identities: former?.identities,
      });
      expect(recreated?.userId).not.toBe(former?.userId);

      check(await workspace.apply(), { code: 0 });
      expect(workspace.userSet()?.drift?.missing).toEqual(missing);

      // A person who is hired again is a new user, who is deleted when the id is removed again.
      workspace.write(set(emails.slice(2)));
      check(await workspace.apply(), { code: 0, says: ["1 user will be permanently deleted", absent] });
      expect(emulator.pool.find(ada, "email")).toBeUndefined();
      expect(emulator.pool.size).toBe(2);
    });
  },
);

describe.each(engines())("a genauth_user_set on $name", (engine) => {
  const open = useScenarios(engine);

  test("with a state from a backup plans the same removals, finds the users gone, and deletes nobody", async () => {
    const { emulator, workspace } = await removeTwo(open);
    // A new account has got Ada's address.
    emulator.pool.add({ userId: "ffffffffffffffffffffffff", email: ada });
    const restored = join(workspace.folder, "terraform.tfstate");
    copyFileSync(join(workspace.folder, "before.tfstate"), restored);
    check(await workspace.apply(), {
      code: 0,
      says: ["Already gone", bob, "somebody else"],
      neverSays: ["permanently deleted"],
    });
    expect(Object.keys(workspace.userSet()?.users ?? {})).toEqual(emails.slice(2));
    expect(emulator.pool.list().map(({ email }) => email)).toEqual([...emails.slice(2), ada]);
    check(await workspace.plan(), { code: 0 });
  });

  test("whose provider cannot write its deletion record loses nobody", async () => {
    const { emulator, workspace } = await open({ emulator: { users: pool } });
    const record = join(workspace.folder, "deleted");
    writeFileSync(record, "a file where the folder should be");
    await applySet(workspace, set(emails));
    workspace.write(set(emails.slice(2)), { deletion_record: record });
    check(await workspace.apply(), {
      code: 1,
      says: ["2 of 2 removed users not confirmed gone", `deletion record in ${record} cannot be written`],
    });
    expect(emulator.pool.size).toBe(4);
    expect(workspace.userSet()?.drift?.survivors).toEqual([ada, bob]);
    expect(workspace.userSet()?.removals).toEqual({
      [ada]: "not confirmed gone",
      [bob]: "not confirmed gone",
    });
  });
});
