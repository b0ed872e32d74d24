import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import { describeWithNullResource } from "../../support/acceptance/null-resource-case";
import { LIMITED_IN_PROCESS, LIMITED_ON_ENGINES } from "../../support/acceptance/limit-cases";
import { check, deletionsReceived, runRemovalCase } from "../../support/acceptance/removal-case";

const pool = seedUsers(30);
const ids = pool.map(({ userId }) => userId);
const setup = { emulator: { users: pool } };

describeWithNullResource("guards", [...LIMITED_ON_ENGINES, ...LIMITED_IN_PROCESS]);

describe.each(engines())("guards on $name", (engine) => {
  const open = useScenarios(engine);
  test.each(LIMITED_ON_ENGINES)("$title", async (story) => runRemovalCase(await open(story.setup), story));

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
