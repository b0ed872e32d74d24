import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import { describeWithNullResource } from "../../support/acceptance/null-resource-case";
import {
  check,
  deletionsReceived,
  type RemovalCase,
  runRemovalCase,
} from "../../support/acceptance/removal-case";

const pool = seedUsers(30);
const ids = pool.map(({ userId }) => userId);
const setup = { emulator: { users: pool } };
const nothingChanged = { state: { users: ids }, gone: [] };

const folder = newFolder();
const protectedUsersFile = join(folder, "protected.json");
writeFileSync(protectedUsersFile, JSON.stringify({ email: [pool[0]?.email] }));

/** Removals that limits stop, or do not: one for each path through the engine. */
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
    // With a null resource, all refusals take one path. That of a wrong pool runs each time.
    nullResource: "long",
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
    check(await scenario.workspace.plan(), {
      code: 1,
      says: ["4 users would be deleted or suspended in this run"],
    });
    // Another provider configuration is another process.
    declare(2, "genauth.b");
    check(await scenario.workspace.plan(), {
      code: 1,
      says: ["4 users would be deleted or suspended in this run"],
    });
    declare(1, "genauth.b");
    check(await scenario.workspace.apply(), { code: 0 });
    expect(deletionsReceived(scenario).flat().sort()).toEqual([ids[0], ids[15]].sort());
  });

  test.each<{ what: string; environment: Record<string, string>; words: string | RegExp }>([
    {
      what: "a host that the operator does not allow",
      environment: { GENAUTH_ALLOWED_HOSTS: "https://api.genauth.ai" },
      words: "GENAUTH_ALLOWED_HOSTS",
    },
    {
      what: "no access key secret",
      environment: { GENAUTH_ACCESS_KEY_SECRET: "" },
      words: /GENAUTH_ACCESS_KEY_SECRET.*in the provider block, access_key_secret/,
    },
  ])("refused before any call: $what", async ({ environment, words }) => {
    const { emulator, workspace } = await open({ ...setup, environment });
    workspace.write({ users: ids });
    check(await workspace.plan(), { code: 1, says: [words], neverSays: [emulator.accessKeySecret] });
    expect(emulator.calls).toEqual([]);
  });
});
