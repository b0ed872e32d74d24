import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { applySet, check, deletionsReceived } from "../../support/acceptance/removal-case";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";

const pool = seedUsers(210);
const emails = pool.map(({ email }) => email ?? "");
const leavers = emails.slice(0, 200);
const email = { user_id_type: "email", max_deletions_percent: 100 };

describe.each(engines())(
  "200 users lose their protection between plan and apply on $name $version",
  (engine) => {
    const open = useScenarios(engine);

    test("the engine refuses the apply, nobody is deleted, and no warning says that somebody will be", async () => {
      const scenario = await open({ emulator: { users: pool } });
      const { workspace } = scenario;
      const file = join(workspace.folder, "protected.json");
      writeFileSync(file, JSON.stringify({ email: leavers }));
      await applySet(workspace, { ...email, users: emails });
      workspace.setVariables({ GENAUTH_PROTECTED_USERS_FILE: file });
      workspace.write({ ...email, users: emails.slice(leavers.length) });
      check(await workspace.plan("-out=plan"), {
        code: 2,
        says: ["200 users will leave the set but not GenAuth"],
      });
      writeFileSync(file, JSON.stringify({}));
      check(await workspace.apply("plan"), {
        code: 1,
        says: ["inconsistent final plan"],
        neverSays: ["Warning"],
      });
      expect(deletionsReceived(scenario)).toEqual([]);
      expect(Object.keys(workspace.userSet()?.users ?? {})).toHaveLength(emails.length);
    });
  },
);
