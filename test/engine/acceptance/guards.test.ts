import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../../src/emulator";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import { describeWithNullResource } from "../../support/acceptance/null-resource-case";
import {
  check,
  deletionsReceived,
  runRemovalCase,
  type RemovalCase,
} from "../../support/acceptance/removal-case";

const pool = seedUsers(30);
const ids = pool.map(({ userId }) => userId);
const nothingChanged = { state: { users: ids }, gone: [] };
const setup = { emulator: { users: pool } };

const folder = mkdtempSync(join(tmpdir(), "genauth-limits-"));
const protectedUsersFile = join(folder, "protected.json");
writeFileSync(protectedUsersFile, JSON.stringify({ email: [pool[0]?.email] }));
writeFileSync(join(folder, "broken.json"), "email: me@example.com");
afterAll(() => rmSync(folder, { recursive: true }));

const cases: readonly RemovalCase[] = [
  {
    title: "by number: a plan over max_deletions is refused, with the number and a remedy",
    setup,
    before: { users: ids },
    after: { users: ids.slice(4), max_deletions: 3 },
    plan: {
      code: 1,
      says: ["4 users would be deleted, more than max_deletions (3)", "raise max_deletions to at least 4"],
    },
    ...nothingChanged,
    next: { code: 1 },
    nullResource: "always",
  },
  {
    title: "by number: as many as allowed are deleted",
    setup,
    before: { users: ids },
    after: { users: ids.slice(4), max_deletions: 4 },
    plan: { code: 2, says: ["4 users will be permanently deleted"] },
    apply: { code: 0 },
    deletions: [ids.slice(0, 4)],
    state: { users: ids.slice(4) },
    gone: ids.slice(0, 4),
    nullResource: "long",
  },
  {
    title: "by percentage of the users in the set before",
    setup,
    before: { users: ids },
    after: { users: ids.slice(4), max_deletions_percent: 10 },
    plan: { code: 1, says: ["4 of 30 users would be deleted, more than max_deletions_percent (10)"] },
    ...nothingChanged,
    next: { code: 1 },
    nullResource: "long",
  },
  {
    title: "without a guard, a change that looks like a truncated file is refused",
    setup,
    before: { users: ids },
    after: { users: ids.slice(25) },
    plan: { code: 1, says: ["25 of 30 users would be deleted", "truncated"] },
    ...nothingChanged,
    next: { code: 1 },
    nullResource: "long",
  },
  {
    title: "max_deletions does not permit a change that looks like a truncated file",
    setup,
    before: { users: ids },
    after: { users: ids.slice(25), max_deletions: 30 },
    plan: { code: 1, says: ["25 of 30 users would be deleted", "set max_deletions_percent = 100"] },
    ...nothingChanged,
    next: { code: 1 },
    nullResource: "long",
  },
  {
    title: "a percentage counts only users in the pool",
    setup,
    before: { users: ids },
    meanwhile: ({ emulator }) => ids.slice(20).forEach((id) => emulator.pool.remove(id)),
    after: { users: ids.slice(20), max_deletions: 30 },
    plan: { code: 1, says: ["20 of 20 users would be deleted", "10 of them not in GenAuth"] },
    ...nothingChanged,
    gone: ids.slice(20),
    next: { code: 1 },
    nullResource: { not: "nothing remembers whom the last check did not find" },
  },
  {
    title: "again at apply: deletions that were added since the plan count",
    setup,
    before: { users: ids },
    meanwhile: ({ emulator }) => emulator.pool.remove(ids[0] ?? ""),
    after: { users: ids.slice(2), max_deletions: 1 },
    plan: { code: 2, says: ["1 user will be permanently deleted"] },
    beforeApply: ({ emulator }) => emulator.pool.add({ ...pool[0], userId: ids[0] ?? "" }),
    apply: { code: 1, says: ["2 users would be deleted, more than max_deletions (1)"] },
    ...nothingChanged,
    next: { code: 1 },
    nullResource: {
      run: "long",
      because: "the guards look once, at apply",
      log: { code: 1, says: ["2 users would be deleted, more than max_deletions (1)"] },
    },
  },
  {
    title: "the operator's limit for all sets of a run takes precedence over the configuration",
    setup: { ...setup, environment: { GENAUTH_MAX_DELETIONS: "3" } },
    before: { users: ids },
    after: { users: ids.slice(4), max_deletions: 100 },
    plan: { code: 1, says: ["GENAUTH_MAX_DELETIONS", "4", "3"] },
    ...nothingChanged,
    next: { code: 1 },
    nullResource: "long",
  },
  {
    title: "the operator's protected users are kept by any of their ids, regardless of any set",
    setup: { ...setup, environment: { GENAUTH_PROTECTED_USERS_FILE: protectedUsersFile } },
    before: { users: ids },
    after: { users: ids.slice(2) },
    plan: { code: 2, says: ["1 user will be permanently deleted", "protected"] },
    apply: { code: 0, says: ["protected"] },
    deletions: [ids.slice(1, 2)],
    state: { users: ids.slice(2) },
    gone: ids.slice(1, 2),
    nullResource: "long",
  },
];

describeWithNullResource("guards", cases);

describe.each(engines())("guards on $name", (engine) => {
  const open = useScenarios(engine);
  test.each(cases)("$title", async (story) => runRemovalCase(await open(story.setup), story));

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
