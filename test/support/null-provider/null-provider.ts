import { randomInt } from "node:crypto";
import { existsSync, renameSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import {
  createEngineServer,
  serve,
  UNKNOWN,
  type Model,
  type ProviderDefinition,
  type ResourceDefinition,
  type Schema,
} from "../../../src/plugin";

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

const nullResource: ResourceDefinition<typeof schema, object> = {
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
    await holdBefore(planned ? "create" : "destroy");
    const state = planned && {
      ...planned,
      id: planned.id === UNKNOWN ? String(randomInt(2 ** 47)) : planned.id,
    };
    return { state, privateData, diagnostics: [] };
  },
};

/**
 * Pauses if a test has written a file `<NULL_PROVIDER_HOLD>.<step>`: renames it to `<NULL_PROVIDER_HOLD>.held`, and waits until
 * that is removed.
 */
async function holdBefore(step: "start" | "create" | "destroy"): Promise<void> {
  const hold = process.env.NULL_PROVIDER_HOLD;
  if (hold === undefined || !existsSync(`${hold}.${step}`)) return;
  const held = `${hold}.held`;
  renameSync(`${hold}.${step}`, held);
  while (existsSync(held)) await delay(10);
}

/** Equal for equal triggers in any order. Unknown triggers do not equal known ones. */
function textOf({ triggers }: Model<typeof schema>): string {
  if (triggers === null || triggers === UNKNOWN) return triggers === null ? "none" : "unknown";
  return JSON.stringify([...triggers].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const provider: ProviderDefinition<Schema, object> = {
  name: "null",
  version: "3.2.4",
  schema: { version: 0, description: "A substitute for hashicorp/null.", attributes: {} },
  configure: () => Promise.resolve({ context: {}, diagnostics: [] }),
  resources: { null_resource: nullResource },
};

void holdBefore("start").then(() =>
  serve({ name: "null", address: "registry.terraform.io/hashicorp/null" }, (context) =>
    Promise.resolve(createEngineServer(provider, context)),
  ),
);
