import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { type Scenario, useScenarios } from "../../support/scenario";
import {
  describeLongWithNullResource,
  withoutLogPrefixes,
} from "../../support/acceptance/null-resource-case";
import { applySet, check, deletionsReceived } from "../../support/acceptance/removal-case";

const pool = seedUsers(30);
const setup = { emulator: { users: pool } };
const everybody = pool.map(({ userId }) => userId);
const [ada = "", bob = ""] = everybody;
const adaEmail = pool[0]?.email ?? "";
const allButAdaAndBob = everybody.slice(2);
const allButBob = [ada, ...allButAdaAndBob];

/** The ids of the set in the state. */
const managedUsers = ({ workspace }: Scenario): string[] =>
  Object.keys(workspace.userSet()?.users ?? {}).sort();

/** The ids of all who have an account. */
const existingUsers = ({ emulator }: Scenario): string[] =>
  emulator.pool
    .list()
    .map(({ userId }) => userId)
    .sort();

/** No call that deletes was sent, all thirty have an account, and the set still holds them. */
function expectNothingDeleted(scenario: Scenario): void {
  expect(deletionsReceived(scenario)).toEqual([]);
  expect(existingUsers(scenario)).toEqual(everybody);
  expect(managedUsers(scenario)).toEqual(everybody);
}

/** Ada is protected by her e-mail address, while the sets here declare user ids. @returns variables of a run */
function protectingAda(): Record<string, string> {
  const file = join(newFolder(), "protected.json");
  writeFileSync(file, JSON.stringify({ email: [adaEmail] }));
  return { GENAUTH_PROTECTED_USERS_FILE: file };
}

/** What a refusal says of four leavers, where `max_deletions` is three. */
const FOUR_ARE_TOO_MANY = [
  "4 users would be deleted, more than max_deletions (3)",
  "Nobody was deleted. If all of them should be deleted, raise max_deletions to at least 4",
];

const BOB_GOES = `Apply permanently deletes these users. This cannot be undone: ${bob} (in GenAuth: User 002)`;
const ADA_IS_KEPT = `Kept because the user is protected. ${ada} (by email ${adaEmail})`;

