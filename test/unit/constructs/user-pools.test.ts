import { describe, expect, test } from "@jest/globals";
import { TerraformStack, TerraformVariable, Testing, Token } from "cdktf";
import { GenAuthProvider, type GenAuthProviderConfig, UserIdType, UserSet } from "../../../src";
import { scratchApps } from "../../support/constructs/scratch";
import { declareSet, synthesise, warningsOf } from "../../support/constructs/stack";

const newApp = scratchApps();
const EMAIL = { userIdType: UserIdType.EMAIL };

const EU = { userPoolName: "eu", host: "https://eu.example", accessKeyId: "key-eu" };
const US = { userPoolName: "us", host: "https://us.example", accessKeyId: "key-us", alias: "us" };

/** A stack with providers, and for each of them one set, of the user `<index>@x`. */
function stackOf(...configs: readonly GenAuthProviderConfig[]): TerraformStack {
  const stack = new TerraformStack(newApp(), "stack");
  for (const [index, config] of configs.entries()) {
    const provider = new GenAuthProvider(stack, `provider-${index}`, config);
    declareSet(stack, `set-${index}`, [`${index}@x`], {
      ...EMAIL,
      ...(config.alias !== undefined && { provider }),
    });
  }
  return stack;
}

/** The second provider of a stack. */
function providerIn(stack: TerraformStack): GenAuthProvider {
  const found = stack.node.findChild("provider-1");
  if (!(found instanceof GenAuthProvider)) throw new Error("The second provider is none.");
  return found;
}

/** The protected e-mail addresses of each provider. */
function protectedIn(stack: TerraformStack): (string[] | undefined)[] {
  const providers = synthesise(stack).provider.genauth as { protected_users?: { email?: string[] } }[];
  return providers.map(({ protected_users: users }) => users?.email);
}

/** What the providers of a stack protect that count as one pool. */
const TOGETHER = [
  ["0@x", "1@x"],
  ["0@x", "1@x"],
];

/** The configurations of two providers of a stack. */
interface Pair {
  readonly what: string;
  readonly one: GenAuthProviderConfig;
  readonly two: GenAuthProviderConfig;
}

describe("sets protect each other within a pool", () => {
  test("with different names, each provider protects the users of its own sets", () => {
    expect(protectedIn(stackOf(EU, US))).toEqual([["0@x"], ["1@x"]]);
  });

  test("a name goes into the configuration of the provider", () => {
    const { provider } = synthesise(stackOf(EU, US));
    expect(provider.genauth).toMatchObject([{ user_pool_name: "eu" }, { user_pool_name: "us" }]);
  });

  test.each<Pair>([
    { what: "no names", one: { ...EU, userPoolName: undefined }, two: { ...US, userPoolName: undefined } },
    { what: "one name", one: EU, two: { ...US, userPoolName: undefined } },
    { what: "the same name", one: EU, two: { ...US, userPoolName: "eu" } },
  ])("with $what, all providers protect all users", ({ one, two }) => {
    expect(protectedIn(stackOf(one, two))).toEqual(TOGETHER);
  });

  test("a third provider without a name protects everybody, and its set is protected by all", () => {
    expect(protectedIn(stackOf(EU, US, { alias: "third" }))).toEqual([
      ["0@x", "2@x"],
      ["1@x", "2@x"],
      ["0@x", "1@x", "2@x"],
    ]);
  });

  test("a plain resource, a changed provider and an override count by the provider that the configuration names", () => {
    const stack = stackOf(EU, US);
    const us = providerIn(stack);
    const plain = (id: string) => new UserSet(stack, id, { users: { [`${id}@x`]: "" }, ...EMAIL });
    plain("default");
    plain("changed").provider = us;
    plain("overridden").addOverride("provider", "genauth.us");
    expect(protectedIn(stack)).toEqual([
      ["0@x", "default@x"],
      ["1@x", "changed@x", "overridden@x"],
    ]);
  });

  test("a set of a provider that the stack does not know is protected in every pool", () => {
    const stack = stackOf(EU, US);
    const set = new UserSet(stack, "odd", { users: { "odd@x": "" }, ...EMAIL });
    set.addOverride("provider", "genauth.elsewhere");
    expect(protectedIn(stack)).toEqual([
      ["0@x", "odd@x"],
      ["1@x", "odd@x"],
    ]);
  });

  test("a name that an override gives is the name, and one that it leaves to Terraform is none", () => {
    const named = stackOf(EU, { ...US, userPoolName: undefined });
    providerIn(named).addOverride("user_pool_name", "us");
    expect(protectedIn(named)).toEqual([["0@x"], ["1@x"]]);

    const open = stackOf(EU, US);
    providerIn(open).addOverride("user_pool_name", "${var.pool}");
    expect(protectedIn(open)).toEqual(TOGETHER);
    expect(() => Testing.fullSynth(open)).toThrow("userPoolName: The name of a user pool has");
  });
});

