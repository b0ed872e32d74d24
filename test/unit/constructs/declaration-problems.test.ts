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

  test.each<[RegExp, Declared]>([
    [/maxDeletions is -1\. Set a whole number/, { users, maxDeletions: -1 }],
    [/maxDeletions is 1\.5/, { users, maxDeletions: 1.5 }],
    [/maxDeletions is Infinity/, { users, maxDeletions: Infinity }],
    [/maxDeletionsPercent is 101\. Set a number from 0 to 100/, { users, maxDeletionsPercent: 101 }],
    [/maxDeletionsPercent is -0\.1/, { users, maxDeletionsPercent: -0.1 }],
    [/maxDeletionsPercent is NaN/, { users, maxDeletionsPercent: NaN }],
    [/The id is empty/, { users: Users.fromIds([""]) }],
    [/The id " a" has blanks around it/, { users: Users.fromIds([" a"]) }],
    [/The id "a\\u\{7\}" contains a control character/, { users: Users.fromIds(["a\u0007"]) }],
    [/The label "A\\u\{a\}B" contains a control/, { users: Users.fromMap({ a: "A\nB" }) }],
    [/The id "a" is not an e-mail address/, { users, ...EMAIL }],
    [/must have the form <extIdpId>:<userIdInIdp>/, { users, userIdType: UserIdType.IDENTITY }],
    [/"a" is declared already\. Keep one of the two/, { users: Users.fromIds(["a", "b", "a"]) }],
    [
      /"bo@x" names the same user as "Bo@x"\. Keep one of the two/,
      { users: Users.fromIds(["Bo@x", "bo@x"]), ...EMAIL },
    ],
    [
      /The id "\+86 138-0000-0001" holds blanks, hyphens .*: write \+8613800000001/,
      { users: Users.fromIds(["+86 138-0000-0001"]), userIdType: UserIdType.PHONE },
    ],
    [/check the type of the ids/, { users: Users.fromIds(["a@x"]) }],
    [/The id "a b"/, { users: Users.fromIds(["a b"]) }],
    [
      /deleteBy is "userid"\. Set one of declared_id, user_id\. The closest is user_id/,
      { users, deleteBy: "userid" as never },
    ],
    [/retainedIds: The id is empty/, { users, retainedIds: [""] }],
  ])("%s: %j", (message, props) => {
    expect(problemsOf(() => props)).toMatch(message);
    expect(problemsOf(() => props)).toContain("[stack/staff]");
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

describe("code is refused at once for", () => {
  test.each<[RegExp, () => Users]>([
    [/"__proto__" cannot be the id of a user/, () => Users.fromIds(["__proto__"])],
    [/looks like a CDKTF token/, () => Users.fromIds(["a", "#{TfToken[TOKEN.0]}"])],
    [/looks like a CDKTF token/, () => Users.fromMap({ a: "&{TfToken[TOKEN.0]}" })],
  ])("%s", (message, users) => {
    expect(users).toThrow(message);
  });
});

describe("code without type checks is refused at once for", () => {
  const users = Users.fromIds(["a@x"]);
  const closest = (name: string, meant: string) =>
    `there is no property "${name}". The closest is ${meant}. Rename the property, or remove it.`;
  const types = "user_id, phone, email, username, external_id, identity, sync_relation";

  test.each<[object, string]>([
    [{ users, maxDeletion: 100 }, closest("maxDeletion", "maxDeletions")],
    [{ users, maxDeletion: undefined }, closest("maxDeletion", "maxDeletions")],
    [{ users, maxDeletionPercent: 10 }, closest("maxDeletionPercent", "maxDeletionsPercent")],
    [{ users, deletionsMax: 10 }, closest("deletionsMax", "maxDeletions")],
    [{ users, retainedId: ["b"] }, closest("retainedId", "retainedIds")],
    [{ users, max_deletions: 1 }, closest("max_deletions", "maxDeletions")],
    [{ user: users }, closest("user", "users")],
    [{ users, dependOn: [] }, closest("dependOn", "dependsOn")],
    [
      { users, "te\u0007am": 1 },
      'there is no property "te\\u{7}am". The properties are users, userIdType, maxDeletions, maxDeletionsPercent, ' +
        "retainedIds, deleteBy, suspendDays, allowUnknownUsers, allowMissingUsers, dependsOn, count, " +
        "provider, lifecycle, forEach, provisioners, connection. Rename the property, or remove it.",
    ],
    [{ users, userIdType: "mail" }, `userIdType is "mail". Set one of ${types}. The closest is email.`],
    [{ users, userIdType: 7 }, `userIdType is "7". Set one of ${types}.`],
    [{ users, userIdType: "constructor" }, `userIdType is "constructor". Set one of ${types}.`],
  ])("%j: %s", (props, message) => {
    expect(() => problemsOf(() => props as never)).toThrow(new Error(`stack/staff: ${message}`));
  });

  test.each<[object, string]>([
    [{ userPoolNames: "eu" }, closest("userPoolNames", "userPoolName")],
    [{ deletionsRecord: "deleted" }, closest("deletionsRecord", "deletionRecord")],
  ])("%j: %s", (config, message) => {
    expect(() => new GenAuthProvider(new TerraformStack(newApp(), "stack"), "genauth", config)).toThrow(
      new Error(`stack/genauth: ${message}`),
    );
  });
});

describe("null is refused at once, and never taken for an empty set:", () => {
  /** A value from plain JavaScript, or from a file that other code read. */
  const nothing = (value: null | undefined): never => value as never;
  const retain = (retainedIds: string[]) => problemsOf(() => ({ users: Users.fromIds(["a"]), retainedIds }));

  test.each<[RegExp, () => unknown]>([
    [/Users\.fromIds was given null.*Users\.fromIds\(\[\]\)/, () => Users.fromIds(nothing(null))],
    [/Users\.fromIds was given undefined/, () => Users.fromIds(nothing(undefined))],
    [/The id of user 2 is null/, () => Users.fromIds(["a", nothing(null)])],
    [/Users\.fromMap was given null.*Users\.fromMap\(\{\}\)/, () => Users.fromMap(nothing(null))],
    [/The label of "a" is null\. Set a text, or "" for none/, () => Users.fromMap({ a: nothing(null) })],
    [/stack\/staff: users is null/, () => problemsOf(() => ({ users: nothing(null) }))],
    [/stack\/staff: retainedIds is null/, () => retain(nothing(null))],
    [/stack\/staff: id 2 of retainedIds is null/, () => retain(["b", nothing(null)])],
  ])("%s", (message, declare) => {
    expect(declare).toThrow(message);
  });
});
