import { beforeAll, describe, expect, test } from "@jest/globals";
import { Fn, TerraformIterator, TerraformLocal, TerraformStack, TerraformVariable, Token } from "cdktf";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { newFolder } from "../../support/at-end";
import {
  DataGenauthUsers,
  GenAuthProvider,
  ManagedUserSet,
  type ManagedUserSetProps,
  UserIdType,
  Users,
} from "../../../src";
import { declareSet } from "../../support/constructs/stack";
import { scratchApps } from "../../support/constructs/scratch";

const newApp = scratchApps();

/** The properties of a set, of the id type `USER_ID` if they name none. */
type Declared = Omit<ManagedUserSetProps, "userIdType"> & { readonly userIdType?: UserIdType };

/** The error of CDKTF at synth; "" if there is none. @param change made to the set after its constructor */
function problemsOf(
  props: (stack: TerraformStack) => Declared,
  change: (set: ManagedUserSet) => void = () => undefined,
): string {
  const stack = new TerraformStack(newApp(), "stack");
  new GenAuthProvider(stack, "genauth");
  change(new ManagedUserSet(stack, "staff", { userIdType: UserIdType.USER_ID, ...props(stack) }));
  try {
    stack.runAllValidations();
    return "";
  } catch (error) {
    return String(error);
  }
}

describe("a set is refused at synth for", () => {
  const users = Users.fromIds(["a"]);
  const EMAIL = { userIdType: UserIdType.EMAIL };

  test.each<{ readonly what: string; readonly props: Declared; readonly says: RegExp }>([
    {
      what: "a negative maxDeletions",
      props: { users, maxDeletions: -1 },
      says: /maxDeletions is -1\. Set a whole number/,
    },
    { what: "a fractional maxDeletions", props: { users, maxDeletions: 1.5 }, says: /maxDeletions is 1\.5/ },
    {
      what: "an infinite maxDeletions",
      props: { users, maxDeletions: Infinity },
      says: /maxDeletions is Infinity/,
    },
    {
      what: "a maxDeletionsPercent above 100",
      props: { users, maxDeletionsPercent: 101 },
      says: /maxDeletionsPercent is 101\. Set a number from 0 to 100/,
    },
    {
      what: "a maxDeletionsPercent below 0",
      props: { users, maxDeletionsPercent: -0.1 },
      says: /maxDeletionsPercent is -0\.1/,
    },
    {
      what: "a maxDeletionsPercent that is no number",
      props: { users, maxDeletionsPercent: NaN },
      says: /maxDeletionsPercent is NaN/,
    },
    { what: "an empty id", props: { users: Users.fromIds([""]) }, says: /The id is empty/ },
    {
      what: "an id that begins with a blank",
      props: { users: Users.fromIds([" a"]) },
      says: /The id " a" has blanks around it/,
    },
    {
      what: "a control character in an id",
      props: { users: Users.fromIds(["a\u0007"]) },
      says: /The id "a\\u\{7\}" contains a control character/,
    },
    {
      what: "a line break in a label",
      props: { users: Users.fromMap({ a: "A\nB" }) },
      says: /The label "A\\u\{a\}B" contains a control/,
    },
    {
      what: "an id that is no e-mail address, though its type is",
      props: { users, ...EMAIL },
      says: /The id "a" is not an e-mail address/,
    },
    {
      what: "an identity without its identity source",
      props: { users, userIdType: UserIdType.IDENTITY },
      says: /must have the form <extIdpId>:<userIdInIdp>/,
    },
    {
      what: "an id that is there twice",
      props: { users: Users.fromIds(["a", "b", "a"]) },
      says: /"a" is declared already\. Keep one of the two/,
    },
    {
      what: "an e-mail address in two spellings",
      props: { users: Users.fromIds(["Bo@x", "bo@x"]), ...EMAIL },
      says: /"bo@x" names the same user as "Bo@x"\. Keep one of the two/,
    },
    {
      what: "a phone number with blanks and hyphens",
      props: { users: Users.fromIds(["+86 138-0000-0001"]), userIdType: UserIdType.PHONE },
      says: /The id "\+86 138-0000-0001" is a phone number with blanks or punctuation: write \+8613800000001/,
    },
    {
      what: "an e-mail address as a system user id",
      props: { users: Users.fromIds(["a@x"]) },
      says: /check the type of the ids/,
    },
    { what: "a blank in a system user id", props: { users: Users.fromIds(["a b"]) }, says: /The id "a b"/ },
    {
      what: "a misspelt deleteBy",
      props: { users, deleteBy: "userid" as never },
      says: /deleteBy is "userid"\. Set one of declared_id, user_id\. The closest is user_id/,
    },
    {
      what: "an empty id among those that are retained",
      props: { users, retainedIds: [""] },
      says: /retainedIds: The id is empty/,
    },
  ])("$what", ({ props, says }) => {
    const problems = problemsOf(() => props);
    expect(problems).toMatch(says);
    expect(problems).toContain("[stack/staff]");
  });

  test("many problems, and the first twenty are listed", () => {
    const problems = problemsOf(() => ({
      users: Users.fromIds(Array.from({ length: 30 }, (_, n) => ` ${n}`)),
    }));

    expect(problems.match(/blanks around it/g)).toHaveLength(20);
    expect(problems).toContain("… and 10 more problems like these.");
  });

  test("ids that all look like another type, which is named", () => {
    const emails = Array.from({ length: 30 }, (_, n) => `ada${n}@example.com`);
    const problems = problemsOf(() => ({ users: Users.fromIds(emails), userIdType: UserIdType.PHONE }));

    expect(problems).toContain("… and 10 more problems like these.");
    expect(problems).toContain("Did you mean UserIdType.EMAIL as userIdType?");
  });
});

