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
import { GenAuthProvider, ManagedUserSet, UserIdType, Users, UserSet } from "../../../src";
import { USER_ID_TYPES } from "../../../src/users";
import { scratchApps } from "../../support/constructs/scratch";

const newApp = scratchApps();

type Build = (stack: TerraformStack) => void;

/** A stack with one provider. */
function stackWith(build: Build, given: Partial<Record<UserIdType, string[]>> = {}): TerraformStack {
  const stack = new TerraformStack(newApp(), "stack");
  const provider = new GenAuthProvider(stack, "genauth");
  for (const type of USER_ID_TYPES) provider.protect(type, given[type] ?? []);
  build(stack);
  return stack;
}

function protectedUsers(build: Build, given: Partial<Record<UserIdType, string[]>> = {}): unknown {
  const { provider } = JSON.parse(Testing.synth(stackWith(build, given))) as {
    provider: { genauth: { protected_users: unknown }[] };
  };
  return provider.genauth[0]?.protected_users;
}

/** The warnings at synth, by the path of the construct. */
function warnings(build: Build): [string, string][] {
  const stack = stackWith(build);
  Testing.synth(stack);
  return stack.node
    .findAll()
    .flatMap(({ node }) => node.metadata.map(({ type, data }) => [node.path, type, String(data)] as const))
    .filter(([, type]) => type === "@cdktf/warn")
    .map(([path, , message]) => [path, message]);
}

