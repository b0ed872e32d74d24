import { UNKNOWN, type Attribute, type Schema } from "./types";
import { encodeMsgpack } from "./values/msgpack";
import { ValueError } from "./values/value-error";

/** Names that Terraform itself gives a meaning to in a block. */
const RESERVED = {
  provider: ["alias", "version"],
  resource: ["connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"],
} as const;

const ATTRIBUTE_NAME = /^[a-z_][a-z0-9_]*$/;

/**
 * What is wrong with a provider's names and schemas, a sentence for each mistake; empty where nothing is.
 * Terraform would refuse most of it too, but only for the person who runs it.
 */
export function providerProblems(provider: Named): readonly string[] {
  const resources = Object.entries(provider.resources);
  return [
    ...schemaProblems(`provider "${provider.name}"`, "provider", provider.schema),
    ...resources
      .filter(([type]) => !type.startsWith(`${provider.name}_`))
      .map(([type]) => `${type} does not begin with ${provider.name}_, as a resource of this provider must.`),
    ...resources.flatMap(([type, { schema }]) => schemaProblems(type, "resource", schema)),
  ];
}

/** What is looked at of a provider. */
interface Named {
  readonly name: string;
  readonly schema: Schema;
  readonly resources: Readonly<Record<string, { readonly schema: Schema }>>;
}

type Kind = keyof typeof RESERVED;

function schemaProblems(owner: string, kind: Kind, schema: Schema): readonly string[] {
  const problems = Object.entries(schema.attributes).flatMap(([name, attribute]) => {
    const where = `${owner}.${name}`;
    return [
      ...nameProblems(name, RESERVED[kind]).map((problem) => `${where} ${problem}`),
      ...combinationProblems(attribute, kind).map((problem) => `${where} ${problem}`),
      ...defaultProblems(attribute).map((problem) => `${where} ${problem}`),
    ];
  });
  const isVersion = Number.isSafeInteger(schema.version) && schema.version >= 0;
  return isVersion
    ? problems
    : [`${owner} has ${schema.version} for a version; it counts from 0.`, ...problems];
}

function nameProblems(name: string, reserved: readonly string[]): string[] {
  if (!ATTRIBUTE_NAME.test(name))
    return ["is no attribute name: lower-case letters, digits and underscores only."];
  return reserved.includes(name) ? ["has a name that Terraform keeps for itself."] : [];
}

function combinationProblems({ required, optional, computed }: Attribute, kind: Kind): string[] {
  if (kind === "provider" && computed) return ["is computed, which a provider's configuration cannot be."];
  if (required && (optional || computed)) return ["is required, so it can be neither optional nor computed."];
  if (!required && !optional && !computed) return ["is none of required, optional and computed."];
  return [];
}

function defaultProblems(attribute: Attribute): string[] {
  if (attribute.default === undefined) return [];
  if (!attribute.optional || !attribute.computed)
    return ["has a default, so it must be optional and computed."];
  if (attribute.default === UNKNOWN) return ["has a default that is unknown."];
  try {
    encodeMsgpack(attribute.default, attribute.type);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof ValueError)) throw thrown;
    return ["has a default that does not fit its type."];
  }
}
