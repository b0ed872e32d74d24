import {
  createEngineServer,
  type ProviderDefinition,
  type ResourceDefinition,
  serve,
} from "../../../../src/plugin";

/** A provider for tests of its process. Nobody calls its only resource. With TEST_FAILS_LATE, it fails after the handshake. */
const nobodyCalls = () => Promise.reject(new Error("No test calls it."));

const thingSchema = {
  version: 0,
  description: "A thing.",
  attributes: { id: { type: "string", description: "The id.", computed: true } },
} as const;

const thing: ResourceDefinition<typeof thingSchema, undefined> = {
  schema: thingSchema,
  read: nobodyCalls,
  plan: nobodyCalls,
  apply: nobodyCalls,
};

const providerSchema = { version: 0, description: "A provider for tests.", attributes: {} } as const;

const provider: ProviderDefinition<typeof providerSchema, undefined> = {
  name: "test",
  version: "1.0.0",
  schema: providerSchema,
  resources: { test_thing: thing },
  configure: () => Promise.resolve({ context: undefined, diagnostics: [] }),
  stop: () => undefined,
};

void serve({ name: "test", address: "terraform.local/test/test" }, (context) =>
  process.env.TEST_FAILS_LATE === undefined
    ? Promise.resolve(createEngineServer(provider, context))
    : Promise.reject(new Error("the roof fell in")),
);
