import { expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { renderJsonSchemas } from "../../../scripts/reference/json-schemas";
import type { Schema } from "../../../src/plugin";
import { functions } from "../../../src/provider/functions/functions";
import { genauthProvider, userSet, usersDataSource } from "../../../src/provider/provider";
import { ID_TYPES } from "../../../src/users/ids/id-types";

const DOCS = join(__dirname, "../../../docs");

test.each([...renderJsonSchemas()])("docs/%s matches the output of npm run generate", (name, text) => {
  expect(readFileSync(join(DOCS, name), "utf8")).toBe(text);
});

/** What a schema says of itself, of its attributes and of their fields. */
function descriptionsOf({ description, attributes }: Schema): string[] {
  return [
    description,
    ...Object.values(attributes).flatMap((attribute) => [
      attribute.description,
      ...Object.values(attribute.fields ?? {}),
    ]),
  ];
}

// That the pages match the output of tfplugindocs, which needs Go, is in test/engine/docs/provider-pages.test.ts.
test.each([
  { page: "index.md", descriptions: descriptionsOf(genauthProvider({}).schema) },
  { page: "resources/user_set.md", descriptions: descriptionsOf(userSet.schema) },
  { page: "data-sources/users.md", descriptions: descriptionsOf(usersDataSource.schema) },
  ...Object.entries(functions).map(([name, { summary, description, parameters, variadic }]) => ({
    page: `functions/${name}.md`,
    descriptions: [
      summary,
      description,
      ...[...parameters, ...(variadic ? [variadic] : [])].map((it) => it.description),
    ],
  })),
])("docs/$page has every description of today's schema", ({ page, descriptions }) => {
  const text = readFileSync(join(DOCS, page), "utf8");
  expect(descriptions.filter((description) => !text.includes(description))).toEqual([]);
});

test("the page of the resource lists the id types with their samples", () => {
  const text = readFileSync(join(DOCS, "resources/user_set.md"), "utf8");
  const listed = text.match(/^- `\w+`, such as `.*$/gm);
  expect(listed).toEqual(
    Object.entries(ID_TYPES).map(
      ([type, { description, sample }]) => `- \`${type}\`, such as \`${sample}\`: ${description}`,
    ),
  );
});
