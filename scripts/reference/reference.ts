import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { Attribute, FunctionDefinition, Parameter, Schema, Type } from "../../src/plugin";
import { genauthProvider } from "../../src/provider/provider";
import { PipelineSettingsSchema } from "../../src/pipeline";
import { DriftReportSchema, PlanReportSchema } from "../../src/reports";
import { ServiceReportSchema } from "../../src/service";
import { ID_TYPES } from "../../src/users/ids/id-types";

const provider = genauthProvider({});

/**
 * The reference pages, in the form of HashiCorp's tfplugindocs: `templates/` contains the text, in the syntax of its
 * templates, and the attributes come from the schemas. `EXPRESSIONS` lists the supported template expressions.
 */
const SCHEMAS: Readonly<Record<string, Schema>> = {
  "index.md": provider.schema,
  ...pagesOf("resources", provider.resources),
  ...pagesOf("data-sources", provider.dataSources ?? {}),
};

function pagesOf(
  folder: string,
  definitions: Readonly<Record<string, { readonly schema: Schema }>>,
): Record<string, Schema> {
  return Object.fromEntries(
    Object.entries(definitions).map(([type, { schema }]) => [
      `${folder}/${type.slice(`${provider.name}_`.length)}.md`,
      schema,
    ]),
  );
}

/** What the reports hold as JSON, by the name of the report. */
const REPORTS: Readonly<Record<string, z.ZodType>> = {
  "plan-report": PlanReportSchema,
  "drift-report": DriftReportSchema,
  "service-report": ServiceReportSchema,
};

/** What people write, by the name of the file. */
const SETTINGS: Readonly<Record<string, z.ZodType>> = { "pipeline-settings": PipelineSettingsSchema };

/**
 * The pages and the JSON schemas of the reports, by their paths in `docs/`.
 *
 * @throws Error for an expression that is not in `EXPRESSIONS`
 */
export function renderReference(root: string): ReadonlyMap<string, string> {
  return new Map([
    ...Object.entries(SCHEMAS).map(([page, schema]) => [page, renderPage(page, { root, schema })] as const),
    ...Object.entries(provider.functions ?? {}).map(
      ([name, definition]) => [`functions/${name}.md`, renderFunctionPage(root, name, definition)] as const,
    ),
    ...Object.entries(REPORTS).map(
      ([name, schema]) => [`${name}.schema.json`, renderJsonSchema(name, schema, "output")] as const,
    ),
    ...Object.entries(SETTINGS).map(
      ([name, schema]) => [`${name}.schema.json`, renderJsonSchema(name, schema, "input")] as const,
    ),
  ]);
}

function renderJsonSchema(name: string, schema: z.ZodType, io: "input" | "output"): string {
  const text = { title: `cdktf-genauth ${name}`, ...z.toJSONSchema(schema, { io }) };
  return `${JSON.stringify(text, undefined, 2)}\n`;
}

/** The page of a function; all have one template. */
function renderFunctionPage(root: string, name: string, definition: FunctionDefinition): string {
  const values: Readonly<Record<string, string>> = {
    ".Name": name,
    ".Summary": definition.summary,
    ".Description | trimspace": definition.description,
    "tffile .ExampleFile": renderCode(root, "terraform", `examples/functions/${name}/function.tf`),
    ".FunctionSignatureMarkdown": renderSignature(name, definition),
    ".FunctionArgumentsMarkdown": definition.parameters.map(renderParameter).join("\n"),
    ".FunctionVariadicArgumentMarkdown": definition.variadic
      ? `${definition.parameters.length + 1}. ${describeParameter(definition.variadic, "Variadic, ")}`
      : "",
  };
  const template = readFileSync(join(root, "templates", "functions.md.tmpl"), "utf8");
  const text = template.replaceAll(/\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
    const value = values[expression];
    if (value === undefined)
      throw new Error(`templates/functions.md.tmpl: nothing is known for {{ ${expression} }}.`);
    return value;
  });
  return `${text.trimEnd()}\n`;
}

function renderSignature(name: string, { parameters, variadic, returns }: FunctionDefinition): string {
  const listed = parameters.map(
    (parameter) => `${parameter.name} ${nameOfType(parameter.type).toLowerCase()}`,
  );
  const more = variadic ? [`${variadic.name} ${nameOfType(variadic.type).toLowerCase()}...`] : [];
  return `\`\`\`text\n${name}(${[...listed, ...more].join(", ")}) ${nameOfType(returns).toLowerCase()}\n\`\`\``;
}

function renderParameter(parameter: Parameter, index: number): string {
  return `${index + 1}. ${describeParameter(parameter)}`;
}

