import { describe, expect, test } from "@jest/globals";
import { encode } from "@msgpack/msgpack";
import { type Diagnostic, error, type MovedObject, warning } from "../../../src/plugin";
import type { ProviderMethods } from "../../../src/plugin/protocol-messages";
import { configured, decoded, type Definition, session } from "./support/session";

// The schema of test_thing, in support/session.ts, has version 2: a name, and a limit, which is 5 by default. A number is written as text.
// Once the provider is configured, its resources get the text "context" from it.
const PRIOR = { msgpack: encode({ name: "before", limit: 1 }) };
const NEXT = { msgpack: encode({ name: "after", limit: null }) };
const NULL = { msgpack: encode(null) };
const typeName = "test_thing";

describe("an exception becomes one error without a stack trace", () => {
  const broken: Partial<Definition> = {
    validate: () => fall(),
    read: () => Promise.reject(new Error("the roof fell in")),
    plan: () => Promise.reject(new Error("the roof fell in")),
    apply: () => fall(),
    importState: () => fall(),
  };

  test.each<{ readonly rpc: keyof ProviderMethods; readonly request: object }>([
    { rpc: "ValidateResourceConfig", request: { typeName, config: NEXT } },
    {
      rpc: "PlanResourceChange",
      request: { typeName, priorState: PRIOR, proposedNewState: NEXT, config: NEXT },
    },
    { rpc: "ImportResourceState", request: { typeName, id: "x" } },
  ])("in $rpc, which answers nothing else", async ({ rpc, request }) => {
    expect(await failing(rpc, request)).toEqual({});
  });

  test.each<{ readonly rpc: keyof ProviderMethods; readonly request: object }>([
    { rpc: "ReadResource", request: { typeName, currentState: PRIOR, private: bytes(7) } },
    {
      rpc: "ApplyResourceChange",
      request: { typeName, priorState: PRIOR, plannedState: NEXT, config: NEXT, plannedPrivate: bytes(7) },
    },
  ])("in $rpc, which gives the state of before back", async ({ rpc, request }) => {
    expect(await failing(rpc, request)).toEqual({ newState: PRIOR, private: bytes(7) });
  });

  /** What the answer holds besides the error. */
  async function failing(rpc: keyof ProviderMethods, request: object): Promise<object> {
    const { call } = await configured(broken);
    const { diagnostics, ...rest } = await call(rpc, request);
    expect(diagnostics).toEqual([
      {
        severity: 1,
        summary: "The provider failed unexpectedly",
        detail: expect.stringMatching(new RegExp(`^${rpc}: the roof fell in\n`)),
      },
    ]);
    expect(JSON.stringify(diagnostics)).not.toContain(".test.ts");
    return rest;
  }

  test("and the log shows where, without the message", async () => {
    const { call, log } = await configured(broken);
    await call("ReadResource", { typeName, currentState: PRIOR });
    expect(log()).toContain("provider-service.test.ts");
    expect(log()).not.toContain("the roof fell in");
  });

  test("in StopProvider, which answers it in the field error", async () => {
    const { call } = await configured({}, { stop: () => fall() });
    expect(await call("StopProvider", {})).toEqual({ error: "the roof fell in" });
  });
});

