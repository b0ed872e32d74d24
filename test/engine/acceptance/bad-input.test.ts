import { describe, expect, test } from "@jest/globals";
import type { UserSetBlock } from "../../support/configuration";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import { check } from "../../support/acceptance/removal-case";

/** The mistake, the block, and Terraform's output: the reason, and the attribute. */
const badSets: readonly (readonly [string, UserSetBlock, (string | RegExp)[]])[] = [
  ["an empty id", { users: [""] }, ["The id is empty", '"users": {']],
  [
    "two e-mails that differ by case",
    { users: ["ada@example.com", "Ada@example.com"], user_id_type: "email" },
    ["The same user twice", '"ada@example.com" and "Ada@example.com"', '"users": {'],
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

/** Users as HCL, whose keys need not be text. A diagnostic that pointed at an entry made the engines crash. */
const otherKeys: readonly { readonly key: string; readonly users: string; readonly says: string }[] = [
  { key: "a number", users: '{ 1001 = "Ada", " 1002" = "Bob" }', says: 'The id " 1002" has blanks' },
  { key: "a bool", users: '{ (true) = "Ada", " 1002" = "Bob" }', says: 'The id " 1002" has blanks' },
  { key: "a control character", users: '{ "10\\u000702" = "Bob" }', says: "contains a control character" },
  { key: "a number with an invalid label", users: '{ 1001 = "A\\u0007" }', says: 'Of "1001": The label' },
  { key: "a number, with a label of null", users: "{ 1001 = null }", says: "The label is null" },
];

/** A whole configuration of one set. */
const hclWith = (users: string): string => `terraform {
  required_providers {
    genauth = { source = "terraform.local/genauth/genauth" }
  }
}

resource "genauth_user_set" "staff" {
  users = ${users}
}
`;

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

  test.each(otherKeys)("is refused in words if a key is $key", async ({ users, says }) => {
    const { workspace } = await open();
    workspace.writeFiles({ "main.tf": hclWith(users) });
    for (const command of ["validate", "plan"]) {
      const { code, text } = await workspace.run(command);
      expect({ code, isCrash: text.includes("panic") }).toEqual({ code: 1, isCrash: false });
      expect(text.replaceAll(/\s+/g, " ")).toContain(says);
    }
  });

  test("500 ids of another type are one error, with the first 20 and the type that fits", async () => {
    const { workspace } = await open();
    workspace.write({ users: Array.from({ length: 500 }, (_, n) => `user-${n}@example.com`) });
    const { code, text } = await workspace.run("validate");
    expect(code).toBe(1);
    expect(text.match(/Error: /g)).toEqual(["Error: "]);
    expect(text).toContain("500 invalid user ids");
    expect(text.match(/The id "user-/g)).toHaveLength(20);
    expect(text).toContain("and 480 more like these");
    expect(text.replaceAll(/\s+/g, " ")).toContain('Did you mean user_id_type = "email"?');
  });

  test.each(badProviders)("is refused before any call: %s", async (_what, provider, words) => {
    const { emulator, workspace } = await open();
    workspace.write({ users: ["ada"] }, provider);
    check(await workspace.run("validate"), { code: 1, says: [words] });
    expect(emulator.calls).toEqual([]);
  });
});
