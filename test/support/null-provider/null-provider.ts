import { randomInt } from "node:crypto";
import {
  UNKNOWN,
  type Model,
  type ProviderDefinition,
  type ResourceDefinition,
  type Schema,
} from "../../../src/plugin";

/** The addresses of hashicorp/null in Terraform and OpenTofu. */
export const NULL_ADDRESSES = [
  "registry.terraform.io/hashicorp/null",
  "registry.opentofu.org/hashicorp/null",
];

/** The `required_providers` entry of a configuration, with the version that @cdktf/provider-null 11 requires. */
export const NULL_PROVIDER = { null: { source: "hashicorp/null", version: "3.2.4" } };

/** Called before an object is created or destroyed. */
type Hold = (step: "create" | "destroy") => Promise<void>;

/**
 * A substitute for hashicorp/null if no registry is available: a `null_resource` with triggers and an id, which is replaced when
 * the triggers change.
 */
const schema = {
  version: 0,
  description: "Does nothing.",
  attributes: {
    triggers: {
      type: { map: "string" },
      description: "Replaces the resource when they change.",
      optional: true,
    },
    id: { type: "string", description: "A random number.", computed: true },
  },
} as const;

const nullResource = (hold: Hold): ResourceDefinition<typeof schema, object> => ({
  schema,
  read: ({ state, privateData }) => Promise.resolve({ state, privateData, diagnostics: [] }),
  plan({ prior, proposed, privateData }) {
    const replace = prior !== null && proposed !== null && textOf(prior) !== textOf(proposed);
    return Promise.resolve({
      planned: proposed && { ...proposed, id: prior?.id ?? UNKNOWN },
      privateData,
      requiresReplace: replace ? [[{ attribute: "triggers" }]] : [],
      diagnostics: [],
    });
  },
  async apply({ planned, privateData }) {
    await hold(planned ? "create" : "destroy");
    const state = planned && {
      ...planned,
      id: planned.id === UNKNOWN ? String(randomInt(2 ** 47)) : planned.id,
    };
    return { state, privateData, diagnostics: [] };
  },
});

/** Equal for equal triggers in any order. Unknown triggers do not equal known ones. */
function textOf({ triggers }: Model<typeof schema>): string {
  if (triggers === null || triggers === UNKNOWN) return triggers === null ? "none" : "unknown";
  return JSON.stringify([...triggers].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** @param hold lets a test pause the provider */
export function nullProvider(hold: Hold = () => Promise.resolve()): ProviderDefinition<Schema, object> {
  return {
    name: "null",
    version: "3.2.4",
    schema: { version: 0, description: "A substitute for hashicorp/null.", attributes: {} },
    configure: () => Promise.resolve({ context: {}, diagnostics: [] }),
    resources: { null_resource: nullResource(hold) },
  };
}
