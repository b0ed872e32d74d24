import { expect } from "@jest/globals";
import { decode, encode } from "@msgpack/msgpack";
import {
  createLogger,
  type ProviderDefinition,
  type ResourceDefinition,
  type Schema,
} from "../../../../src/plugin";
import type { ProviderMethods } from "../../../../src/plugin/protocol-messages";
import { createProviderService } from "../../../../src/plugin/provider-service";
import { Session } from "../../../../src/plugin/session";

export const schema = {
  version: 2,
  description: "",
  attributes: {
    name: { type: "string", description: "", required: true },
    limit: { type: "number", description: "", optional: true, computed: true, default: 5 },
  },
} as const satisfies Schema;

export type Definition = ResourceDefinition<typeof schema, string>;

type Response = Readonly<Record<string, unknown>>;

/** A session of a provider with one resource. Returns its calls by name. */
export function session(
  resource: Partial<Definition> = {},
  provider: Partial<ProviderDefinition<Schema, string>> = {},
) {
  const thing: Definition = {
    schema,
    read: ({ state, privateData }) => Promise.resolve({ state, privateData, diagnostics: [] }),
    plan: ({ proposed, privateData }) => Promise.resolve({ planned: proposed, privateData, diagnostics: [] }),
    apply: ({ planned, privateData }) => Promise.resolve({ state: planned, privateData, diagnostics: [] }),
    ...resource,
  };
  const definition: ProviderDefinition<Schema, string> = {
    name: "test",
    version: "1.0.0",
    schema: { version: 0, description: "", attributes: {} },
    resources: { test_thing: thing },
    configure: () => Promise.resolve({ context: "context", diagnostics: [] }),
    ...provider,
  };
  const lines: string[] = [];
  const log = createLogger("test", { environment: { TF_LOG: "trace" }, write: (line) => lines.push(line) });
  const methods = createProviderService(new Session(definition, log));
  return {
    call: (rpc: keyof ProviderMethods, request: object): Promise<Response> => methods[rpc](request),
    log: () => lines.join(""),
  };
}

export async function configured(
  ...options: Parameters<typeof session>
): Promise<ReturnType<typeof session>> {
  const made = session(...options);
  expect(await made.call("ConfigureProvider", { config: { msgpack: encode({}) } })).toEqual({
    diagnostics: [],
  });
  return made;
}

export function decoded(message: unknown): unknown {
  return decode((message as { readonly msgpack: Uint8Array }).msgpack);
}
