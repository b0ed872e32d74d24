import { describe, expect, test } from "@jest/globals";
import { wordsOf } from "../../../src/caller";

/** The same texts in each language, as a stack would contain them. */
const TEXTS = [
  [
    "TypeScript",
    undefined,
    [
      "maxDeletionsPercent",
      "allowEmpty: true",
      'id: "email"',
      "Users.fromFile",
      "DeleteBy.DECLARED_ID",
      'Users.fromFile("staff.csv", { id: "email" })',
      "Users.fromIds([])",
      'Users.fromMap({ "…": "…" })',
      "Users.fromMap({})",
      'new GenAuthProvider(this, "genauth")',
      "null",
    ],
  ],
  [
    "Python",
    "Python/3.11.7",
    [
      "max_deletions_percent",
      "allow_empty=True",
      'id="email"',
      "Users.from_file",
      "DeleteBy.DECLARED_ID",
      'Users.from_file("staff.csv", id="email")',
      "Users.from_ids([])",
      'Users.from_map({"…": "…"})',
      "Users.from_map({})",
      'GenAuthProvider(self, "genauth")',
      "None",
    ],
  ],
  [
    "Go",
    "go1.26.8/linux/amd64",
    [
      "MaxDeletionsPercent",
      "AllowEmpty: jsii.Bool(true)",
      'Id: jsii.String("email")',
      "Users_FromFile",
      "DeleteBy_DECLARED_ID",
      'Users_FromFile(jsii.String("staff.csv"), &UserFileOptions{Id: jsii.String("email")})',
      "Users_FromIds(jsii.Strings())",
      'Users_FromMap(&map[string]*string{"…": jsii.String("…")})',
      "Users_FromMap(&map[string]*string{})",
      'genauth.NewGenAuthProvider(stack, jsii.String("genauth"), nil)',
      "nil",
    ],
  ],
] as const;

describe("the words of the caller's language", () => {
  test.each(TEXTS)("%s", (_language, agent, texts) => {
    const words = wordsOf(agent);
    expect([
      words.property("maxDeletionsPercent"),
      words.setting("allowEmpty", true),
      words.setting("id", "email"),
      words.member("Users.fromFile"),
      words.member("DeleteBy.DECLARED_ID"),
      words.call("Users.fromFile", '"staff.csv"', [words.setting("id", "email")]),
      words.call("Users.fromIds", words.list()),
      words.call("Users.fromMap", words.map({ "…": "…" })),
      words.call("Users.fromMap", words.map({})),
      words.construct("GenAuthProvider", "genauth"),
      words.nothing,
    ]).toEqual(texts);
  });

  test("those of TypeScript for a language without a package", () => {
    expect(wordsOf("Java/17.0.15")).toBe(wordsOf(undefined));
  });
});
