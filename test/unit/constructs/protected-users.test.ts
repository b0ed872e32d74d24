import { describe, expect, test } from "@jest/globals";
import {
  Fn,
  TerraformIterator,
  TerraformLocal,
  TerraformResource,
  TerraformStack,
  TerraformVariable,
  Testing,
  Token,
} from "cdktf";
import { GenAuthProvider, UserIdType, Users, UserSet } from "../../../src";
import { scratchApps } from "../../support/constructs/scratch";
import { declareSet, synthesise, warningsOf } from "../../support/constructs/stack";

const newApp = scratchApps();
const EMAIL = { userIdType: UserIdType.EMAIL };
const newStack = (id = "stack") => new TerraformStack(newApp(), id);
const variableIn = (stack: TerraformStack) => new TerraformVariable(stack, "people", {});
/** A resource of another provider. */
const otherIn = (stack: TerraformStack) =>
  new TerraformResource(stack, "other", { terraformResourceType: "null_resource" });

/** One set for each item of an iterator. */
function declareEach(
  stack: TerraformStack,
  forEach: TerraformIterator,
  users: Users | string[],
  retainedIds: string[] = [],
): void {
  declareSet(stack, "each", users, { forEach, retainedIds });
}

/** A stack with the provider. */
function stackWithProvider() {
  const stack = newStack();
  return { stack, provider: new GenAuthProvider(stack, "genauth") };
}

/** What the stack's provider protects. */
function protectedIn(stack: TerraformStack): unknown {
  const [block] = synthesise(stack).provider.genauth as readonly { readonly protected_users?: unknown }[];
  return block?.protected_users;
}

/** The stack's provider protects these ids, and nothing is warned of. */
function expectProtected(stack: TerraformStack, ids: object): void {
  expect(protectedIn(stack)).toEqual(ids);
  expect(warningsOf(stack)).toEqual([]);
}

