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
 * Stands in for hashicorp/null where no registry can be reached: `null_resource` as far as the null resource uses
 * it. It has triggers and an id, and is replaced when the triggers change.
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
 * Where a test asks for it by a file `<NULL_PROVIDER_HOLD>.<step>`: takes it for `<NULL_PROVIDER_HOLD>.held`, and waits
 * until that is gone.
 */
async function holdBefore(step: "start" | "create" | "destroy"): Promise<void> {
  const hold = process.env.NULL_PROVIDER_HOLD;
  if (hold === undefined || !existsSync(`${hold}.${step}`)) return;
  const held = `${hold}.held`;
  renameSync(`${hold}.${step}`, held);
  while (existsSync(held)) await delay(10);
}

/** Equal for equal triggers, in whatever order they come. Triggers not known yet equal none that are. */
function textOf({ triggers }: Model<typeof schema>): string {
  if (triggers === null || triggers === UNKNOWN) return triggers === null ? "none" : "unknown";
  return JSON.stringify([...triggers].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const provider: ProviderDefinition<Schema, object> = {
  name: "null",
  version: "3.2.4",
  schema: { version: 0, description: "Stands in for hashicorp/null.", attributes: {} },
  configure: () => Promise.resolve({ context: {}, diagnostics: [] }),
  resources: { null_resource: nullResource },
};

void holdBefore("start").then(() =>
  serve("null", (context) => Promise.resolve(createEngineServer(provider, context))),
);
