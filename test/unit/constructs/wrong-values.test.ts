import { describe, expect, test } from "@jest/globals";
import { Fn, TerraformStack, TerraformVariable, Testing } from "cdktf";
import {
  GenAuthProvider,
  type GenAuthProviderConfig,
  ManagedUserSet,
  type ManagedUserSetProps,
  UserIdType,
  Users,
} from "../../../src";
import { scratchApps } from "../../support/constructs/scratch";

const newApp = scratchApps();

/** Declares a set as plain JavaScript does, which checks no types. */
function declareUnchecked(props: object): () => unknown {
  return () =>
    new ManagedUserSet(new TerraformStack(newApp(), "stack"), "staff", props as ManagedUserSetProps);
}

describe("users of another type", () => {
  test.each<{ readonly users: unknown; readonly says: string }>([
    { users: ["a@example.com"], says: 'users is a list. Wrap it: Users.fromIds(["…"]).' },
    { users: { "a@example.com": "A" }, says: 'users is an object. Wrap it: Users.fromMap({ "…": "…" }).' },
    { users: "staff.csv", says: 'users is a string. Read the file: Users.fromFile("staff.csv").' },
    { users: 7, says: "users is a number. Set Users.fromIds, Users.fromMap or Users.fromFile." },
    { users: () => ["a"], says: "users is a function. Set Users.fromIds, Users.fromMap or Users.fromFile." },
    {
      // It has the members of Users, but is none.
      users: { toMap: () => ({}), _entries: [] },
      says: 'users is an object. Wrap it: Users.fromMap({ "…": "…" }).',
    },
  ])("$users is refused, with what to write instead", ({ users, says }) => {
    expect(declareUnchecked({ users })).toThrow(new Error(`stack/staff: ${says}`));
  });

  test("a long path is not repeated", () => {
    expect(declareUnchecked({ users: "a\n".repeat(500) })).toThrow(
      /^stack\/staff: users is a string\. Read the file: Users\.fromFile\("…"\)\.$/,
    );
  });
});

describe("what is no plain object is never taken for an empty map:", () => {
  test.each<{ readonly given: unknown; readonly is: string }>([
    { given: new Map([["a@example.com", "A"]]), is: "Map" },
    { given: Promise.resolve({ "a@example.com": "A" }), is: "Promise" },
    { given: 7, is: "Number" },
    { given: "a@example.com", is: "String" },
    { given: ["a@example.com"], is: "Array" },
    { given: () => ({ "a@example.com": "A" }), is: "Function" },
    { given: new URL("https://example.com"), is: "URL" },
  ])("$is", ({ given, is }) => {
    expect(() => Users.fromMap(given as never)).toThrow(
      new Error(
        `Users.fromMap was given a value of the class ${is}. Give it a plain object: Users.fromMap({ "…": "…" }).`,
      ),
    );
  });

  test.each([
    ["from JSON", JSON.parse('{"a@example.com":"A"}')],
    ["without a prototype", Object.assign(Object.create(null), { "a@example.com": "A" })],
    ["that Node.js itself made", structuredClone({ "a@example.com": "A" })],
  ])("and a plain object %s is taken", (_, given) => {
    expect(Users.fromMap(given as { [id: string]: string }).toMap()).toEqual({ "a@example.com": "A" });
  });
});

