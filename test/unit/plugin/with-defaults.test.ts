import { expect, test } from "@jest/globals";
import { UNKNOWN, type Model, type Schema } from "../../../src/plugin";
import { withDefaults } from "../../../src/plugin/dynamic-value";

const schema = {
  version: 0,
  description: "",
  attributes: {
    limit: { type: "number", description: "", optional: true, computed: true, default: 500 },
    open: { type: "bool", description: "", optional: true, computed: true, default: false },
    id: { type: "string", description: "", computed: true },
  },
} as const satisfies Schema;

test("fills omitted attributes, independent of the prior state", () => {
  const config = { limit: null, open: null, id: null };
  expect(withDefaults(schema, config, { limit: 7, open: null, id: "x" })).toEqual({
    limit: 500,
    open: false,
    id: "x",
  });
});

test("keeps configured values, even unknown ones", () => {
  const config: Model<typeof schema> = { limit: 0, open: UNKNOWN, id: null };
  expect(withDefaults(schema, config, { ...config, id: "x" })).toEqual({ limit: 0, open: UNKNOWN, id: "x" });
});

test("fills nothing if the block is destroyed", () => {
  expect(withDefaults(schema, null, null)).toBeNull();
});
