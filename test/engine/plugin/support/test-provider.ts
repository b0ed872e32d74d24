import {
  createLogger,
  createEngineServer,
  error,
  serve,
  UNKNOWN,
  warning,
  type Model,
  type ProviderDefinition,
  type ResourceDefinition,
} from "../../../../src/plugin";

/**
 * A provider for tests on a real engine. Its only resource stores entries, and some keys have effects:
 * `refused` fails validation, `warned` warns at plan, `thrown` throws at apply, `waiting` lasts until the interrupt.
 * With TEST_FAILS_LATE, it fails after the handshake. It logs its calls at INFO.
 */
const log = createLogger("test");

const providerSchema = {
  version: 0,
  description: "A provider for tests.",
  attributes: { greeting: { type: "string", description: "A word for the log.", optional: true } },
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
  readonly stopped: AbortSignal;
}

const stop = new AbortController();

const thing: ResourceDefinition<typeof thingSchema, Context> = {
  schema: thingSchema,
  validate: ({ entries }) =>
    entries instanceof Map && entries.has("refused")
      ? [error("That entry is refused", "Take it out.", [{ attribute: "entries" }, { key: "refused" }])]
      : [],
  read({ state, privateData }) {
    log.info("read", { privateData: Buffer.from(privateData).toString() });
    return Promise.resolve({ state, privateData, diagnostics: [] });
  },
  plan({ prior, proposed, privateData }) {
    log.info("plan", { privateData: Buffer.from(privateData).toString() });
    if (proposed === null) {
      return Promise.resolve({
        planned: null,
        privateData,
        diagnostics: [warning("It is released", "For good.")],
      });
    }
    const changed = prior === null || !sameEntries(prior, proposed);
    return Promise.resolve({
      planned: { ...proposed, id: proposed.id ?? UNKNOWN, summary: changed ? UNKNOWN : prior.summary },
      privateData: Buffer.from("planned"),
      requiresReplace: prior !== null && prior.kind !== proposed.kind ? [[{ attribute: "kind" }]] : [],
      diagnostics:
        proposed.entries instanceof Map && proposed.entries.has("warned")
          ? [
              warning("That entry causes a warning", "Look again.", [
                { attribute: "entries" },
                { key: "warned" },
              ]),
            ]
          : [],
    });
  },
  async apply({ prior, planned, privateData, context }) {
    log.info("apply", { privateData: Buffer.from(privateData).toString() });
    if (planned === null) return { state: null, privateData, diagnostics: [] };
    const entries = planned.entries instanceof Map ? planned.entries : new Map<string, string>();
    if (entries.has("thrown")) throw new Error("the roof fell in");
    const state: Thing = {
      ...planned,
      id: planned.id === UNKNOWN ? "thing-1" : planned.id,
      summary: { count: entries.size, keys: [...entries.keys()].sort() },
    };
    if (!entries.has("waiting")) return { state, privateData: Buffer.from("applied"), diagnostics: [] };
    log.info("waiting", { pid: process.pid });
    await new Promise((resolve) => context.stopped.addEventListener("abort", resolve));
    log.info("stopped");
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
  configure({ greeting }) {
    log.info("configured", { greeting: typeof greeting === "symbol" ? "unknown" : greeting });
    return Promise.resolve({ context: { stopped: stop.signal }, diagnostics: [] });
  },
  stop: () => stop.abort(),
};

void serve({ name: "test", address: "terraform.local/test/test" }, (context) =>
  process.env.TEST_FAILS_LATE === undefined
    ? Promise.resolve(createEngineServer(provider, context))
    : Promise.reject(new Error("the roof fell in")),
);
