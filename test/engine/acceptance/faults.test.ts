import { describe, expect, test } from "@jest/globals";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import {
  FAULTS_IN_PROCESS,
  FAULTS_ON_ENGINES,
  survived,
  threeUsers,
} from "../../support/acceptance/fault-cases";
import { describeWithNullResource } from "../../support/acceptance/null-resource-case";
import { check, runRemovalCase } from "../../support/acceptance/removal-case";

const [ada = ""] = survived.users;

describeWithNullResource("under faults", [...FAULTS_ON_ENGINES, ...FAULTS_IN_PROCESS]);

describe.each(engines())("under faults on $name", (engine) => {
  const open = useScenarios(engine);
  test.each(FAULTS_ON_ENGINES)("$title", async (story) => runRemovalCase(await open(story.setup), story));

  test("a wrong key is an error that says what to check, and changes nothing", async () => {
    const { emulator, workspace } = await open(threeUsers.setup);
    workspace.write(threeUsers.before);
    check(await workspace.apply(), { code: 0 });
    const wrong = { access_key_secret: "not-the-secret" };
    workspace.write(threeUsers.after, wrong);
    check(await workspace.plan(), {
      code: 1,
      says: ["Cannot look up the users", "1300", "access key id and secret"],
      neverSays: ["not-the-secret"],
    });
    check(await workspace.apply("-refresh=false"), { code: 1, says: ["not confirmed gone", "1300", ada] });
    expect(workspace.userSet()?.drift).toEqual({ ...survived.drift, locked_out: [] });
    expect(emulator.pool.size).toBe(3);
    workspace.write(threeUsers.after);
    check(await workspace.apply(), { code: 0 });
    expect(emulator.pool.size).toBe(2);
  });
});
