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

describe("sets protect each other within a pool", () => {
  test("with different names, each provider protects the users of its own sets", () => {
    expect(protectedIn(stackOf(EU, US))).toEqual([["0@x"], ["1@x"]]);
  });

  test("a name goes into the configuration of the provider", () => {
    const { provider } = synthesise(stackOf(EU, US));
    expect(provider.genauth).toMatchObject([{ user_pool_name: "eu" }, { user_pool_name: "us" }]);
  });

  test.each<[string, GenAuthProviderConfig, GenAuthProviderConfig]>([
    ["no names", { ...EU, userPoolName: undefined }, { ...US, userPoolName: undefined }],
    ["one name", EU, { ...US, userPoolName: undefined }],
    ["the same name", EU, { ...US, userPoolName: "eu" }],
  ])("with %s, all providers protect all users", (_what, one, two) => {
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
  test.each<[string, GenAuthProviderConfig, GenAuthProviderConfig]>([
    ["the environment's key and host", { userPoolName: "a" }, { userPoolName: "b", alias: "b" }],
    ["the same key", { ...EU, host: undefined }, { ...US, accessKeyId: "key-eu" }],
    ["a host in another spelling", EU, { ...US, host: "HTTPS://EU.example/", accessKeyId: "key-eu" }],
    ["one tenant and all tenants", { ...EU, tenantId: "t" }, { ...EU, userPoolName: "b", alias: "b" }],
  ])("are refused: %s", (_what, one, two) => {
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

  test.each<[string, GenAuthProviderConfig, GenAuthProviderConfig]>([
    ["keys", EU, { ...US, host: EU.host }],
    ["hosts", EU, { ...US, accessKeyId: EU.accessKeyId }],
    ["tenants", { ...EU, tenantId: "t" }, { ...EU, tenantId: "u", userPoolName: "u", alias: "u" }],
  ])("are accepted for different %s", (_what, one, two) => {
    const stack = stackOf(one, two);
    expect(() => Testing.fullSynth(stack)).not.toThrow();
    expect(protectedIn(stack)).toEqual([["0@x"], ["1@x"]]);
  });
});

describe("a name", () => {
  test.each<[string, unknown, string]>([
    ["with capitals", "EU", "lower-case letters"],
    ["that is empty", "", "1 to 63"],
    ["that is null", null, "must be text that is known at synth"],
    [
      "that only Terraform knows",
      Token.asString({ resolve: () => "${var.pool}" }),
      "must be text that is known at synth",
    ],
  ])("%s is refused", (_what, userPoolName, says) => {
    expect(() => stackOf({ userPoolName } as GenAuthProviderConfig)).toThrow(
      `stack/provider-0: userPoolName`,
    );
    expect(() => stackOf({ userPoolName } as GenAuthProviderConfig)).toThrow(says);
  });
});

describe("synth warns", () => {
  test.each<[string, GenAuthProviderConfig, GenAuthProviderConfig]>([
    ["hosts", { host: "https://a" }, { host: "https://b", alias: "b" }],
    ["key ids", { accessKeyId: "a" }, { accessKeyId: "b", alias: "b" }],
    ["key ids, one of which is of the environment", {}, { accessKeyId: "b", alias: "b" }],
    ["hosts, and one has a name", { ...EU }, { host: "https://b", alias: "b" }],
  ])("once, where %s differ and a name is missing", (_what, one, two) => {
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
