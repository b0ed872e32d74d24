import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import { describeWithNullResource } from "../../support/acceptance/null-resource-case";
import { LIMITED_IN_PROCESS, LIMITED_ON_ENGINES } from "../../support/acceptance/limit-cases";
import { check, deletionsReceived, runRemovalCase } from "../../support/acceptance/removal-case";

const pool = seedUsers(30);
const ids = pool.map(({ userId }) => userId);
const setup = { emulator: { users: pool } };

const folder = mkdtempSync(join(tmpdir(), "genauth-limits-"));
writeFileSync(join(folder, "broken.json"), "email: me@example.com");
afterAll(() => rmSync(folder, { recursive: true }));

describeWithNullResource("guards", [...LIMITED_ON_ENGINES, ...LIMITED_IN_PROCESS]);

describe.each(engines())("guards on $name", (engine) => {
  const open = useScenarios(engine);
  test.each(LIMITED_ON_ENGINES)("$title", async (story) => runRemovalCase(await open(story.setup), story));

  test("the default of 500 stops the 501st deletion", async () => {
    const many = seedUsers(1001).map(({ userId }) => userId);
    const scenario = await open({ emulator: { users: seedUsers(1001) } });
    scenario.workspace.write({ users: many });
    expect(await scenario.workspace.apply()).toMatchObject({ code: 0 });
    scenario.workspace.write({ users: many.slice(501) });
    check(await scenario.workspace.plan(), {
      code: 1,
      says: ["501 users would be deleted, more than max_deletions (500)"],
    });
    scenario.workspace.write({ users: many.slice(500) });
    check(await scenario.workspace.plan(), {
      code: 2,
      says: ["500 users will be permanently deleted from GenAuth in 10 calls"],
    });
  });

  test("the operator's limit applies to all sets of one run together", async () => {
    const scenario = await open({ ...setup, environment: { GENAUTH_MAX_DELETIONS: "3" } });
    const declare = (leavers: number, provider = "genauth"): void =>
      scenario.workspace.writeConfiguration({
        sets: { one: { users: ids.slice(leavers, 15) }, two: { users: ids.slice(15 + leavers), provider } },
        blocks: { provider: { genauth: [{}, { alias: "b" }] } },
      });
    declare(0);
    check(await scenario.workspace.apply(), { code: 0 });
    declare(2);
    check(await scenario.workspace.plan(), { code: 1, says: ["would delete 4 users together"] });
    // Another provider configuration is another process.
    declare(2, "genauth.b");
    check(await scenario.workspace.plan(), { code: 1, says: ["would delete 4 users together"] });
    declare(1, "genauth.b");
    check(await scenario.workspace.apply(), { code: 0 });
    expect(deletionsReceived(scenario).flat().sort()).toEqual([ids[0], ids[15]].sort());
  });

  test.each([
    [
      "a host that the operator does not allow",
      { GENAUTH_ALLOWED_HOSTS: "https://api.genauth.ai" },
      "GENAUTH_ALLOWED_HOSTS",
    ],
    ["a limit that is no number", { GENAUTH_MAX_DELETIONS: "few" }, "GENAUTH_MAX_DELETIONS"],
    [
      "a file of protected users that cannot be read",
      { GENAUTH_PROTECTED_USERS_FILE: join(folder, "broken.json") },
      "GENAUTH_PROTECTED_USERS_FILE",
    ],
    [
      "a file of protected users that is not there",
      { GENAUTH_PROTECTED_USERS_FILE: join(folder, "absent.json") },
      "GENAUTH_PROTECTED_USERS_FILE",
    ],
    ["plain http beyond loopback", { GENAUTH_HOST: "http://genauth.example" }, "https"],
    [
      "no access key id",
      { GENAUTH_ACCESS_KEY_ID: "" },
      /GENAUTH_ACCESS_KEY_ID.*access_key_id in the provider block/,
    ],
    [
      "no access key secret",
      { GENAUTH_ACCESS_KEY_SECRET: "" },
      /GENAUTH_ACCESS_KEY_SECRET.*access_key_secret in the provider block/,
    ],
  ])("refused before any call: %s", async (_what, environment, words) => {
    const { emulator, workspace } = await open({ ...setup, environment });
    workspace.write({ users: ids });
    check(await workspace.plan(), { code: 1, says: [words], neverSays: [emulator.accessKeySecret] });
    expect(emulator.calls).toEqual([]);
  });
});
