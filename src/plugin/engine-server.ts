import { setFlagsFromString } from "node:v8";
import { status } from "@grpc/grpc-js";
import { codecOf } from "./codec";
import { UNKNOWN, type Attribute, type ProviderDefinition, type Schema } from "./definition";
import { ValueError } from "./diagnostic";
import { encodeMsgpack } from "./dynamic-value";
import { GrpcServer, StatusError, type Method, type Methods } from "./grpc-server";
import { StartupError } from "./handshake";
import { SERVICES, type MethodMessages, type ProtocolMessage, type ServiceName } from "./protocol-messages";
import { createProviderService } from "./provider-service";
import type { EngineServer, ServeContext } from "./serve";
import { Session } from "./session";

/** How long a shutdown waits for Terraform to receive its answers, in milliseconds; Terraform kills after 2 s. */
const SHUTDOWN_GRACE = 1_000;

/** Logged if a shutdown waited in vain, which delays every command. */
const STILL_CONNECTED = "the engine asked for the end, but stays connected";

/**
 * Creates the server for all calls of Terraform: the provider's service, and the services of every plugin.
 *
 * @throws StartupError if Terraform would refuse the provider's names or schemas
 */
export function createEngineServer<P extends Schema, C>(
  provider: ProviderDefinition<P, C>,
  { log, onShutdown }: ServeContext,
): EngineServer {
  const problems = providerProblems(provider);
  if (problems.length > 0) throw new StartupError(problems.join("\n"));
  const methods = grpcMethods({
    "tfplugin6.Provider": createProviderService(new Session(provider, log)),
    ...pluginServices(() => {
      void server.stop().then(onShutdown);
      setTimeout(() => {
        log.warn(STILL_CONNECTED);
        onShutdown();
      }, SHUTDOWN_GRACE).unref();
    }),
  });
  const server = new GrpcServer(limitHeapGrowth(methods));
  return server;
}

/** Handles a method: one message for each or, for a call that stays open, any number. */
type Handler =
  | ((request: object) => Promise<object>)
  | { readonly receive: (message: object, send: (message: object) => void) => void };

/** The handlers of all services, by service and method. */
type Handlers = {
  readonly [S in ServiceName]: { readonly [M in keyof (typeof SERVICES)[S]]: Handler };
};

/** The handlers in the form of the gRPC server: by path, and with bytes instead of messages. */
function grpcMethods(handlers: Handlers): Methods {
  return new Map(
    Object.entries(SERVICES).flatMap(([service, methods]) => {
      const ofService: Readonly<Record<string, Handler>> = handlers[service as ServiceName];
      return Object.entries<MethodMessages>(methods).flatMap(([name, messages]) => {
        const handler = ofService[name];
        return handler ? [[`/${service}/${name}`, withCodecs(messages, handler)] as const] : [];
      });
    }),
  );
}

function withCodecs([request, response]: MethodMessages, handler: Handler): Method {
  const requests = codecOf(request);
  const responses = codecOf(response);
  if (typeof handler === "function") {
    return { answer: async (bytes) => responses.encode(await handler(requests.decode(bytes))) };
  }
  return {
    receive: (bytes, send) =>
      handler.receive(requests.decode(bytes), (message) => send(responses.encode(message))),
  };
}

/** A large request has this size or more, in bytes: a set of some 20,000 users. */
const LARGE = 1024 * 1024;

/** How much the heap may grow between two full collections, in percent of what the first one left in use. */
const GROWTH_PERCENT = 100;

/**
 * Takes less memory for large requests. V8 lets a heap grow to four times what is in use before a full collection, and
 * at 100,000 users most of that is garbage. From the first large request on, the limit is twice. That costs no
 * measurable CPU time with large sets, but 8 % at 10,000 users, where it would save nothing.
 *
 * An executable has no V8. It collects before each large request instead, which keeps a plan of 30,000 users at 236 MB
 * instead of 332.
 */