describe("protected_users contains", () => {
  test("all ids that the stack's sets declare or retain, by type, sorted, each once", () => {
    const { stack } = stackWithProvider();
    declareSet(stack, "staff", ["b@x", "a@x"], { ...EMAIL, retainedIds: ["c@x"] });
    declareSet(stack, "guests", ["a@x", "d@x"], EMAIL);
    declareSet(stack, "machines", ["2", "1"]);
    new UserSet(stack, "bare", { users: { "3": "" } });
    expectProtected(stack, {
      email: ["a@x", "b@x", "c@x", "d@x"],
      user_id: ["1", "2", "3"],
    });
  });

  test("the ids of each call of protect, as text, also those of sets", () => {
    const { stack, provider } = stackWithProvider();
    declareSet(stack, "staff", ["1", "${x}%{y}"]);
    provider.protect(UserIdType.EMAIL, ["z@x"]);
    provider.protect(UserIdType.EMAIL, ["y@x", "${x}@x"]);
    provider.protect(UserIdType.USER_ID, ["0", "1"]);
    expectProtected(stack, {
      email: ["$${x}@x", "y@x", "z@x"],
      user_id: ["$${x}%%{y}", "0", "1"],
    });
  });

  test("a list of protect that only Terraform knows, beside others", () => {
    const { stack, provider } = stackWithProvider();
    provider.protect(UserIdType.EMAIL, ["b@x", "${x}@x"]);
    provider.protect(UserIdType.EMAIL, variableIn(stack).listValue);
    expectProtected(stack, { email: '${distinct(concat(["$${x}@x", "b@x"], var.people))}' });
  });

  test("the users and the retained ids of each item of an iterator over a map", () => {
    const { stack } = stackWithProvider();
    const teams = TerraformIterator.fromMap({
      red: { users: Users.fromIds(["r", "${x}@x"]).toMap(), kept: ["k"] },
      blue: { users: { b: "Bo" }, kept: [] },
    });
    declareEach(stack, teams, Users.fromMap(teams.getStringMap("users")), teams.getList("kept"));
    expectProtected(stack, { user_id: ["$${x}@x", "b", "k", "r"] });
  });

  test("the ids of each item of an iterator over lists", () => {
    const { stack } = stackWithProvider();
    const teams = TerraformIterator.fromMap({ red: { "the ids": ["r"] }, blue: { "the ids": ["b", "a"] } });
    declareEach(stack, teams, teams.getList("the ids"));
    expectProtected(stack, { user_id: ["a", "b", "r"] });
  });

  test("keys and values of an iterator that are ids", () => {
    const { stack } = stackWithProvider();
    const people = TerraformIterator.fromMap({ a: "1", b: "2" });
    declareEach(stack, people, [people.key, `x-${Token.asString(people.value)}`, "all"]);
    expectProtected(stack, { user_id: ["a", "all", "b", "x-1", "x-2"] });
  });

  test("the items of an iterator over a list", () => {
    const { stack } = stackWithProvider();
    const people = TerraformIterator.fromList(["b", "a"]);
    declareEach(stack, people, [Token.asString(people.value)]);
    expectProtected(stack, { user_id: ["a", "b"] });
  });

  test("the items that an override of for_each writes in place of those of the iterator", () => {
    const { stack } = stackWithProvider();
    const people = TerraformIterator.fromMap({ one: "old" });
    const set = declareSet(stack, "each", [Token.asString(people.value)], { forEach: people });
    expectProtected(stack, { user_id: ["old"] });
    set.resource.addOverride("for_each", { one: "new", two: "other" });
    expectProtected(stack, { user_id: ["new", "other"] });
  });

  test("ids that are tokens", () => {
    const { stack } = stackWithProvider();
    const person = variableIn(stack).stringValue;
    declareSet(stack, "staff", [person, `x-${person}`, "a"]);
    expectProtected(stack, { user_id: ["${var.people}", "a", "x-${var.people}"] });
  });

  test.each(["each.example", "count.example", "genauth_demo.example"])(
    "an id with a token and the text %s, which only looks like a reference",
    (domain) => {
      const { stack } = stackWithProvider();
      declareSet(stack, "staff", [`${variableIn(stack).stringValue}@${domain}`]);
      expectProtected(stack, { user_id: [`\${var.people}@${domain}`] });
    },
  );

  test("tokens of lists and maps as expressions, beside unusual ids", () => {
    const { stack, provider } = stackWithProvider();
    const variable = variableIn(stack);
    declareSet(stack, "staff", Users.fromMap(Token.asStringMap(variable.value)));
    declareSet(stack, "guests", variable.listValue, { retainedIds: variable.listValue });
    declareSet(stack, "odd", ['a"b\\c${d}', `x-${variable.stringValue}`]);
    provider.protect(UserIdType.EMAIL, Token.asList(Fn.split(",", "a@x,b@x")));
    expectProtected(stack, {
      email: '${distinct(concat([], split(",", "a@x,b@x")))}',
      user_id:
        '${distinct(concat(["a\\"b\\\\c$${d}", "x-${var.people}"], keys(var.people), ' +
        'keys({ for key, val in toset(var.people): val => "" }), var.people))}',
    });
  });

  test("ids from another provider's resource", () => {
    const { stack } = stackWithProvider();
    declareSet(stack, "staff", Users.fromMap(otherIn(stack).getStringMapAttribute("triggers")));
    expectProtected(stack, {
      user_id: "${distinct(concat([], keys(null_resource.other.triggers)))}",
    });
  });

  test("what a set holds after overrides, which add to maps and lists", () => {
    const { stack } = stackWithProvider();
    const { resource } = declareSet(stack, "staff", ["a@x"], { retainedIds: ["b@x"] });
    resource.addOverride("users", { "c@x": "" });
    resource.addOverride("user_id_type", "email");
    resource.addOverride("retained_ids", ["d@x"]);
    expectProtected(stack, { email: ["a@x", "b@x", "c@x", "d@x"] });
  });
});

describe("protected_users leaves out, with a warning, ids", () => {
  const CYCLE = [expect.stringMatching(/^stack\/set\/Default: .*that would be a cycle/s)];

  test("that are the provider's own", () => {
    const { stack } = stackWithProvider();
    declareSet(stack, "set", declareSet(stack, "first", ["a"]).ids);
    expect(protectedIn(stack)).toEqual({ user_id: ["a"] });
    expect(warningsOf(stack)).toEqual(CYCLE);
  });

  test("that hold one of the provider's own", () => {
    const { stack } = stackWithProvider();
    declareSet(stack, "set", [declareSet(stack, "first", ["a"]).id]);
    expect(protectedIn(stack)).toEqual({ user_id: ["a"] });
    expect(warningsOf(stack)).toEqual(CYCLE);
  });

  test("that come from the provider through another resource and a local", () => {
    const { stack } = stackWithProvider();
    const between = otherIn(stack);
    between.addOverride("triggers", { id: declareSet(stack, "first", ["a"]).id });
    const local = new TerraformLocal(stack, "local", between.getStringMapAttribute("triggers"));
    declareSet(stack, "set", Users.fromMap(local.asStringMap));
    expect(protectedIn(stack)).toEqual({ user_id: ["a"] });
    expect(warningsOf(stack)).toEqual(CYCLE);
  });

  test("that differ by instance in a way that only Terraform knows", () => {
    const { stack } = stackWithProvider();
    const teams = TerraformIterator.fromMap(variableIn(stack).value as never);
    declareEach(stack, teams, [teams.key, "known"]);
    expect(protectedIn(stack)).toEqual({ user_id: ["known"] });
    expect(warningsOf(stack)).toEqual([
      expect.stringMatching(/^stack\/each\/Default: .*Use a forEach map that is known at synth/s),
    ]);
  });
});

