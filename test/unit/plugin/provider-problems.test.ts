import { expect, test } from "@jest/globals";
import { UNKNOWN, type Attribute, type Schema } from "../../../src/plugin";
import { providerProblems } from "../../../src/plugin/engine-server";

const EMPTY: Schema = { version: 0, description: "", attributes: {} };

test("accepts each valid combination", () => {
  const attributes: Record<string, Attribute> = {
    required: { type: "string", description: "", required: true },
    optional: { type: "string", description: "", optional: true },
    computed: { type: "string", description: "", computed: true },
    both: { type: "string", description: "", optional: true, computed: true },
    filled: {
      type: { map: "number" },
      description: "",
      optional: true,
      computed: true,
      default: new Map([["a", 1]]),
    },
    cleared: { type: "string", description: "", optional: true, computed: true, default: null },
  };
  expect(problemsOf({ ...EMPTY, attributes })).toEqual([]);
});

test.each<[string, Partial<Attribute>]>([
  ["is none of required, optional and computed.", {}],
  ["so it can be neither optional nor computed.", { required: true, optional: true }],
  ["so it can be neither optional nor computed.", { required: true, computed: true }],
  ["so it must be optional and computed.", { optional: true, default: "x" }],
  ["so it must be optional and computed.", { required: true, default: "x" }],
  ["has a default that does not fit its type.", { optional: true, computed: true, default: 5 }],
  ["has a default that is unknown.", { optional: true, computed: true, default: UNKNOWN }],
])("%s %j", (problem, attribute) => {
  const problems = problemsOf({
    ...EMPTY,
    attributes: { a: { type: "string", description: "", ...attribute } },
  });
  expect(problems).toEqual([expect.stringMatching(/^test_thing\.a /)]);
  expect(problems[0]).toContain(problem);
});

test.each(["Upper", "with-dash", "9lives", ""])("refuses %j as an attribute's name", (name) => {
  const attributes = { [name]: { type: "string", description: "", optional: true } } as const;
  expect(problemsOf({ ...EMPTY, attributes })).toEqual([expect.stringContaining("is no attribute name")]);
});

test("refuses names that Terraform reserves, in resources and in the provider", () => {
  const optional = { type: "string", description: "", optional: true } as const;
  expect(problemsOf({ ...EMPTY, attributes: { for_each: optional } })).toHaveLength(1);
  expect(
    providerProblems({ name: "test", resources: {}, schema: { ...EMPTY, attributes: { alias: optional } } }),
  ).toHaveLength(1);
});

test("refuses computed attributes in a provider's configuration", () => {
  const attributes = { a: { type: "string", description: "", computed: true } } as const;
  expect(providerProblems({ name: "test", resources: {}, schema: { ...EMPTY, attributes } })).toEqual([
    'provider "test".a is computed, which a provider\'s configuration cannot be.',
  ]);
});

test.each([-1, 0.5, Number.NaN])("refuses %p as a version", (version) => {
  expect(problemsOf({ ...EMPTY, version })).toEqual([expect.stringContaining("counts from 0")]);
});

test("refuses a resource type without the provider's name", () => {
  expect(
    providerProblems({ name: "test", schema: EMPTY, resources: { other_thing: { schema: EMPTY } } }),
  ).toEqual(["other_thing does not begin with test_, as a resource of this provider must."]);
});

test("checks data sources in the same way", () => {
  const attributes = { count: { type: "number", description: "", computed: true } } as const;
  const dataSources = { other_list: { schema: { ...EMPTY, attributes } } };
  expect(providerProblems({ name: "test", schema: EMPTY, resources: {}, dataSources })).toEqual([
    "other_list does not begin with test_, as a data source of this provider must.",
    "other_list.count has a name that Terraform keeps for itself.",
  ]);
});

function problemsOf(schema: Schema): readonly string[] {
  return providerProblems({ name: "test", schema: EMPTY, resources: { test_thing: { schema } } });
}