describe.each(engines())("what stops a deletion on $name", (engine) => {
  const open = useScenarios(engine);

  test("a plan that deletes more users than max_deletions is refused, with the number and a remedy", async () => {
    const scenario = await open(setup);
    const { workspace } = scenario;
    await applySet(workspace, { users: everybody });
    workspace.write({ users: everybody.slice(4), max_deletions: 3 });
    check(await workspace.plan(), { code: 1, says: FOUR_ARE_TOO_MANY });
    expectNothingDeleted(scenario);
  });

  test("an apply is refused if more users would be deleted than max_deletions, though its plan deleted fewer", async () => {
    const scenario = await open(setup);
    const { workspace, emulator } = scenario;
    await applySet(workspace, { users: everybody });
    workspace.write({ users: allButAdaAndBob, max_deletions: 1 });

    // At plan, Ada is not in the pool, so only Bob counts. At apply, she is there again.
    emulator.pool.remove(ada);
    check(await workspace.plan("-out=plan"), { code: 2, says: [BOB_GOES] });
    emulator.pool.add(...pool.slice(0, 1));
    const refused = { code: 1, says: ["2 users would be deleted, more than max_deletions (1)"] };
    check(await workspace.apply("plan"), refused);
    expectNothingDeleted(scenario);
    check(await workspace.plan(), refused);
  });

  test("a user whom the operator protects by another id is kept, and the others are deleted", async () => {
    const scenario = await open({ ...setup, environment: protectingAda() });
    const { workspace } = scenario;
    await applySet(workspace, { users: everybody });
    workspace.write({ users: allButAdaAndBob });
    check(await workspace.plan("-out=plan"), { code: 2, says: [BOB_GOES, ADA_IS_KEPT] });
    check(await workspace.apply("plan"), { code: 0, says: [ADA_IS_KEPT] });
    expect(deletionsReceived(scenario)).toEqual([[bob]]);
    expect(existingUsers(scenario)).toEqual(allButBob);
    expect(managedUsers(scenario)).toEqual(allButAdaAndBob);
    check(await workspace.plan(), { code: 0, says: ["No changes"] });
  });

  describe("the operator's limit of three deletions in a run", () => {
    const environment = { GENAUTH_MAX_DELETIONS: "3" };
    const FOUR_IN_A_RUN = "4 users would be deleted or suspended in this run, which allows 3";

    /** Two sets, of 15 users each, of which some have left; the second one of a provider configuration. */
    const declareTwoSets = ({ workspace }: Scenario, leaversOfEach: number, provider: string): void =>
      workspace.writeConfiguration({
        sets: {
          red: { users: everybody.slice(leaversOfEach, 15) },
          blue: { users: everybody.slice(15 + leaversOfEach), provider },
        },
        blocks: { provider: { genauth: [{}, { alias: "other" }] } },
      });

    test("refuses a plan whose two sets together delete four", async () => {
      const scenario = await open({ ...setup, environment });
      declareTwoSets(scenario, 0, "genauth");
      check(await scenario.workspace.apply(), { code: 0 });
      declareTwoSets(scenario, 2, "genauth");
      check(await scenario.workspace.plan(), { code: 1, says: [FOUR_IN_A_RUN] });
    });

    // Each provider configuration is a process of its own.
    test("counts the sets of two provider configurations together, and lets two deletions go", async () => {
      const scenario = await open({ ...setup, environment });
      declareTwoSets(scenario, 0, "genauth.other");
      check(await scenario.workspace.apply(), { code: 0 });
      declareTwoSets(scenario, 2, "genauth.other");
      check(await scenario.workspace.plan(), { code: 1, says: [FOUR_IN_A_RUN] });
      expect(deletionsReceived(scenario)).toEqual([]);

      declareTwoSets(scenario, 1, "genauth.other");
      check(await scenario.workspace.apply(), { code: 0 });
      expect(deletionsReceived(scenario).sort()).toEqual([[everybody[0]], [everybody[15]]]);
    });
  });

  test("a host that the operator does not allow is refused before any call", async () => {
    const environment = { GENAUTH_ALLOWED_HOSTS: "https://api.genauth.ai" };
    const { emulator, workspace } = await open({ ...setup, environment });
    workspace.write({ users: everybody });
    check(await workspace.plan(), {
      code: 1,
      says: [`This pipeline's GENAUTH_ALLOWED_HOSTS does not list ${emulator.url}.`],
      neverSays: [emulator.accessKeySecret],
    });
    expect(emulator.calls).toEqual([]);
  });

  test("a run without an access key secret is refused before any call, with where to set it", async () => {
    const { emulator, workspace } = await open({ ...setup, environment: { GENAUTH_ACCESS_KEY_SECRET: "" } });
    workspace.write({ users: everybody });
    check(await workspace.plan(), {
      code: 1,
      says: ["Set GENAUTH_ACCESS_KEY_SECRET, or, in the provider block, access_key_secret."],
      neverSays: [emulator.accessKeySecret],
    });
    expect(emulator.calls).toEqual([]);
  });
});

// A null resource's plan looks nobody up, so these count at apply only. kept.test.ts runs a refusal of this kind each time.
describeLongWithNullResource("what stops a deletion", (open) => {
  const PLANNED = { code: 2, says: ["must be replaced"], neverSays: ["(local-exec)"] };

  test("an apply that would delete more users than max_deletions is refused, with the number and a remedy", async () => {
    const scenario = await open(setup);
    const { workspace, emulator } = scenario;
    await applySet(workspace, { users: everybody });
    workspace.write({ users: everybody.slice(4), max_deletions: 3 });
    check(await workspace.plan("-out=plan"), PLANNED);
    expect(emulator.calls).toEqual([]);
    check(withoutLogPrefixes(await workspace.apply("plan")), { code: 1, says: FOUR_ARE_TOO_MANY });
    expectNothingDeleted(scenario);
    expect(workspace.userSet()?.drift).toBeNull();
    check(await workspace.plan(), PLANNED);
  });

  test("a user whom the operator protects by another id is kept, and the others are deleted", async () => {
    const scenario = await open({ ...setup, environment: protectingAda() });
    const { workspace, emulator } = scenario;
    await applySet(workspace, { users: everybody });
    workspace.write({ users: allButAdaAndBob });
    check(await workspace.plan("-out=plan"), PLANNED);
    expect(emulator.calls).toEqual([]);
    check(withoutLogPrefixes(await workspace.apply("plan")), {
      code: 0,
      says: [BOB_GOES, ADA_IS_KEPT],
    });
    expect(deletionsReceived(scenario)).toEqual([[bob]]);
    expect(existingUsers(scenario)).toEqual(allButBob);
    expect(managedUsers(scenario)).toEqual(allButAdaAndBob);
    check(await workspace.plan(), { code: 0, says: ["No changes"] });
  });
});