describe("names of what is certainly one pool", () => {
  test.each<Pair>([
    {
      what: "the environment's key and host",
      one: { userPoolName: "a" },
      two: { userPoolName: "b", alias: "b" },
    },
    { what: "the same key", one: { ...EU, host: undefined }, two: { ...US, accessKeyId: "key-eu" } },
    {
      what: "a host in another spelling",
      one: EU,
      two: { ...US, host: "HTTPS://EU.example/", accessKeyId: "key-eu" },
    },
    {
      what: "one tenant and all tenants",
      one: { ...EU, tenantId: "t" },
      two: { ...EU, userPoolName: "b", alias: "b" },
    },
  ])("are refused: $what", ({ one, two }) => {
    const stack = stackOf(one, two);
    expect(() => Testing.fullSynth(stack)).toThrow("but both reach the same users");
    // A synth that skips validation.
    expect(protectedIn(stack)).toEqual(TOGETHER);
  });

  test("are refused for one variable as the key", () => {
    const stack = new TerraformStack(newApp(), "stack");
    const key = new TerraformVariable(stack, "key", {});
    for (const userPoolName of ["a", "b"])
      new GenAuthProvider(stack, userPoolName, {
        userPoolName,
        alias: userPoolName,
        accessKeyId: key.stringValue,
      });
    expect(() => Testing.fullSynth(stack)).toThrow("but both reach the same users");
  });

  test.each<Pair>([
    { what: "keys", one: EU, two: { ...US, host: EU.host } },
    { what: "hosts", one: EU, two: { ...US, accessKeyId: EU.accessKeyId } },
    {
      what: "tenants",
      one: { ...EU, tenantId: "t" },
      two: { ...EU, tenantId: "u", userPoolName: "u", alias: "u" },
    },
  ])("are accepted for different $what", ({ one, two }) => {
    const stack = stackOf(one, two);
    expect(() => Testing.fullSynth(stack)).not.toThrow();
    expect(protectedIn(stack)).toEqual([["0@x"], ["1@x"]]);
  });
});

describe("a name", () => {
  test.each<{ what: string; userPoolName: unknown; says: string }>([
    { what: "with capitals", userPoolName: "EU", says: "lower-case letters" },
    { what: "that is empty", userPoolName: "", says: "1 to 63" },
    { what: "that is null", userPoolName: null, says: "must be text that is known at synth" },
    {
      what: "that only Terraform knows",
      userPoolName: Token.asString({ resolve: () => "${var.pool}" }),
      says: "must be text that is known at synth",
    },
  ])("$what is refused", ({ userPoolName, says }) => {
    expect(() => stackOf({ userPoolName } as GenAuthProviderConfig)).toThrow(
      `stack/provider-0: userPoolName`,
    );
    expect(() => stackOf({ userPoolName } as GenAuthProviderConfig)).toThrow(says);
  });
});

describe("synth warns", () => {
  test.each<Pair>([
    { what: "hosts", one: { host: "https://a" }, two: { host: "https://b", alias: "b" } },
    { what: "key ids", one: { accessKeyId: "a" }, two: { accessKeyId: "b", alias: "b" } },
    {
      what: "key ids, one of which is of the environment",
      one: {},
      two: { accessKeyId: "b", alias: "b" },
    },
    { what: "hosts, and one has a name", one: { ...EU }, two: { host: "https://b", alias: "b" } },
  ])("once, where $what differ and a name is missing", ({ one, two }) => {
    const stack = stackOf(one, two);
    synthesise(stack);
    expect(warningsOf(stack)).toEqual([expect.stringContaining("count as one user pool")]);
  });

  test.each<[string, readonly GenAuthProviderConfig[]]>([
    ["one provider", [{ host: "https://a" }]],
    ["two that differ in nothing that says which pool it is", [{}, { alias: "b", parallelism: 2 }]],
    ["names for all", [EU, US]],
  ])("of nothing with %s", (_what, configs) => {
    const stack = stackOf(...configs);
    synthesise(stack);
    expect(warningsOf(stack)).toEqual([]);
  });
});