function describeParameter({ name, type, allowNull, description }: Parameter, mark = ""): string {
  return `\`${name}\` (${mark}${nameOfType(type)}${allowNull ? ", Nullable" : ""}) ${description}`;
}

function renderPage(page: string, given: Page): string {
  const template = readFileSync(join(given.root, "templates", `${page}.tmpl`), "utf8");
  return template.replaceAll(/\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
    for (const [form, render] of EXPRESSIONS) {
      const match = form.exec(expression);
      if (match) return render(given, match.slice(1));
    }
    throw new Error(`templates/${page}.tmpl: nothing is known for {{ ${expression} }}.`);
  });
}

interface Page {
  readonly root: string;
  readonly schema: Schema;
}

const MARK = "<!-- schema generated by npm run generate -->";

const EXPRESSIONS: readonly (readonly [RegExp, (page: Page, given: readonly string[]) => string])[] = [
  [/^\.Description \| trimspace$/, ({ schema }) => schema.description],
  [/^\.SchemaMarkdown \| trimspace$/, ({ schema }) => `${MARK}\n${renderSchema(schema)}`],
  [/^\.IdTypes$/, renderIdTypes],
  [/^tffile "(.+)"$/, ({ root }, [file = ""]) => renderCode(root, "terraform", file)],
  [/^codefile "(\w+)" "(.+)"$/, ({ root }, [language = "", file = ""]) => renderCode(root, language, file)],
];

function renderCode(root: string, language: string, file: string): string {
  return `\`\`\`${language}\n${readFileSync(join(root, file), "utf8").trim()}\n\`\`\``;
}

function renderIdTypes(): string {
  return Object.entries(ID_TYPES)
    .map(([type, { description, sample }]) => `- \`${type}\`, such as \`${sample}\`: ${description}`)
    .join("\n");
}

const GROUPS = [
  { title: "Required", holds: ({ required }: Attribute) => required === true },
  { title: "Optional", holds: ({ optional }: Attribute) => optional === true },
  { title: "Read-Only", holds: (it: Attribute) => it.computed === true && it.optional !== true },
];

/** The schema part of a page. Refuses objects within objects, which no schema has yet. */
function renderSchema({ attributes }: Schema): string {
  const sorted = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  const nested: string[] = [];
  const groups = GROUPS.flatMap(({ title, holds }) => {
    const members = sorted.filter(([, attribute]) => holds(attribute));
    for (const [name, { type, fields }] of members) {
      const object = objectIn(type);
      if (object) nested.push(renderNested(name, title, object, fields));
    }
    return members.length === 0 ? [] : [`### ${title}\n\n${members.map(renderAttribute).join("\n")}`];
  });
  return ["## Schema", ...groups, ...nested].join("\n\n");
}

function renderAttribute([name, { type, sensitive, description }]: [string, Attribute]): string {
  const isNested = objectIn(type) !== undefined;
  const kind = isNested
    ? `Attributes${typeof type === "object" && "map" in type ? " Map" : ""}`
    : nameOfType(type);
  const marks = `(${kind}${sensitive ? ", Sensitive" : ""})`;
  const link = isNested ? ` (see [below for nested schema](#nestedatt--${name}))` : "";
  return `- \`${name}\` ${marks} ${description}${link}`;
}

function renderNested(
  name: string,
  title: string,
  object: Readonly<Record<string, Type>>,
  descriptions: Attribute["fields"] = {},
): string {
  const fields = Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));
  const listed = fields.map(([field, type]) => {
    if (objectIn(type)) throw new Error(`${name}.${field}: an object within an object is not rendered.`);
    const description = descriptions[field];
    if (description === undefined) throw new Error(`${name}.${field} has no description.`);
    return `- \`${field}\` (${nameOfType(type)}) ${description}`;
  });
  return `<a id="nestedatt--${name}"></a>\n### Nested Schema for \`${name}\`\n\n${title}:\n\n${listed.join("\n")}`;
}

/** The attributes of an object, or of the objects in a collection. */
function objectIn(type: Type): Readonly<Record<string, Type>> | undefined {
  if (typeof type === "string") return undefined;
  return "object" in type ? type.object : objectIn(elementOf(type));
}

function nameOfType(type: Type): string {
  if (type === "bool") return "Boolean";
  if (type === "string") return "String";
  if (type === "number") return "Number";
  if ("object" in type) return "Object";
  const collection = "list" in type ? "List" : "set" in type ? "Set" : "Map";
  return `${collection} of ${nameOfType(elementOf(type))}`;
}

function elementOf(type: Exclude<Type, string | { readonly object: unknown }>): Type {
  return "list" in type ? type.list : "set" in type ? type.set : type.map;
}