describe("protected_users", () => {
  test("contains all ids that the stack's sets declare or retain, by type, sorted, each once", () => {
    const users = protectedUsers((stack) => {
      new ManagedUserSet(stack, "staff", {
        users: Users.fromIds(["b@x", "a@x"]),
        retainedUserIds: ["c@x"],
        userIdType: UserIdType.EMAIL,
      });
      new ManagedUserSet(stack, "guests", {
        users: Users.fromIds(["a@x", "d@x"]),
        userIdType: UserIdType.EMAIL,
      });
      new ManagedUserSet(stack, "machines", {
        userIdType: UserIdType.USER_ID,
        users: Users.fromIds(["2", "1"]),
      });
      new UserSet(stack, "bare", { users: { "3": "" } });
    });

    expect(users).toEqual({ email: ["a@x", "b@x", "c@x", "d@x"], user_id: ["1", "2", "3"] });
  });

  test("adds the given ids", () => {
    const users = protectedUsers(
      (stack) =>
        new ManagedUserSet(stack, "staff", { userIdType: UserIdType.USER_ID, users: Users.fromIds(["1"]) }),
      {
        email: ["z@x", "y@x", "${x}@x"],
        user_id: ["0", "1"],
      },
    );

    expect(users).toEqual({ email: ["$${x}@x", "y@x", "z@x"], user_id: ["0", "1"] });
  });

  test("adds the ids of each call of protect", () => {
    const stack = new TerraformStack(newApp(), "stack");
    const provider = new GenAuthProvider(stack, "genauth");
    provider.protect(UserIdType.EMAIL, ["a@x"]);
    provider.protect(UserIdType.EMAIL, ["b@x", "${x}@x"]);
    provider.protect(UserIdType.USER_ID, ["1"]);
    provider.protect(
      UserIdType.EMAIL,
      new TerraformVariable(stack, "more", { type: "list(string)" }).listValue,
    );

    const { provider: providers } = JSON.parse(Testing.synth(stack)) as {
      provider: { genauth: { protected_users: unknown }[] };
    };
    expect(providers.genauth[0]?.protected_users).toEqual({
      email: '${distinct(concat(["$${x}@x", "a@x", "b@x"], var.more))}',
      user_id: ["1"],
    });
  });

  test("protect refuses null, an unknown type and an id that is none", () => {
    const provider = new GenAuthProvider(new TerraformStack(newApp(), "stack"), "genauth");
    const protect = (type: string, ids: unknown) => () => {
      provider.protect(type as never, ids as never);
    };
    expect(protect("email", null)).toThrow("stack/genauth: the list of email to protect is null");
    expect(protect("email", ["a@x", null])).toThrow("id 2 of the list of email to protect is null");
    expect(protect("mail", [])).toThrow('userIdType is "mail". Set one of');
    protect("email", ["a"])();
    expect(() => Testing.fullSynth(provider.cdktfStack)).toThrow(
      'protect: The id "a" is not an e-mail address',
    );
  });

  test("contains ids as text, never as templates", () => {
    expect(
      protectedUsers(
        (stack) =>
          new ManagedUserSet(stack, "staff", {
            userIdType: UserIdType.USER_ID,
            users: Users.fromIds(["${x}%{y}"]),
          }),
      ),
    ).toEqual({
      user_id: ["$${x}%%{y}"],
    });
  });

  test("is the same in every provider of the stack, and does not depend on other stacks", () => {
    const app = newApp();
    const [first, second] = ["first", "second"].map((name) => {
      const stack = new TerraformStack(app, name);
      new GenAuthProvider(stack, "genauth");
      new GenAuthProvider(stack, "emea", { alias: "emea" });
      new ManagedUserSet(stack, "staff", { userIdType: UserIdType.USER_ID, users: Users.fromIds([name]) });
      return JSON.parse(Testing.synth(stack)) as { provider: { genauth: object[] } };
    });

    expect(first?.provider.genauth).toEqual([
      { protected_users: { user_id: ["first"] } },
      { alias: "emea", protected_users: { user_id: ["first"] } },
    ]);
    expect(second?.provider.genauth[0]).toEqual({ protected_users: { user_id: ["second"] } });
  });

  test.each<[string, Build, unknown]>([
    [
      "a map of users",
      (stack) => {
        const teams = TerraformIterator.fromMap({
          red: { users: Users.fromIds(["r", "${x}@x"]).toMap(), kept: ["k"] },
          blue: { users: { b: "Bo" }, kept: [] },
        });
        new ManagedUserSet(stack, "teams", {
          userIdType: UserIdType.USER_ID,
          forEach: teams,
          users: Users.fromMap(teams.getStringMap("users")),
          retainedUserIds: teams.getList("kept"),
        });
      },
      ["$${x}@x", "b", "k", "r"],
    ],
    [
      "a list of ids",
      (stack) => {
        const teams = TerraformIterator.fromMap({
          red: { "the ids": ["r"] },
          blue: { "the ids": ["b", "a"] },
        });
        new ManagedUserSet(stack, "teams", {
          userIdType: UserIdType.USER_ID,
          forEach: teams,
          users: Users.fromIds(teams.getList("the ids")),
        });
      },
      ["a", "b", "r"],
    ],
    [
      "keys and values as ids",
      (stack) => {
        const people = TerraformIterator.fromMap({ a: "1", b: "2" });
        new ManagedUserSet(stack, "people", {
          userIdType: UserIdType.USER_ID,
          forEach: people,
          users: Users.fromIds([people.key, `x-${Token.asString(people.value)}`, "all"]),
        });
      },
      ["a", "all", "b", "x-1", "x-2"],
    ],
    [
      "a list iterator",
      (stack) => {
        const people = TerraformIterator.fromList(["b", "a"]);
        new ManagedUserSet(stack, "people", {
          userIdType: UserIdType.USER_ID,
          forEach: people,
          users: Users.fromIds([Token.asString(people.value)]),
        });
      },
      ["a", "b"],
    ],
  ])("expands a static iterator over %s", (_, build, ids) => {
    expect(protectedUsers(build)).toEqual({ user_id: ids });
    expect(warnings(build)).toEqual([]);
  });

  test("includes ids that are tokens", () => {
    const users = protectedUsers((stack) => {
      const person = new TerraformVariable(stack, "person", {}).stringValue;
      new ManagedUserSet(stack, "staff", {
        userIdType: UserIdType.USER_ID,
        users: Users.fromIds([person, `x-${person}`, "a"]),
      });
    });

    expect(users).toEqual({ user_id: ["${var.person}", "a", "x-${var.person}"] });
  });

  test("includes tokens of lists and maps as expressions, besides unusual ids", () => {
    const users = protectedUsers(
      (stack) => {
        const variable = new TerraformVariable(stack, "people", {});
        new ManagedUserSet(stack, "staff", {
          userIdType: UserIdType.USER_ID,
          users: Users.fromMap(Token.asStringMap(variable.value)),
        });
        new ManagedUserSet(stack, "guests", {
          userIdType: UserIdType.USER_ID,
          users: Users.fromIds(variable.listValue),
          retainedUserIds: variable.listValue,
        });
        new ManagedUserSet(stack, "odd", {
          userIdType: UserIdType.USER_ID,
          users: Users.fromIds(['a"b\\c${d}', `x-${variable.stringValue}`]),
        });
      },
      { email: Token.asList(Fn.split(",", "a@x,b@x")) },
    );

    expect(users).toEqual({
      email: '${distinct(concat([], split(",", "a@x,b@x")))}',
      user_id:
        '${distinct(concat(["a\\"b\\\\c$${d}", "x-${var.people}"], keys(var.people), ' +
        'keys({ for key, val in toset(var.people): val => "" }), var.people))}',
    });
  });

  test.each<[string, Build]>([
    [
      "directly",
      (stack) => {
        const first = new ManagedUserSet(stack, "first", {
          userIdType: UserIdType.USER_ID,
          users: Users.fromIds(["a"]),
        });
        new ManagedUserSet(stack, "second", {
          userIdType: UserIdType.USER_ID,
          users: Users.fromIds(first.userIds),
        });
      },
    ],
    [
      "in an id",
      (stack) => {
        const first = new ManagedUserSet(stack, "first", {
          userIdType: UserIdType.USER_ID,
          users: Users.fromIds(["a"]),
        });
        new ManagedUserSet(stack, "second", {
          userIdType: UserIdType.USER_ID,
          users: Users.fromIds([first.id]),
        });
      },
    ],
    [
      "through another resource and a local",
      (stack) => {
        const first = new ManagedUserSet(stack, "first", {
          userIdType: UserIdType.USER_ID,
          users: Users.fromIds(["a"]),
        });
        const between = new TerraformResource(stack, "between", { terraformResourceType: "null_resource" });
        between.addOverride("triggers", { id: first.id });
        const local = new TerraformLocal(stack, "local", between.getStringMapAttribute("triggers"));
        new ManagedUserSet(stack, "second", {
          userIdType: UserIdType.USER_ID,
          users: Users.fromMap(local.asStringMap),
        });
      },
    ],
  ])("omits ids that come from the provider itself, %s, and warns", (_, build) => {
    expect(protectedUsers(build)).toEqual({ user_id: ["a"] });
    expect(warnings(build)).toEqual([
      ["stack/second/Default", expect.stringMatching(/that would be a cycle/)],
    ]);
  });

  test("includes ids from another provider's resource", () => {
    const build: Build = (stack) => {
      const other = new TerraformResource(stack, "other", { terraformResourceType: "null_resource" });
      new ManagedUserSet(stack, "staff", {
        userIdType: UserIdType.USER_ID,
        users: Users.fromMap(other.getStringMapAttribute("triggers")),
      });
    };

    expect(protectedUsers(build)).toEqual({
      user_id: "${distinct(concat([], keys(null_resource.other.triggers)))}",
    });
    expect(warnings(build)).toEqual([]);
  });

  test("omits ids that differ by instance in a way that only Terraform knows, and warns", () => {
    const build: Build = (stack) => {
      const variable = new TerraformVariable(stack, "teams", {});
      const teams = TerraformIterator.fromMap(variable.value as never);
      new ManagedUserSet(stack, "teams-set", {
        userIdType: UserIdType.USER_ID,
        forEach: teams,
        users: Users.fromIds([teams.key, "known"]),
      });
    };

    expect(protectedUsers(build)).toEqual({ user_id: ["known"] });
    expect(warnings(build)).toEqual([
      ["stack/teams-set/Default", expect.stringMatching(/Use a forEach map that is known at synth/)],
    ]);
  });

  test("refuses the attribute of the generated class, which would not be written", () => {
    const provider = new GenAuthProvider(new TerraformStack(newApp(), "stack"), "genauth");
    provider.protectedUsers = { email: ["a@x"] };
    expect(() => provider.cdktfStack.runAllValidations()).toThrow(/To protect accounts, call protect/);
  });
});
