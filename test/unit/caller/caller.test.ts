import { describe, expect, test } from "@jest/globals";
import { wordsOf } from "../../../src/caller";

/** The same texts in each language, as a stack would contain them. */
const LANGUAGES = [
  {
    language: "TypeScript",
    agent: undefined,
    words: {
      property: "maxDeletionsPercent",
      flag: "allowEmpty: true",
      text: 'id: "email"',
      member: "Users.fromFile",
      constant: "DeleteBy.DECLARED_ID",
      call: 'Users.fromFile("staff.csv", { id: "email" })',
      emptyList: "Users.fromIds([])",
      map: 'Users.fromMap({ "…": "…" })',
      emptyMap: "Users.fromMap({})",
      construct: 'new GenAuthProvider(this, "genauth")',
      nothing: "null",
    },
  },
  {
    language: "Python",
    agent: "Python/3.11.7",
    words: {
      property: "max_deletions_percent",
      flag: "allow_empty=True",
      text: 'id="email"',
      member: "Users.from_file",
      constant: "DeleteBy.DECLARED_ID",
      call: 'Users.from_file("staff.csv", id="email")',
      emptyList: "Users.from_ids([])",
      map: 'Users.from_map({"…": "…"})',
      emptyMap: "Users.from_map({})",
      construct: 'GenAuthProvider(self, "genauth")',
      nothing: "None",
    },
  },
  {
    language: "Go",
    agent: "go1.26.8/linux/amd64",
    words: {
      property: "MaxDeletionsPercent",
      flag: "AllowEmpty: jsii.Bool(true)",
      text: 'Id: jsii.String("email")',
      member: "Users_FromFile",
      constant: "DeleteBy_DECLARED_ID",
      call: 'Users_FromFile(jsii.String("staff.csv"), &UserFileOptions{Id: jsii.String("email")})',
      emptyList: "Users_FromIds(jsii.Strings())",
      map: 'Users_FromMap(&map[string]*string{"…": jsii.String("…")})',
      emptyMap: "Users_FromMap(&map[string]*string{})",
      construct: 'genauth.NewGenAuthProvider(stack, jsii.String("genauth"), nil)',
      nothing: "nil",
    },
  },
];

describe("the words of the caller's language", () => {
  test.each(LANGUAGES)("are those of $language", ({ agent, words: expected }) => {
    const words = wordsOf(agent);
    expect({
      property: words.property("maxDeletionsPercent"),
      flag: words.setting("allowEmpty", true),
      text: words.setting("id", "email"),
      member: words.member("Users.fromFile"),
      constant: words.member("DeleteBy.DECLARED_ID"),
      call: words.call("Users.fromFile", '"staff.csv"', [words.setting("id", "email")]),
      emptyList: words.call("Users.fromIds", words.list()),
      map: words.call("Users.fromMap", words.map({ "…": "…" })),
      emptyMap: words.call("Users.fromMap", words.map({})),
      construct: words.construct("GenAuthProvider", "genauth"),
      nothing: words.nothing,
    }).toEqual(expected);
  });

  test("are those of TypeScript for a language without a package", () => {
    expect(wordsOf("Java/17.0.15")).toBe(wordsOf(undefined));
  });
});