describe("values", () => {
  test("a plan gets the proposed values with defaults, and the configuration as written", async () => {
    const seen: unknown[] = [];
    const { call } = await configured({
      plan: (request) => {
        seen.push(request);
        return Promise.resolve({ planned: request.proposed, privateData: bytes(1), diagnostics: [] });
      },
    });
    const response = await call("PlanResourceChange", {
      typeName,
      priorState: PRIOR,
      proposedNewState: { msgpack: encode({ name: "after", limit: 1 }) },
      config: NEXT,
      priorPrivate: bytes(7),
    });
    expect(seen).toEqual([
      {
        prior: { name: "before", limit: 1 },
        proposed: { name: "after", limit: 5 },
        config: { name: "after", limit: null },
        privateData: bytes(7),
        context: "context",
      },
    ]);
    expect(decoded(response.plannedState)).toEqual({ name: "after", limit: "5" });
    expect(response).toMatchObject({ plannedPrivate: bytes(1), requiresReplace: [] });
  });

  test("a value that does not fit is an error at its attribute", async () => {
    const { call } = await configured();
    const config = { msgpack: encode({ name: "x", limit: "9007199254740993" }) };
    expect(await call("ValidateResourceConfig", { typeName, config })).toEqual({
      diagnostics: [
        {
          severity: 1,
          summary: "A value does not fit the schema",
          detail: expect.stringMatching(/^limit: the number has more digits/),
          attribute: { steps: [{ attributeName: "limit" }] },
        },
      ],
    });
  });

  test("an invalid value of the provider leaves the state unchanged", async () => {
    const state = { name: 5, limit: 1 } as unknown as { name: string; limit: number };
    const { call } = await configured({
      apply: () => Promise.resolve({ state, privateData: bytes(), diagnostics: [] }),
    });
    const response = await call("ApplyResourceChange", { typeName, priorState: PRIOR, plannedState: NEXT });
    expect(response).toMatchObject({
      newState: PRIOR,
      diagnostics: [
        { detail: expect.stringMatching(/^name: the provider gave a number where a string belongs;/) },
      ],
    });
  });

  test("a destruction reaches the resource as null, and is answered by null and the resource's warning", async () => {
    const seen: unknown[] = [];
    const { call } = await configured({
      apply: ({ prior, planned, config }) => {
        seen.push({ prior, planned, config });
        return Promise.resolve({ state: null, privateData: bytes(), diagnostics: [warning("Gone", "")] });
      },
    });
    const response = await call("ApplyResourceChange", {
      typeName,
      priorState: PRIOR,
      plannedState: NULL,
      config: NULL,
    });
    expect(seen).toEqual([{ prior: { name: "before", limit: 1 }, planned: null, config: null }]);
    expect(decoded(response.newState)).toBeNull();
    expect(response.diagnostics).toEqual([{ severity: 2, summary: "Gone", detail: "" }]);
  });
});

describe("of messages with one summary, an engine", () => {
  /** The summaries that an engine gets, if each refresh gives one of the messages. */
  async function summariesOf(messages: readonly Diagnostic[]): Promise<unknown[]> {
    const left = [...messages];
    const { call } = await configured({
      read: ({ state, privateData }) =>
        Promise.resolve({ state, privateData, diagnostics: left.splice(0, 1) }),
    });
    const summaries: unknown[] = [];
    for (const _ of messages) {
      const { diagnostics } = await call("ReadResource", { typeName, currentState: PRIOR });
      summaries.push(...(diagnostics as readonly Diagnostic[]).map(({ summary }) => summary));
    }
    return summaries;
  }

  test("would hide all warnings but the first, so those that say something else get a number", async () => {
    const summary = "1 user stays";
    const ada = warning(summary, "Ada is protected");
    const bob = warning(summary, "Bob is protected");
    expect(await summariesOf([ada, bob, ada, bob])).toEqual([
      summary,
      `${summary} (warning 2)`,
      summary,
      `${summary} (warning 2)`,
    ]);
  });

  test("prints every error, so none gets a number", async () => {
    const summary = "Nobody was deleted";
    const both = [error(summary, "Ada is protected"), error(summary, "Bob is protected")];
    expect(await summariesOf(both)).toEqual([summary, summary]);
  });
});

describe("a state file's object", () => {
  const upgrade = async (rawState: object, version: number) => {
    const { call } = await configured();
    return call("UpgradeResourceState", { typeName, version, rawState });
  };
  const json = (text: string) => ({ json: Buffer.from(text) });

  test("of the same version is read by the schema: removed attributes are dropped, new ones are null", async () => {
    const { upgradedState } = await upgrade(json('{"name":"x","gone":[1]}'), 2);
    expect(decoded(upgradedState)).toEqual({ name: "x", limit: null });
  });

  test.each([
    { age: "older", version: 1 },
    { age: "newer", version: 3 },
  ])("of an $age version is refused", async ({ version }) => {
    const says = `another version of this provider (schema ${version}, this one has 2)`;
    expect(await upgrade(json("{}"), version)).toMatchObject({
      diagnostics: [{ severity: 1, detail: expect.stringContaining(says) }],
    });
  });

  test("with a value that does not fit is refused at its attribute", async () => {
    expect(await upgrade(json('{"name":["x"]}'), 2)).toMatchObject({
      diagnostics: [
        {
          severity: 1,
          detail: expect.stringContaining("name: expected a string, got a list."),
          attribute: { steps: [{ attributeName: "name" }] },
        },
      ],
    });
  });

  test("in the flat map of Terraform 0.11 is refused", async () => {
    expect(await upgrade({ flatmap: { name: "x" } }, 2)).toMatchObject({
      diagnostics: [{ severity: 1, detail: expect.stringContaining("Terraform 0.11") }],
    });
  });
});