describe("protected_users", () => {
  test("is the same in every provider of the stack, and does not depend on other stacks", () => {
    const [first, second] = ["first", "second"].map((name) => {
      const stack = newStack(name);
      new GenAuthProvider(stack, "genauth");
      new GenAuthProvider(stack, "emea", { alias: "emea" });
      declareSet(stack, "staff", [name]);
      return synthesise(stack).provider.genauth;
    });
    expect(first).toEqual([
      { protected_users: { user_id: ["first"] } },
      { alias: "emea", protected_users: { user_id: ["first"] } },
    ]);
    expect(second?.[0]).toEqual({ protected_users: { user_id: ["second"] } });
  });

  test("contains what was given to protect, also after its list was emptied", () => {
    const { stack, provider } = stackWithProvider();
    const ids = ["break-glass@x"];
    provider.protect(UserIdType.EMAIL, ids);
    ids.length = 0;
    expectProtected(stack, { email: ["break-glass@x"] });
  });

  test.each<{ readonly what: string; readonly type: unknown; readonly ids: unknown; readonly says: string }>([
    {
      what: "a type that the enumeration does not have, as code without type checks may name it",
      type: (UserIdType as Record<string, unknown>)["MAIL"],
      ids: ["a@x"],
      says:
        "userIdType is undefined. Set the type of the ids: UserIdType.USER_ID, UserIdType.PHONE, UserIdType.EMAIL, " +
        "UserIdType.USERNAME, UserIdType.EXTERNAL_ID, UserIdType.IDENTITY, UserIdType.SYNC_RELATION.",
    },
    {
      what: "a misspelt type",
      type: "mail",
      ids: ["a@x"],
      says: 'userIdType is "mail". Set one of user_id, phone, email, username, external_id, identity, sync_relation. The closest is email.',
    },
    {
      what: "null in place of the ids",
      type: "email",
      ids: null,
      says: "the list of email to protect is null. Correct it, or remove it.",
    },
    {
      what: "null among the ids",
      type: "email",
      ids: ["a@x", null],
      says: "id 2 of the list of email to protect is null. Correct it, or remove it.",
    },
    {
      what: "one id without a list",
      type: "email",
      ids: "a@x",
      says: 'the list of email to protect is no list. Write the ids as one: ["…"].',
    },
    {
      what: "a set of JavaScript in place of a list",
      type: "email",
      ids: new Set(["a@x"]),
      says: 'the list of email to protect is no list. Write the ids as one: ["…"].',
    },
  ])("protect refuses at once $what", ({ type, ids, says }) => {
    const { provider } = stackWithProvider();
    expect(() => {
      provider.protect(type as UserIdType, ids as string[]);
    }).toThrow(new Error(`stack/genauth: ${says}`));
  });

  test("an id that is none of its type is refused at synth", () => {
    const { stack, provider } = stackWithProvider();
    provider.protect(UserIdType.EMAIL, ["a"]);
    provider.protect(UserIdType.PHONE, ["138-0000-0001"]);
    expect(() => Testing.fullSynth(stack)).toThrow(
      /protect: The id "a" is not an e-mail address[^]*protect: The id "138-0000-0001" is a phone number with blanks or punctuation: write 13800000001/,
    );
  });

  test("cannot be set in another way than by protect", () => {
    const provider = new GenAuthProvider(newStack(), "genauth");
    expect(() => {
      provider.protectedUsers = { email: ["a@x"] };
    }).toThrow(/stack\/genauth: protectedUsers cannot be set: .*call protect/);
    provider.addOverride("protected_users", { email: ["a@x"] });
    expect(() => provider.cdktfStack.runAllValidations()).toThrow(/protectedUsers cannot be set/);
  });
});