function limitHeapGrowth(methods: Methods): Methods {
  const { Bun: bun } = globalThis as { Bun?: { gc(wait: boolean): void } };
  const limitHeap = (): void =>
    bun ? bun.gc(true) : setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  const limited = (method: Method): Method =>
    "answer" in method
      ? {
          answer: (request) => {
            if (request.length >= LARGE) limitHeap();
            return method.answer(request);
          },
        }
      : method;
  return new Map([...methods].map(([path, method]) => [path, limited(method)]));
}

/** The service name in Terraform's health checks, and the health protocol's numbers. */
const HEALTH_SERVICE = "plugin";
const SERVING = 1;
const SERVICE_UNKNOWN = 3;

/** A call that stays open without messages. Terraform takes its end for the end of the process. */
const SILENT = { receive: () => undefined };

/**
 * The services of go-plugin that Terraform expects besides the provider's own.
 *
 * @param shutdown called when Terraform asks for a shutdown, before it has its answer
 */
function pluginServices(shutdown: () => void): Omit<Handlers, "tfplugin6.Provider"> {
  return {
    "plugin.GRPCController": {
      Shutdown: () => {
        shutdown();
        return Promise.resolve({});
      },
    },
    "plugin.GRPCBroker": { StartStream: SILENT },
    "plugin.GRPCStdio": { StreamStdio: SILENT },
    "grpc.health.v1.Health": { Check: checkHealth, Watch: { receive: watchHealth } },
  };
}

function checkHealth(
  request: ProtocolMessage<"HealthCheckRequest">,
): Promise<ProtocolMessage<"HealthCheckResponse">> {
  return isHealthService(request)
    ? Promise.resolve({ status: SERVING })
    : Promise.reject(new StatusError(status.NOT_FOUND, "no such service"));
}

function watchHealth(
  request: ProtocolMessage<"HealthCheckRequest">,
  send: (response: ProtocolMessage<"HealthCheckResponse">) => void,
): void {
  send({ status: isHealthService(request) ? SERVING : SERVICE_UNKNOWN });
}

function isHealthService({ service = "" }: ProtocolMessage<"HealthCheckRequest">): boolean {
  return service === "" || service === HEALTH_SERVICE;
}

/** Names that Terraform reserves in a block. */
const RESERVED = {
  provider: ["alias", "version"],
  resource: ["connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"],
  "data source": ["count", "depends_on", "for_each", "lifecycle", "provider"],
} as const;

const ATTRIBUTE_NAME = /^[a-z_][a-z0-9_]*$/;

interface CheckedProvider {
  readonly name: string;
  readonly schema: Schema;
  readonly resources: Readonly<Record<string, { readonly schema: Schema }>>;
  readonly dataSources?: Readonly<Record<string, { readonly schema: Schema }>>;
}

type BlockKind = keyof typeof RESERVED;

/**
 * The mistakes in a provider's names and schemas, a sentence each. Terraform would refuse most of them too, but only
 * when somebody runs it.
 */
export function providerProblems(provider: CheckedProvider): readonly string[] {
  const kinds = [
    ["resource", Object.entries(provider.resources)],
    ["data source", Object.entries(provider.dataSources ?? {})],
  ] as const;
  return [
    ...schemaProblems(`provider "${provider.name}"`, "provider", provider.schema),
    ...kinds.flatMap(([kind, definitions]) =>
      definitions
        .filter(([type]) => !type.startsWith(`${provider.name}_`))
        .map(
          ([type]) => `${type} does not begin with ${provider.name}_, as a ${kind} of this provider must.`,
        ),
    ),
    ...kinds.flatMap(([kind, definitions]) =>
      definitions.flatMap(([type, { schema }]) => schemaProblems(type, kind, schema)),
    ),
  ];
}

function schemaProblems(owner: string, kind: BlockKind, schema: Schema): readonly string[] {
  const problems = Object.entries(schema.attributes).flatMap(([name, attribute]) =>
    [
      ...nameProblems(name, RESERVED[kind]),
      ...combinationProblems(attribute, kind),
      ...defaultProblems(attribute),
    ].map((problem) => `${owner}.${name} ${problem}`),
  );
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

function combinationProblems({ required, optional, computed }: Attribute, kind: BlockKind): string[] {
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