test("a stack without a provider is told how to add one, where CDKTF's own error names another", () => {
  const stack = new TerraformStack(newApp(), "stack");
  declareSet(stack, "staff", ["a"]);
  const synth = () => {
    stack.runAllValidations();
  };
  const advice = 'The stack has no GenAuthProvider. Add one to it: new GenAuthProvider(this, "genauth").';

  expect(synth).toThrow("new RandomProvider(...)");
  expect(synth).toThrow(advice);

  new GenAuthProvider(stack, "genauth");
  expect(synth).not.toThrow();
});

describe("a set is refused for what it holds when it is written", () => {
  const written = (change: (set: ManagedUserSet) => void): string =>
    problemsOf(() => ({ users: Users.fromIds(["a"]) }), change);

  test.each<{ readonly attribute: string; readonly value: unknown; readonly says: RegExp }>([
    { attribute: "users", value: { "$${x} y": "" }, says: /The id "\$\{x\} y" is not a user_id/ },
    { attribute: "user_id_type", value: "mail", says: /userIdType is "mail"\. .* The closest is email/ },
    { attribute: "user_id_type", value: "email", says: /The id "a" is not an e-mail address/ },
    { attribute: "max_deletions", value: -1, says: /maxDeletions is -1/ },
    { attribute: "max_deletions_percent", value: 200, says: /maxDeletionsPercent is 200/ },
    { attribute: "suspend_days", value: 1000, says: /suspendDays is 1000/ },
    { attribute: "retained_ids", value: [""], says: /retainedIds: The id is empty/ },
    { attribute: "delete_by", value: "email", says: /deleteBy is "email"/ },
  ])("an override that sets $attribute to $value", ({ attribute, value, says }) => {
    expect(
      written(({ resource }) => {
        resource.addOverride(attribute, value);
      }),
    ).toMatch(says);
  });

  test("a limit that an aspect or the resource sets", () => {
    expect(
      written(({ resource }) => {
        resource.maxDeletions = -5;
      }),
    ).toMatch(/maxDeletions is -5/);
  });

  test("an aspect may mend what the constructor was given", () => {
    expect(
      written(({ resource }) => {
        resource.users = { "a@x": "" };
        resource.userIdType = "email";
      }),
    ).toBe("");
  });
});

describe("a set whose ids come from data.genauth_users is refused", () => {
  const people = (stack: TerraformStack) => new DataGenauthUsers(stack, "people", {});
  const REFUSED = /The ids of this set come from data\.genauth_users\.people.*cdktf-genauth export/s;

  test.each<[string, (stack: TerraformStack) => Declared]>([
    ["as a map", (stack) => ({ users: Users.fromMap(Token.asStringMap(people(stack).users)) })],
    ["as a list", (stack) => ({ users: Users.fromIds(people(stack).ids) })],
    ["as one id", (stack) => ({ users: Users.fromIds([Fn.element(people(stack).ids, 0) as string]) })],
    [
      "through a local",
      (stack) => ({
        users: Users.fromIds(new TerraformLocal(stack, "ids", people(stack).ids).asList),
      }),
    ],
    [
      "through the items of an iterator",
      (stack) => {
        const forEach = TerraformIterator.fromMap(people(stack).users);
        return { forEach, users: Users.fromIds([forEach.key]) };
      },
    ],
  ])("%s", (_, props) => {
    expect(problemsOf(props)).toMatch(REFUSED);
  });

  test("but labels and retained ids may", () => {
    const props = (stack: TerraformStack): Declared => {
      const { ids } = people(stack);
      return { users: Users.fromMap({ a: Fn.element(ids, 0) as string }), retainedIds: ids };
    };
    expect(problemsOf(props)).toBe("");
  });
});