describe("what is no text, or no list of texts, is refused, with how to write it", () => {
  test.each<{ given: string; declare: () => unknown; message: string }>([
    {
      given: "a number as an id",
      declare: () => Users.fromIds(["7", 1001 as never]),
      message: 'The id of user 2 is the number 1001. Write it as a text: "1001".',
    },
    {
      given: "a number as a label",
      declare: () => Users.fromMap({ "a@example.com": 12 as never }),
      message: 'The label of "a@example.com" is the number 12. Write it as a text: "12".',
    },
    {
      given: "a list as an id",
      declare: () => Users.fromIds([["a@example.com"] as never]),
      message: "The id of user 1 is no text. Write it as a text.",
    },
    {
      given: "a hole in a list",
      // oxlint-disable-next-line no-sparse-arrays
      declare: () => Users.fromIds(["a", , "b"] as never),
      message: "The id of user 2 is undefined. Correct it, or remove it.",
    },
    {
      given: "one id without a list",
      declare: () => Users.fromIds("a@example.com" as never),
      message: 'Users.fromIds was given no list. Write the ids as one: Users.fromIds(["…"]).',
    },
    {
      given: "a set of JavaScript",
      declare: () => Users.fromIds(new Set(["a@example.com"]) as never),
      message: 'Users.fromIds was given no list. Write the ids as one: Users.fromIds(["…"]).',
    },
    {
      given: "a number among the retained ids",
      declare: declareUnchecked({
        users: Users.fromIds(["a"]),
        userIdType: UserIdType.USERNAME,
        retainedIds: [1001],
      }),
      message: 'stack/staff: id 1 of retainedIds is the number 1001. Write it as a text: "1001".',
    },
    {
      given: "one retained id without a list",
      declare: declareUnchecked({
        users: Users.fromIds(["a"]),
        userIdType: UserIdType.USERNAME,
        retainedIds: "b",
      }),
      message: 'stack/staff: retainedIds is no list. Write the ids as one: ["…"].',
    },
  ])("$given", ({ declare, message }) => {
    expect(declare).toThrow(new Error(message));
  });
});

test("an option of a user file that does not exist is refused, with the closest one", () => {
  expect(() => Users.fromFile("staff.csv", { allowempty: true } as object)).toThrow(
    new Error(
      'Users.fromFile: there is no property "allowempty". The closest is allowEmpty. Rename the property, or remove it.',
    ),
  );
});

test("a set without an id type is refused, with the id types", () => {
  expect(declareUnchecked({ users: Users.fromIds(["a"]) })).toThrow(
    /^stack\/staff: userIdType is undefined\. Set the type of the ids: UserIdType\.USER_ID, UserIdType\.PHONE, UserIdType\.EMAIL,/,
  );
});

describe("the access key's secret", () => {
  function declare(config: (stack: TerraformStack) => GenAuthProviderConfig): string {
    const stack = new TerraformStack(newApp(), "stack");
    new GenAuthProvider(stack, "genauth", config(stack));
    return Testing.synth(stack);
  }

  test.each(["s3cr3t-that-stays-here", "", "$${text}"])(
    "%p as plain text is refused, and not repeated",
    (accessKeySecret) => {
      expect(() => declare(() => ({ accessKeySecret }))).toThrow(
        new Error(
          "stack/genauth: accessKeySecret is plain text, which synth would write to cdk.tf.json. Leave it out, and set " +
            "GENAUTH_ACCESS_KEY_SECRET where Terraform runs, or pass a sensitive TerraformVariable.",
        ),
      );
    },
  );

  test("cannot be set as plain text later either", () => {
    const stack = new TerraformStack(newApp(), "stack");
    const provider = new GenAuthProvider(stack, "genauth");
    provider.accessKeySecret = "s3cr3t";
    expect(() => Testing.fullSynth(stack)).toThrow(/accessKeySecret is plain text/);
  });

  test.each<{
    readonly what: string;
    readonly secretIn: (stack: TerraformStack) => string;
    readonly expression: string;
  }>([
    {
      what: "a sensitive variable",
      secretIn: (stack) => new TerraformVariable(stack, "secret", { sensitive: true }).stringValue,
      expression: "${var.secret}",
    },
    {
      what: "a function of a variable",
      secretIn: (stack) => Fn.trimspace(new TerraformVariable(stack, "secret", {}).stringValue),
      expression: "${trimspace(var.secret)}",
    },
    { what: "an expression as text", secretIn: () => "${var.secret}", expression: "${var.secret}" },
  ])("$what is passed on", ({ secretIn, expression }) => {
    const { provider } = JSON.parse(declare((stack) => ({ accessKeySecret: secretIn(stack) }))) as {
      provider: { genauth: { access_key_secret: string }[] };
    };
    expect(provider.genauth[0]?.access_key_secret).toBe(expression);
  });
});
