import { describe, expect, test } from "@jest/globals";
import type { UserSetBlock } from "../../support/configuration";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import { check } from "../../support/acceptance/removal-case";

/** A block that is refused, and what Terraform prints: the reason, and the attribute. */
interface BadSet {
  readonly mistake: string;
  readonly set: UserSetBlock;
  readonly says: readonly string[];
}

const badSets: readonly BadSet[] = [
  { mistake: "an empty id", set: { users: [""] }, says: ["The id is empty", '"users": {'] },
  {
    mistake: "two e-mails that differ by case",
    set: { users: ["ada@example.com", "Ada@example.com"], user_id_type: "email" },
    says: ["The same user twice", '"ada@example.com" and "Ada@example.com"', '"users": {'],
  },
  {
    mistake: "an unknown id type",
    set: { users: ["ada"], user_id_type: "nickname" },
    says: ["nickname", "external_id", "user_id_type"],
  },
  {
    mistake: "a negative limit",
    set: { users: ["ada"], max_deletions: -1 },
    says: ["max_deletions must be a whole number"],
  },
  {
    mistake: "an invalid retained id",
    set: { users: ["ada"], retained_ids: ["bob", ""] },
    says: ["The id is empty", "retained_ids"],
  },
];

/** Users as HCL, whose keys need not be text. A diagnostic that pointed at an entry made the engines crash. */
const otherKeys: readonly { readonly key: string; readonly users: string; readonly says: string }[] = [
  { key: "a number", users: '{ 1001 = "Ada", " 1002" = "Bob" }', says: 'The id " 1002" has blanks' },
  { key: "a bool", users: '{ (true) = "Ada", " 1002" = "Bob" }', says: 'The id " 1002" has blanks' },
  { key: "a control character", users: '{ "10\\u000702" = "Bob" }', says: "contains a control character" },
  { key: "a number with an invalid label", users: '{ 1001 = "A\\u0007" }', says: 'Of "1001": The label' },
  { key: "a number, with a label of null", users: "{ 1001 = null }", says: "The label is null" },
];

/** A whole configuration of a set for each of these. */
const hclWith = (keys: typeof otherKeys): string => `terraform {
  required_providers {
    genauth = { source = "terraform.local/genauth/genauth" }
  }
}
${keys.map(({ users }, index) => `resource "genauth_user_set" "set${index}" {\n  users = ${users}\n}`).join("\n")}
`;

interface BadProvider {
  readonly mistake: string;
  readonly provider: Readonly<Record<string, unknown>>;
  readonly says: string;
}

const badProviders: readonly BadProvider[] = [
  {
    mistake: "no calls a second",
    provider: { requests_per_second: 0 },
    says: "requests_per_second must be",
  },
  { mistake: "half a call at once", provider: { parallelism: 0.5 }, says: "parallelism must be" },
  { mistake: "no time at all", provider: { timeout_seconds: 0 }, says: "timeout_seconds must be" },
  { mistake: "no attempt", provider: { max_attempts: 0 }, says: "max_attempts must be" },
  {
    mistake: "a protected id type that does not exist",
    provider: { protected_users: { nickname: ["ada"] } },
    says: "nickname",
  },
  {
    mistake: "a misspelt type of protected ids",
    provider: { protected_users: { emails: ["ada@x"] } },
    says: "The closest is email.",
  },
  {
    mistake: "a protected id that cannot be one",
    provider: { protected_users: { email: ["ada"] } },
    says: "@",
  },
  {
    mistake: "a pattern that would protect nobody",
    provider: { protected_users: { email: ["*@*.example"] } },
    says: "no pattern that is",
  },
];

describe.each(engines())("bad input on $name", (engine) => {
  const open = useScenarios(engine);

  test("is refused before any call, for each mistake of a set", async () => {
    const { emulator, workspace } = await open();
    workspace.writeConfiguration({
      sets: Object.fromEntries(badSets.map(({ set }, index) => [`set${index}`, set])),
    });
    check(await workspace.run("validate"), { code: 1, says: badSets.flatMap(({ says }) => says) });
    expect(emulator.calls).toEqual([]);
  });

  test.each(["validate", "plan"])("is refused in words by %s if a key is no text", async (command) => {
    const { workspace } = await open();
    workspace.writeFiles({ "main.tf": hclWith(otherKeys) });
    check(await workspace.run(command), {
      code: 1,
      says: otherKeys.map(({ says }) => says),
      neverSays: ["panic"],
    });
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

  test("is refused before any call, for each mistake of a provider block", async () => {
    const { emulator, workspace } = await open();
    const aliases = badProviders.map(({ provider }, index) => ({ alias: `bad${index}`, ...provider }));
    workspace.writeConfiguration({
      sets: Object.fromEntries(
        aliases.map(({ alias }) => [alias, { users: ["ada"], provider: `genauth.${alias}` }]),
      ),
      blocks: { provider: { genauth: aliases } },
    });
    check(await workspace.run("validate"), { code: 1, says: badProviders.map(({ says }) => says) });
    expect(emulator.calls).toEqual([]);
  });
});
