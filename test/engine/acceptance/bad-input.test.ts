import { describe, expect, test } from "@jest/globals";
import type { UserSetBlock } from "../../support/configuration";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import { check } from "../../support/acceptance/removal-case";

/** The mistake, the block, and Terraform's output: the reason, and the line of the element. */
const badSets: readonly (readonly [string, UserSetBlock, (string | RegExp)[]])[] = [
  ["an empty id", { users: [""] }, ["empty", '16: "": ""']],
  [
    "two e-mails that differ by case",
    { users: ["ada@example.com", "Ada@example.com"], user_id_type: "email" },
    ["The same user twice", '16: "ada@example.com": ""'],
  ],
  [
    "an unknown id type",
    { users: ["ada"], user_id_type: "nickname" },
    ["nickname", "external_id", "user_id_type"],
  ],
  ["a negative guard", { users: ["ada"], max_deletions: -1 }, ["max_deletions must be a whole number"]],
  [
    "an invalid retained id",
    { users: ["ada"], retained_ids: ["bob", ""] },
    ["The id is empty", "retained_ids"],
  ],
];

const badProviders: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ["no calls a second", { requests_per_second: 0 }, "requests_per_second must be"],
  ["half a call at once", { parallelism: 0.5 }, "parallelism must be"],
  ["no time at all", { timeout_seconds: 0 }, "timeout_seconds must be"],
  ["no attempt", { max_attempts: 0 }, "max_attempts must be"],
  ["a protected id type that does not exist", { protected_users: { nickname: ["ada"] } }, "nickname"],
  ["a misspelt type of protected ids", { protected_users: { emails: ["ada@x"] } }, "The closest is email."],
  ["a protected id that cannot be one", { protected_users: { email: ["ada"] } }, "@"],
  [
    "a pattern that would protect nobody",
    { protected_users: { email: ["*@*.example"] } },
    "no pattern that is",
  ],
];

describe.each(engines())("bad input on $name", (engine) => {
  const open = useScenarios(engine);

  test.each(badSets)("is refused before any call: %s", async (_what, set, says) => {
    const { emulator, workspace } = await open();
    workspace.write(set);
    check(await workspace.run("validate"), { code: 1, says });
    expect(emulator.calls).toEqual([]);
  });

  test.each(badProviders)("is refused before any call: %s", async (_what, provider, words) => {
    const { emulator, workspace } = await open();
    workspace.write({ users: ["ada"] }, provider);
    check(await workspace.run("validate"), { code: 1, says: [words] });
    expect(emulator.calls).toEqual([]);
  });
});
