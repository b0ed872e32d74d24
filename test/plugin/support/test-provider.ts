import { appendFileSync } from "node:fs";
import {
  createLogger,
  error,
  serve,
  UNKNOWN,
  warning,
  type Model,
  type ProviderDefinition,
  type ResourceDefinition,
} from "../../../src/plugin";

/**
 * A provider to run under the real Terraform. Its one resource keeps entries and does odd things for odd keys:
 * `refused` fails validation, `frowned` warns at plan, `thrown` throws at apply, `waiting` lasts until the interrupt.
 * With `journal` configured, it notes there what it is asked.
 */
const providerSchema = {
  version: 0,
  description: "A provider for tests.",
  attributes: { journal: { type: "string", description: "A file to note calls in.", optional: true } },
} as const;

const thingSchema = {
  version: 1,
  description: "Entries.",
  attributes: {
    entries: { type: { map: "string" }, description: "The entries.", required: true },
    kind: { type: "string", description: "A kind.", optional: true, computed: true, default: "plain" },
    limit: { type: "number", description: "A limit.", optional: true, computed: true, default: 500 },
    ratio: { type: "number", description: "A ratio.", optional: true },
    marks: { type: { list: "string" }, description: "Marks.", optional: true },
    summary: {
      type: { object: { count: "number", keys: { list: "string" } } },
      description: "What was applied.",
      computed: true,
    },
    id: { type: "string", description: "The id.", computed: true },
  },
} as const;

type Thing = Model<typeof thingSchema>;
interface Context {
  note(line: string): void;
  readonly stopped: AbortSignal;
}

const stop = new AbortController();

const thing: ResourceDefinition<typeof thingSchema, Context> = {
  schema: thingSchema,
  validate: ({ entries }) =>
    entries instanceof Map && entries.has("refused")
      ? [error("That entry is refused", "Take it out.", [{ attribute: "entries" }, { key: "refused" }])]
      : [],
  read({ state, privateData, context }) {
    context.note(`read ${Buffer.from(privateData).toString()}`);
    return Promise.resolve({ state, privateData, diagnostics: [] });
  },
  plan({ prior, proposed, privateData, context }) {
    context.note(`plan ${Buffer.from(privateData).toString()}`);
    if (proposed === null) {
      return Promise.resolve({
        planned: null,
        privateData,
        diagnostics: [warning("It is let go", "For good.")],
      });
    }
    const changed = prior === null || !sameEntries(prior, proposed);
    return Promise.resolve({
      planned: { ...proposed, id: proposed.id ?? UNKNOWN, summary: changed ? UNKNOWN : prior.summary },
      privateData: Buffer.from("planned"),
      requiresReplace: prior !== null && prior.kind !== proposed.kind ? [[{ attribute: "kind" }]] : [],
      diagnostics:
        proposed.entries instanceof Map && proposed.entries.has("frowned")
          ? [
              warning("That entry is frowned upon", "Look again.", [
                { attribute: "entries" },
                { key: "frowned" },
              ]),
            ]
          : [],
    });
  },
  async apply({ prior, planned, privateData, context }) {
    context.note(`apply ${Buffer.from(privateData).toString()}`);
    if (planned === null) return { state: null, privateData, diagnostics: [] };
    const entries = planned.entries instanceof Map ? planned.entries : new Map<string, string>();
    if (entries.has("thrown")) throw new Error("the roof fell in");
    const state: Thing = {
      ...planned,
      id: planned.id === UNKNOWN ? "thing-1" : planned.id,
      summary: { count: entries.size, keys: [...entries.keys()].sort() },
    };
    if (!entries.has("waiting")) return { state, privateData: Buffer.from("applied"), diagnostics: [] };
    await new Promise((resolve) => context.stopped.addEventListener("abort", resolve));
    context.note("stopped");
    return { state: prior, privateData, diagnostics: [error("Interrupted", "Half of it is done.")] };
  },
  importState: (id) =>
    Promise.resolve({
      state:
        id === "nothing"
          ? null
          : {
              id,
              entries: new Map([["imported", "x"]]),
              kind: "plain",
              limit: 500,
              ratio: null,
              marks: null,
              summary: null,
            },
      privateData: new Uint8Array(),
      diagnostics: [],
    }),
};

function sameEntries(one: Thing, other: Thing): boolean {
  const list = ({ entries }: Thing) => (entries instanceof Map ? JSON.stringify([...entries]) : "");
  return list(one) === list(other);
}

const provider: ProviderDefinition<typeof providerSchema, Context> = {
  name: "test",
  version: "1.0.0",
  schema: providerSchema,
  resources: { test_thing: thing },
  configure({ journal }) {
    createLogger("test").info("configured", { journal: typeof journal === "string" });
    return Promise.resolve({
      context: {
        note: (line) => typeof journal === "string" && appendFileSync(journal, `${line}\n`),
        stopped: stop.signal,
      },
      diagnostics: [],
    });
  },
  stop: () => stop.abort(),
};

void serve(provider);