describe("import", () => {
  test("returns the state that the resource makes", async () => {
    const { call } = await configured({
      importState: (id, context) =>
        Promise.resolve({
          state: { name: `${id} ${context}`, limit: 7 },
          privateData: bytes(3),
          diagnostics: [],
        }),
    });
    const { importedResources } = await call("ImportResourceState", { typeName, id: "x" });
    expect(importedResources).toMatchObject([{ typeName, private: bytes(3) }]);
    const [imported] = importedResources as readonly { readonly state: unknown }[];
    expect(decoded(imported?.state)).toEqual({ name: "x context", limit: "7" });
  });

  test("is refused for an id that is not there", async () => {
    const importState = () => Promise.resolve({ state: null, privateData: bytes(), diagnostics: [] });
    const { call } = await configured({ importState });
    expect(await call("ImportResourceState", { typeName, id: "x" })).toMatchObject({
      diagnostics: [{ summary: "There is no test_thing to import" }],
    });
  });
});

const MOVE = {
  sourceProviderAddress: "registry.terraform.io/hashicorp/null",
  sourceTypeName: "null_resource",
  sourceState: { json: Buffer.from('{"id":"1","triggers":null}') },
};

test("a provider announces that a resource takes over objects of another type, and does so before it is configured", async () => {
  const sources: MovedObject[] = [];
  const moveState: Definition["moveState"] = (source) => {
    sources.push(source);
    return Promise.resolve({ state: { name: "moved", limit: 5 }, privateData: bytes(7), diagnostics: [] });
  };
  const unconfigured = session({ moveState });
  const response = await unconfigured.call("MoveResourceState", { ...MOVE, targetTypeName: typeName });
  expect(sources).toEqual([
    {
      provider: "registry.terraform.io/hashicorp/null",
      type: "null_resource",
      state: { id: "1", triggers: null },
    },
  ]);
  expect(decoded(response.targetState)).toEqual({ name: "moved", limit: "5" });
  expect(response).toMatchObject({ targetPrivate: bytes(7), diagnostics: [] });
  expect(await unconfigured.call("GetMetadata", {})).toMatchObject({
    serverCapabilities: { moveResourceState: true },
  });
});

describe("an error says why a request cannot be served:", () => {
  test("an operation before the configuration", async () => {
    const { call } = session();
    expect(await call("ReadResource", { typeName, currentState: PRIOR })).toMatchObject({
      newState: PRIOR,
      diagnostics: [{ summary: "The test provider is not configured" }],
    });
  });

  test.each([
    { what: "another name", name: "test_other" },
    { what: "a method of every JavaScript object", name: "toString" },
    { what: "no name", name: "" },
  ])("a resource type or data source that is not there: $what", async ({ name }) => {
    const { call } = await configured();
    expect(await call("PlanResourceChange", { typeName: name })).toMatchObject({
      diagnostics: [
        {
          severity: 1,
          summary: `There is no resource type ${name}`,
          detail: expect.stringContaining("has test_thing."),
        },
      ],
    });
    expect(await call("ReadDataSource", { typeName: name, config: NEXT })).toMatchObject({
      diagnostics: [{ severity: 1, summary: `There is no data source ${name}` }],
    });
  });

  test("an import that the resource does not offer", async () => {
    const { call } = await configured();
    expect(await call("ImportResourceState", { typeName, id: "x" })).toMatchObject({
      diagnostics: [{ severity: 1, summary: "test_thing cannot be imported" }],
    });
  });

  test("a move that the resource does not offer", async () => {
    const { call } = await configured();
    expect(await call("MoveResourceState", { ...MOVE, targetTypeName: typeName })).toMatchObject({
      diagnostics: [{ severity: 1, summary: "A null_resource cannot become a test_thing" }],
    });
  });
});

test("the provider announces what Terraform may ask of it: its resource, and no data source, function or identity", async () => {
  const { call } = session();
  const serverCapabilities = { planDestroy: true, getProviderSchemaOptional: true, moveResourceState: false };
  expect(await call("GetMetadata", {})).toEqual({
    serverCapabilities,
    dataSources: [],
    resources: [{ typeName }],
    functions: [],
  });
  expect(await call("GetProviderSchema", {})).toMatchObject({
    serverCapabilities,
    resourceSchemas: { test_thing: { version: 2 } },
  });
  expect(await call("GetResourceIdentitySchemas", {})).toEqual({});
  expect(await call("GetFunctions", {})).toEqual({ functions: {} });
});

function fall(): never {
  throw new Error("the roof fell in");
}

function bytes(...values: number[]): Uint8Array {
  return Uint8Array.of(...values);
}
