import { describe, expect, test } from "@jest/globals";
import { TerraformStack } from "cdktf";
import { GenAuthProvider, ManagedUserSet, UserIdType, Users } from "../../../src";
import { scratchApps } from "../../support/constructs/scratch";

const newApp = scratchApps();

/** The types of ids, as a message lists them. */
const USER_ID_TYPES = "user_id, phone, email, username, external_id, identity, sync_relation";

/** Declares a set of user ids, as code without type checks can, and synthesises nothing. */
function declareSet(props: object): ManagedUserSet {
  const stack = new TerraformStack(newApp(), "stack");
  return new ManagedUserSet(stack, "staff", { userIdType: UserIdType.USER_ID, ...props } as never);
}

describe("code is refused at once for", () => {
  test.each<{ readonly what: string; readonly declare: () => Users; readonly says: RegExp }>([
    {
      what: "__proto__ as an id, which an object of JavaScript cannot hold",
      declare: () => Users.fromIds(["__proto__"]),
      says: /"__proto__" cannot be the id of a user/,
    },
    {
      what: "an id that looks like a token of a list",
      declare: () => Users.fromIds(["a", "#{TfToken[TOKEN.0]}"]),
      says: /looks like a CDKTF token/,
    },
    {
      what: "a label that looks like a token of a map",
      declare: () => Users.fromMap({ a: "&{TfToken[TOKEN.0]}" }),
      says: /looks like a CDKTF token/,
    },
  ])("$what", ({ declare, says }) => {
    expect(declare).toThrow(says);
  });
});

describe("code without type checks is refused at once for", () => {
  const users = Users.fromIds(["a@x"]);
  const refusal = (misspelt: string, meant: string) =>
    `there is no property "${misspelt}". The closest is ${meant}. Rename the property, or remove it.`;

  test.each([
    ["maxDeletion", "maxDeletions"],
    ["maxDeletionPercent", "maxDeletionsPercent"],
    ["deletionsMax", "maxDeletions"],
    ["retainedId", "retainedIds"],
    ["max_deletions", "maxDeletions"],
    ["dependOn", "dependsOn"],
  ])("%s in place of %s", (misspelt, meant) => {
    expect(() => declareSet({ users, [misspelt]: 1 })).toThrow(
      new Error(`stack/staff: ${refusal(misspelt, meant)}`),
    );
  });

  test("a misspelt property that is undefined", () => {
    expect(() => declareSet({ users, maxDeletion: undefined })).toThrow(
      new Error(`stack/staff: ${refusal("maxDeletion", "maxDeletions")}`),
    );
  });

  test("user in place of users: the message names the misspelling, and not that users are missing", () => {
    expect(() => declareSet({ user: users })).toThrow(new Error(`stack/staff: ${refusal("user", "users")}`));
  });

  test("a property whose name is close to no other: all names are listed, and its control character is escaped", () => {
    expect(() => declareSet({ users, "te\u0007am": 1 })).toThrow(
      new Error(
        'stack/staff: there is no property "te\\u{7}am". The properties are users, userIdType, maxDeletions, ' +
          "maxDeletionsPercent, retainedIds, deleteBy, suspendDays, allowUnknownUsers, allowMissingUsers, dependsOn, " +
          "count, provider, lifecycle, forEach, provisioners, connection. Rename the property, or remove it.",
      ),
    );
  });

  test.each<{ readonly userIdType: unknown; readonly says: string }>([
    { userIdType: "mail", says: `"mail". Set one of ${USER_ID_TYPES}. The closest is email.` },
    { userIdType: 7, says: `"7". Set one of ${USER_ID_TYPES}.` },
    // Every object of JavaScript has a property of this name.
    { userIdType: "constructor", says: `"constructor". Set one of ${USER_ID_TYPES}.` },
  ])("$userIdType as the type of the ids", ({ userIdType, says }) => {
    expect(() => declareSet({ users, userIdType })).toThrow(new Error(`stack/staff: userIdType is ${says}`));
  });

  test.each([
    ["userPoolNames", "userPoolName"],
    ["deletionsRecord", "deletionRecord"],
  ])("%s in place of %s of the provider", (misspelt, meant) => {
    const stack = new TerraformStack(newApp(), "stack");
    expect(() => new GenAuthProvider(stack, "genauth", { [misspelt]: "eu" })).toThrow(
      new Error(`stack/genauth: ${refusal(misspelt, meant)}`),
    );
  });
});

describe("null and undefined are refused at once, and never taken for an empty set:", () => {
  /** A value from plain JavaScript, or from a file that other code read. */
  const nothing = (value: null | undefined): never => value as never;
  const retain = (retainedIds: string[]) => declareSet({ users: Users.fromIds(["a"]), retainedIds });

  test.each<{ readonly what: string; readonly declare: () => unknown; readonly says: RegExp }>([
    {
      what: "null in place of the ids",
      declare: () => Users.fromIds(nothing(null)),
      says: /Users\.fromIds was given null.*Users\.fromIds\(\[\]\)/,
    },
    {
      what: "undefined in place of the ids",
      declare: () => Users.fromIds(nothing(undefined)),
      says: /Users\.fromIds was given undefined/,
    },
    {
      what: "null among the ids",
      declare: () => Users.fromIds(["a", nothing(null)]),
      says: /The id of user 2 is null/,
    },
    {
      what: "null in place of the map",
      declare: () => Users.fromMap(nothing(null)),
      says: /Users\.fromMap was given null.*Users\.fromMap\(\{\}\)/,
    },
    {
      what: "null as a label",
      declare: () => Users.fromMap({ a: nothing(null) }),
      says: /The label of "a" is null\. Set a text, or "" for none/,
    },
    {
      what: "null as the set's users",
      declare: () => declareSet({ users: nothing(null) }),
      says: /stack\/staff: users is null/,
    },
    {
      what: "null as the retained ids",
      declare: () => retain(nothing(null)),
      says: /stack\/staff: retainedIds is null/,
    },
    {
      what: "null among the retained ids",
      declare: () => retain(["b", nothing(null)]),
      says: /stack\/staff: id 2 of retainedIds is null/,
    },
  ])("$what", ({ declare, says }) => {
    expect(declare).toThrow(says);
  });
});
