import { describe, expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ManagedUserSet } from "../../../src/constructs/managed-user-set";
import { NUMBERS } from "../../../src/operator/settings";
import type { Attribute } from "../../../src/plugin";
import { providerSchema } from "../../../src/provider/provider-schema";
import { userSetSchema } from "../../../src/provider/user-set/schema";

/** Attributes of a set that only its `resource` has. */
const NOT_READ = ["id", "user_pool_name"];

/** The docstrings of an interface's properties, by name. */
function propertiesOf(file: string, declaration: string): ReadonlyMap<string, string> {
  const source = readFileSync(join(__dirname, "../../../src/constructs", file), "utf8");
  const [, body = ""] =
    new RegExp(`^export interface ${declaration}\\b[^{]*\\{\\n(.*?)^\\}`, "ms").exec(source) ?? [];
  const members = body.matchAll(/^ {2}\/\*\*\n(.*?)\*\/\n {2}readonly (\w+)\??:/gms);
  return new Map([...members].map(([, doc = "", name = ""]) => [name, doc]));
}

function attributesOf(schema: { readonly attributes: Readonly<Record<string, Attribute>> }) {
  return Object.entries(schema.attributes).map(([name, attribute]) => ({
    property: name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
    name,
    ...attribute,
  }));
}

function defaultIn(doc: string | undefined): string | undefined {
  return /@default (.*)/.exec(doc ?? "")?.[1];
}

describe("ManagedUserSetProps", () => {
  const properties = new Map([
    ...propertiesOf("user-set.ts", "UserSetProps"),
    ...propertiesOf("managed-user-set.ts", "ManagedUserSetProps"),
  ]);
  const attributes = attributesOf(userSetSchema);

  test.each(attributes.filter(({ required, optional }) => required ?? optional))(
    "has $property for the attribute $name",
    ({ property }) => expect([...properties.keys()]).toContain(property),
  );

  // The construct asks for the type of the ids.
  test.each(attributes.filter(({ name, default: value }) => value !== undefined && name !== "user_id_type"))(
    "documents the default of $property in the schema",
    ({ property, default: value }) => {
      // Members of an enumeration are named after their values: UserIdType.USER_ID is user_id.
      const documented = defaultIn(properties.get(property))?.replace(
        /^\w+\.([A-Z_]+)$/,
        (_, member: string) => member.toLowerCase(),
      );
      expect(documented?.split(";")[0]).toBe(JSON.stringify(value).replaceAll('"', ""));
    },
  );

  test.each(
    attributes.filter(({ name, required, optional }) => !(required ?? optional) && !NOT_READ.includes(name)),
  )("has a construct with the attribute $name", ({ property }) =>
    expect(Object.keys(Object.getOwnPropertyDescriptors(ManagedUserSet.prototype))).toContain(property),
  );
});

describe("GenAuthProviderConfig", () => {
  const properties = propertiesOf("genauth-provider.ts", "GenAuthProviderConfig");

  // The method `protect` sets the protected users.
  test.each(attributesOf(providerSchema).filter(({ name }) => name !== "protected_users"))(
    "has $property for the attribute $name",
    ({ property }) => expect([...properties.keys()]).toContain(property),
  );

  test.each(Object.entries(NUMBERS).filter(([name]) => name in providerSchema.attributes))(
    "names the variable and the default of %s",
    (name, { fallback }) => {
      const property =
        attributesOf(providerSchema).find((attribute) => attribute.name === name)?.property ?? "";
      expect(defaultIn(properties.get(property))).toMatch(
        new RegExp(`^the variable GENAUTH_${name.toUpperCase()}, else ${fallback}\\b`),
      );
    },
  );
});
