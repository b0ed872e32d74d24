import { expect, test } from "@jest/globals";
import { Nesting } from "../../../src/plugin/protocol-messages";
import { schemaMessage } from "../../../src/plugin/schema-messages";

const object = { object: { of: { list: "string" } } } as const;

/** The message of one attribute beside its marks, which are false. */
function attributeOf(attribute: Parameters<typeof schemaMessage>[0]["attributes"][string]) {
  const { block } = schemaMessage({ version: 0, description: "", attributes: { it: attribute } });
  return block?.attributes?.[0];
}

const typeOf = (expression: unknown) => Buffer.from(JSON.stringify(expression));
const field = (description: string, marks: object) =>
  expect.objectContaining({ name: "of", type: typeOf(["list", "string"]), description, ...marks });

test("an object is a nested attribute, with an entry for each of its fields", () => {
  const message = attributeOf({ type: object, description: "It.", fields: { of: "Whose." }, computed: true });
  expect(message).toMatchObject({
    description: "It.",
    nestedType: {
      nesting: Nesting.SINGLE,
      attributes: [field("Whose.", { computed: true, optional: false })],
    },
  });
  expect(message).not.toHaveProperty("type");
});

test("a map of objects is one, too, and what holds for it holds for its fields", () => {
  const marks = { optional: true, sensitive: true };
  expect(
    attributeOf({ type: { map: object }, description: "", fields: { of: "Each." }, ...marks }),
  ).toMatchObject({ nestedType: { nesting: Nesting.MAP, attributes: [field("Each.", marks)] } });
});

test("a deprecated attribute says so, and what to set instead", () => {
  const deprecated = "Set other instead.";
  expect(attributeOf({ type: "string", description: "", optional: true, deprecated })).toMatchObject({
    deprecated: true,
    deprecationMessage: deprecated,
  });
  expect(attributeOf({ type: "string", description: "", optional: true })).not.toHaveProperty("deprecated");
});

test.each(["string", { list: "string" }, { map: "string" }, { list: object }] as const)(
  "%j is none",
  (type) => {
    const message = attributeOf({ type, description: "", computed: true });
    expect(message).toHaveProperty("type");
    expect(message).not.toHaveProperty("nestedType");
  },
);
