import { describe, expect, test } from "@jest/globals";
import { decode, encode } from "@msgpack/msgpack";
import {
  ArgumentError,
  createLogger,
  type DataSourceDefinition,
  error,
  type FunctionDefinition,
  type MovedObject,
  UNKNOWN,
  warning,
  type ProviderDefinition,
  type ResourceDefinition,
  type Schema,
} from "../../../src/plugin";
import { MARKDOWN, type ProviderMethods } from "../../../src/plugin/protocol-messages";
import { createProviderService } from "../../../src/plugin/provider-service";
import { Session } from "../../../src/plugin/session";

const schema = {
  version: 2,
  description: "",
  attributes: {
    name: { type: "string", description: "", required: true },
    limit: { type: "number", description: "", optional: true, computed: true, default: 5 },
  },
} as const satisfies Schema;

type Definition = ResourceDefinition<typeof schema, string>;

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

  test.each<[keyof ProviderMethods, object, object]>([
    ["ValidateResourceConfig", { typeName, config: NEXT }, {}],
    [
      "ReadResource",
      { typeName, currentState: PRIOR, private: bytes(7) },
      { newState: PRIOR, private: bytes(7) },
    ],
    ["PlanResourceChange", { typeName, priorState: PRIOR, proposedNewState: NEXT, config: NEXT }, {}],
    [
      "ApplyResourceChange",
      { typeName, priorState: PRIOR, plannedState: NEXT, config: NEXT, plannedPrivate: bytes(7) },
      { newState: PRIOR, private: bytes(7) },
    ],
    ["ImportResourceState", { typeName, id: "x" }, {}],
  ])("%s, and Terraform keeps its values", async (rpc, request, kept) => {
    const { call } = await configured(broken);
    const response = await call(rpc, request);
    expect(response).toEqual({
      ...kept,
      diagnostics: [
        {
          severity: 1,
          summary: "The provider failed unexpectedly",
          detail: expect.stringMatching(new RegExp(`^${rpc}: the roof fell in\n`)),
        },
      ],
    });
    expect(JSON.stringify(response)).not.toContain(".test.ts");
  });

  test("and the log shows where, without the message", async () => {
    const { call, log } = await configured(broken);
    await call("ReadResource", { typeName, currentState: PRIOR });
    expect(log()).toContain("provider-service.test.ts");
    expect(log()).not.toContain("the roof fell in");
  });

  test("StopProvider reports it in its own field", async () => {
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

  test("a destruction is null on both sides", async () => {
    const { call } = await configured({
      apply: ({ planned, config }) =>
        Promise.resolve({
          state: planned ?? config,
          privateData: bytes(),
          diagnostics: [warning("Gone", "")],
        }),
    });
    const response = await call("ApplyResourceChange", {
      typeName,
      priorState: PRIOR,
      plannedState: NULL,
      config: NULL,
    });
    expect(decoded(response.newState)).toBeNull();
    expect(response.diagnostics).toEqual([{ severity: 2, summary: "Gone", detail: "" }]);
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

  test("in the format of old Terraform is refused", async () => {
    expect(await upgrade({}, 2)).toMatchObject({
      diagnostics: [{ severity: 1, detail: expect.stringContaining("Terraform 0.11") }],
    });
  });
});

describe("import", () => {
  test("returns the state that the resource makes", async () => {
    const { call } = await configured({
      importState: (id, context) =>
        Promise.resolve({
          state: { name: `${id} ${context}`, limit: UNKNOWN },
          privateData: bytes(3),
          diagnostics: [],
        }),
    });
    const { importedResources } = await call("ImportResourceState", { typeName, id: "x" });
    expect(importedResources).toMatchObject([{ typeName, private: bytes(3) }]);
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

test("a resource takes over an object of another type, before the provider is configured", async () => {
  const sources: MovedObject[] = [];
  const moveState: Definition["moveState"] = (source) => {
    sources.push(source);
    return Promise.resolve({ state: { name: "moved", limit: 5 }, privateData: bytes(7), diagnostics: [] });
  };
  const { call } = session({ moveState });
  const response = await call("MoveResourceState", { ...MOVE, targetTypeName: typeName });
  expect(sources).toEqual([
    {
      provider: "registry.terraform.io/hashicorp/null",
      type: "null_resource",
      state: { id: "1", triggers: null },
    },
  ]);
  expect(response).toMatchObject({ targetPrivate: bytes(7), diagnostics: [] });
  expect(await call("GetMetadata", {})).toMatchObject({ serverCapabilities: { moveResourceState: true } });
});

describe("requests that cannot be served", () => {
  test("an operation before the configuration", async () => {
    const { call } = session();
    expect(await call("ReadResource", { typeName, currentState: PRIOR })).toMatchObject({
      newState: PRIOR,
      diagnostics: [{ summary: "The test provider is not configured" }],
    });
  });

  test.each(["test_other", "toString", ""])(
    "a resource type or data source %j that is not there",
    async (name) => {
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
    },
  );

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

test("the provider announces its resources", async () => {
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

describe("functions", () => {
  const parameter = { name: "word", type: "string", description: "A word." } as const;
  const join: FunctionDefinition = {
    summary: "Joins words",
    description: "Joins words in a list.",
    parameters: [parameter, { ...parameter, name: "other", allowNull: true }],
    variadic: parameter,
    returns: { list: "string" },
    call: (given) => {
      if (given.includes("")) throw new ArgumentError("A word is empty.\u001b[2J", given.indexOf(""));
      if (given.includes("bug")) throw new Error("bug");
      return given;
    },
  };
  const value = (word: string | null) => ({ json: Buffer.from(JSON.stringify(word)) });
  const callJoin = async (...words: (string | null)[]) => {
    const { call } = session({}, { functions: { join } });
    return await call("CallFunction", { name: "join", arguments: words.map(value) });
  };

  test("the provider announces them, with the types in Terraform's notation", async () => {
    const { call } = session({}, { functions: { join } });
    const type = Buffer.from('"string"');
    const descriptionKind = MARKDOWN;
    const functions = {
      join: {
        parameters: [
          { ...parameter, type, allowNullValue: false, descriptionKind },
          { ...parameter, name: "other", type, allowNullValue: true, descriptionKind },
        ],
        variadicParameter: { ...parameter, type, allowNullValue: false, descriptionKind },
        return: { type: Buffer.from('["list","string"]') },
        summary: "Joins words",
        description: "Joins words in a list.",
        descriptionKind,
      },
    };
    expect(await call("GetFunctions", {})).toEqual({ functions });
    expect(await call("GetProviderSchema", {})).toMatchObject({ functions });
    expect(await call("GetMetadata", {})).toMatchObject({ functions: [{ name: "join" }] });
  });

  test("they are called without a configuration, with null and further arguments", async () => {
    expect(await callJoin("a", null, "c")).toEqual({
      result: { msgpack: Buffer.from("93a161c0a163", "hex") },
    });
  });

  test.each([
    { words: ["a", ""], error: { text: "A word is empty.\\u{1b}[2J", functionArgument: 1 } },
    { words: ["", "a"], error: { text: expect.anything(), functionArgument: 0 } },
    { words: ["a", "bug"], error: { text: expect.stringContaining("This is a bug in the provider") } },
  ])("a failure is an error of the call: $words", async ({ words, error }) => {
    expect(await callJoin(...words)).toEqual({ error });
  });

  test.each(["other", "toString", ""])("an unknown function %j", async (name) => {
    const { call } = session({}, { functions: { join } });
    expect(await call("CallFunction", { name, arguments: [] })).toEqual({
      error: { text: `The test provider 1.0.0 has no function "${name}"` },
    });
  });

  test("an argument of another type", async () => {
    const { call } = session({}, { functions: { join } });
    const args = [{ json: Buffer.from("[1]") }];
    expect(await call("CallFunction", { name: "join", arguments: args })).toMatchObject({
      error: { text: expect.stringContaining("expected a string") },
    });
  });
});

describe("data sources", () => {
  const list: DataSourceDefinition<typeof schema, string> = {
    schema,
    validate: ({ name }) => (name === "refused" ? [error("No", "Not that.", [{ attribute: "name" }])] : []),
    read: ({ config, context }) => {
      if (config.name === "bug") throw new Error("the roof fell in");
      return Promise.resolve(
        config.name === "nothing"
          ? { state: null, diagnostics: [error("Nothing there", "Look elsewhere.")] }
          : { state: { ...config, name: `${String(config.name)} ${context}` }, diagnostics: [] },
      );
    },
  };
  const dataSources = { test_list: list };
  const named = (name: string | null) => ({
    typeName: "test_list",
    config: { msgpack: encode({ name, limit: null }) },
  });

  test("the provider announces them", async () => {
    const { call } = session({}, { dataSources });
    expect(await call("GetMetadata", {})).toMatchObject({ dataSources: [{ typeName: "test_list" }] });
    expect(await call("GetProviderSchema", {})).toMatchObject({
      dataSourceSchemas: { test_list: { version: 2 } },
    });
  });

  test("one is read with the defaults and the context", async () => {
    const { call } = await configured({}, { dataSources });
    const { state, diagnostics } = await call("ReadDataSource", named("all"));
    expect({ state: decoded(state), diagnostics }).toEqual({
      state: { name: "all context", limit: "5" },
      diagnostics: [],
    });
  });

  test.each([
    { name: "nothing", summary: "Nothing there" },
    { name: "bug", summary: "The provider failed unexpectedly" },
  ])("without a state, there is an error: $summary", async ({ name, summary }) => {
    const { call } = await configured({}, { dataSources });
    expect(await call("ReadDataSource", named(name))).toEqual({
      diagnostics: [expect.objectContaining({ severity: 1, summary })],
    });
  });

  test("the configuration is validated without being configured", async () => {
    const { call } = session({}, { dataSources });
    expect(await call("ValidateDataResourceConfig", named("all"))).toEqual({ diagnostics: [] });
    expect(await call("ValidateDataResourceConfig", named("refused"))).toMatchObject({
      diagnostics: [{ summary: "No", attribute: { steps: [{ attributeName: "name" }] } }],
    });
  });

  test("a configuration that sets a deprecated attribute is warned of", async () => {
    const limit = { ...schema.attributes.limit, deprecated: "Leave it out." };
    const old = { ...list, schema: { ...schema, attributes: { ...schema.attributes, limit } } };
    const { call } = session({}, { dataSources: { test_list: old } });
    const config = { msgpack: encode({ name: "all", limit: 7 }) };
    expect(await call("ValidateDataResourceConfig", named("all"))).toEqual({ diagnostics: [] });
    expect(await call("ValidateDataResourceConfig", { typeName: "test_list", config })).toEqual({
      diagnostics: [
        {
          severity: 2,
          summary: "The attribute limit is deprecated",
          detail: "Leave it out.",
          attribute: { steps: [{ attributeName: "limit" }] },
        },
      ],
    });
  });
});

type Response = Readonly<Record<string, unknown>>;

/** A session of a provider with one resource. Returns its calls by name. */
function session(
  resource: Partial<Definition> = {},
  provider: Partial<ProviderDefinition<Schema, string>> = {},
) {
  const thing: Definition = {
    schema,
    read: ({ state, privateData }) => Promise.resolve({ state, privateData, diagnostics: [] }),
    plan: ({ proposed, privateData }) => Promise.resolve({ planned: proposed, privateData, diagnostics: [] }),
    apply: ({ planned, privateData }) => Promise.resolve({ state: planned, privateData, diagnostics: [] }),
    ...resource,
  };
  const definition: ProviderDefinition<Schema, string> = {
    name: "test",
    version: "1.0.0",
    schema: { version: 0, description: "", attributes: {} },
    resources: { test_thing: thing },
    configure: () => Promise.resolve({ context: "context", diagnostics: [] }),
    ...provider,
  };
  const lines: string[] = [];
  const log = createLogger("test", { environment: { TF_LOG: "trace" }, write: (line) => lines.push(line) });
  const methods = createProviderService(new Session(definition, log));
  return {
    call: (rpc: keyof ProviderMethods, request: object): Promise<Response> => methods[rpc](request),
    log: () => lines.join(""),
  };
}

async function configured(...options: Parameters<typeof session>): Promise<ReturnType<typeof session>> {
  const made = session(...options);
  expect(await made.call("ConfigureProvider", { config: { msgpack: encode({}) } })).toEqual({
    diagnostics: [],
  });
  return made;
}

function decoded(message: unknown): unknown {
  return decode((message as { readonly msgpack: Uint8Array }).msgpack);
}

function fall(): never {
  throw new Error("the roof fell in");
}

function bytes(...values: number[]): Uint8Array {
  return Uint8Array.of(...values);
}
