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

const everyEngine = engines().flatMap((engine) =>
  (["genauth_user_set", "null_resource"] as const).map((resourceType) => ({ engine, resourceType })),
);

describe.each(everyEngine)(
  "after a deletion by a $resourceType on $engine.name",
  ({ resourceType, engine }) => {
    const open = useScenarios(engine, resourceType);

    /** Declares four users, and removes two of them in a run with a deletion record. */
    async function removeTwo(): Promise<Scenario> {
      const scenario = await open({ emulator: { users: pool } });
      const { workspace } = scenario;
      workspace.setVariables({ GENAUTH_DELETION_RECORD: join(workspace.folder, "deleted") });
      await applySet(workspace, set(emails));
      workspace.write(set(emails.slice(2)));
      check(await workspace.apply("-backup=before.tfstate"), { code: 0 });
      expect(scenario.emulator.pool.find(ada, "email")).toBeUndefined();
      return scenario;
    }

    test("a reverted commit reports the missing users, and accounts created from the deletion record resolve it", async () => {
      const { emulator, workspace } = await removeTwo();
      await applySet(workspace, set(emails));
      expect(workspace.userSet()?.drift?.missing).toEqual([ada, bob]);

      const record = join(workspace.folder, "deleted");
      check(await restore(emulator, record, ada), { code: 0, says: [`create ${ada}`], neverSays: [bob] });
      expect(emulator.pool.size).toBe(2);
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
      // The null resource only looks users up when the set changes.
      expect(workspace.userSet()?.drift?.missing).toEqual(
        resourceType === "genauth_user_set" ? [bob] : [ada, bob],
      );

      // A person who is hired again is a new user, who is deleted when the id is removed again.
      workspace.write(set(emails.slice(2)));
      const absent = resourceType === "genauth_user_set" ? "Never found" : "Already gone";
      check(await workspace.apply(), { code: 0, says: ["1 user will be permanently deleted", absent] });
      expect(emulator.pool.find(ada, "email")).toBeUndefined();
      expect(emulator.pool.size).toBe(2);
    });

    // The null resource has no bindings, and finds who has gone as above.
    if (resourceType === "genauth_user_set")
      test("a state restored from a backup plans the same removals, finds the users gone, and deletes nobody", async () => {
        const { emulator, workspace } = await removeTwo();
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

    test("a run that cannot write its deletion record deletes nobody", async () => {
      const isProvider = resourceType === "genauth_user_set";
      const { emulator, workspace } = await open({ emulator: { users: pool } });
      const record = join(workspace.folder, "deleted");
      if (!isProvider) workspace.setVariables({ GENAUTH_DELETION_RECORD: record });
      const provider = isProvider ? { deletion_record: record } : {};
      writeFileSync(record, "a file where the folder should be");
      await applySet(workspace, set(emails));
      workspace.write(set(emails.slice(2)), provider);
      check(await workspace.apply(), {
        code: 1,
        says: ["2 of 2 removed users not confirmed gone", `deletion record in ${record} cannot be written`],
      });
      expect(emulator.pool.size).toBe(4);
      expect(workspace.userSet()?.drift?.survivors).toEqual([ada, bob]);
      if (isProvider)
        expect(workspace.userSet()?.removals).toEqual({
          [ada]: "not confirmed gone",
          [bob]: "not confirmed gone",
        });
    });
  },
);
