import { describe, expect, test } from "@jest/globals";
import { encode } from "@msgpack/msgpack";
import { type DataSourceDefinition, error } from "../../../src/plugin";
import { configured, decoded, schema, session } from "./support/session";

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

  test("the provider announces its data sources", async () => {
    const { call } = session({}, { dataSources });
    expect(await call("GetMetadata", {})).toMatchObject({ dataSources: [{ typeName: "test_list" }] });
    expect(await call("GetProviderSchema", {})).toMatchObject({
      dataSourceSchemas: { test_list: { version: 2 } },
    });
  });

  test("a read gets the default of what is not set, and the context of the provider", async () => {
    const { call } = await configured({}, { dataSources });
    const { state, diagnostics } = await call("ReadDataSource", named("all"));
    expect({ state: decoded(state), diagnostics }).toEqual({
      state: { name: "all context", limit: "5" },
      diagnostics: [],
    });
  });

  test.each([
    { how: "gives no state", name: "nothing", summary: "Nothing there" },
    { how: "throws", name: "bug", summary: "The provider failed unexpectedly" },
  ])("a read that $how ends with an error", async ({ name, summary }) => {
    const { call } = await configured({}, { dataSources });
    expect(await call("ReadDataSource", named(name))).toEqual({
      diagnostics: [expect.objectContaining({ severity: 1, summary })],
    });
  });

  test("a configuration is validated before the provider is configured", async () => {
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