describe("a set from a file is refused with file and line for", () => {
  let folder: string;

  beforeAll(() => void (folder = newFolder()));

  test.each<{
    readonly what: string;
    readonly file: string;
    readonly content: string;
    readonly says: RegExp;
  }>([
    {
      what: "an id that is there twice",
      file: "staff.csv",
      content: "id\na@x\nb@x\na@x\n",
      says: /staff\.csv, line 4: "a@x" is declared already \(.*staff\.csv, line 2\)/,
    },
    {
      what: "two ids that name one user",
      file: "staff.csv",
      content: "id\nb@x\na@x\nA@X\n",
      says: /staff\.csv, line 4: "A@X" names the same user as "a@x" \(.*staff\.csv, line 3\)/,
    },
    {
      what: "an empty id",
      file: "staff.csv",
      content: "id,label\na@x,Ada\n,Bo\n",
      says: /staff\.csv, line 3: The id is empty/,
    },
    {
      what: "a label that changes the direction of text",
      file: "staff.csv",
      content: 'id,label\na@x,"A\u202eB"\n',
      says: /staff\.csv, line 2: The label .* changes the direction of text/,
    },
    {
      what: "a control character in a text file",
      file: "staff.txt",
      content: "ada@x\nb\0@x\n",
      says: /staff\.txt, line 2: The id "b\\u\{0\}@x" contains a control/,
    },
    {
      what: "a key that is twice in a JSON object",
      file: "staff.json",
      content: '{"a@x": "Ada",\n"a@x": "Bo"}',
      says: /staff\.json, line 2: "a@x" is declared already/,
    },
    {
      what: "a key that is twice in a YAML map",
      file: "staff.yaml",
      content: "a@x: Ada\na@x: Bo\n",
      says: /staff\.yaml, line 2: "a@x" is declared already/,
    },
  ])("$what", ({ file, content, says }) => {
    const path = join(folder, file);
    writeFileSync(path, content);

    expect(problemsOf(() => ({ users: Users.fromFile(path), userIdType: UserIdType.EMAIL }))).toMatch(says);
  });
});

describe("a set is accepted at synth with", () => {
  test.each<[string, (stack: TerraformStack) => Declared]>([
    [
      "guards at their limits",
      () => ({ users: Users.fromIds(["a"]), maxDeletions: 0, maxDeletionsPercent: 100 }),
    ],
    ["no users, if code declares none", () => ({ users: Users.fromIds([]) })],
    [
      "tokens, which only Terraform can check",
      (stack) => {
        const variable = new TerraformVariable(stack, "variable", {});
        return {
          users: Users.fromMap({ [variable.stringValue]: variable.stringValue }),
          userIdType: UserIdType.EMAIL,
          maxDeletions: variable.numberValue,
          maxDeletionsPercent: Token.asNumber(variable.value),
          retainedIds: variable.listValue,
        };
      },
    ],
    [
      "tokens in place of enumerations",
      (stack) => {
        const { stringValue } = new TerraformVariable(stack, "variable", {});
        const token = stringValue as never;
        return { users: Users.fromIds(["a@x"]), userIdType: token, deleteBy: token };
      },
    ],
    [
      "every other meta-argument",
      (stack) => ({
        users: Users.fromIds(["a"]),
        dependsOn: [new TerraformVariable(stack, "variable", {})],
        lifecycle: { preventDestroy: true },
        provider: new GenAuthProvider(stack, "other", { alias: "other" }),
        forEach: TerraformIterator.fromList(["a"]),
        provisioners: [{ type: "local-exec", command: "true" }],
        connection: { type: "ssh", host: "localhost" },
      }),
    ],
  ])("%s", (_, props) => {
    expect(problemsOf(props)).toBe("");
  });
});
