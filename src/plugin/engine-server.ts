import { setFlagsFromString } from "node:v8";
import { status } from "@grpc/grpc-js";
import { codecOf } from "./codec";
import type { ProviderDefinition, Schema } from "./definition";
import { GrpcServer, KEPT_OPEN, StatusError, type Method, type Methods } from "./grpc-server";
import { SERVICES, type MethodMessages, type ProtocolMessage, type ServiceName } from "./protocol-messages";
import { createProviderService } from "./provider-service";
import type { EngineServer, ServeContext } from "./serve";
import { Session } from "./session";

/**
 * How long a shutdown waits for Terraform to receive its answers, in milliseconds; Terraform kills after 2 s.
 */
const SHUTDOWN_GRACE = 1_000;

/** Logged if a shutdown waited in vain, which delays every command. */
const STILL_CONNECTED = "the engine asked for the end, but stays connected";

/**
 * Creates the server for all calls of Terraform: the provider's service, and the services of every plugin.
 */
export function createEngineServer<P extends Schema, C>(
  provider: ProviderDefinition<P, C>,
  { log, onShutdown }: ServeContext,
): EngineServer {
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

/** Answers a method's messages, or leaves its calls open. */
type Handler = ((request: object) => Promise<object>) | typeof KEPT_OPEN;

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
  if (handler === KEPT_OPEN) return KEPT_OPEN;
  const requests = codecOf(request);
  const responses = codecOf(response);
  return async (bytes) => responses.encode(await handler(requests.decode(bytes)));
}

/** A large request has this size or more, in bytes: a set of some 20,000 users. */
const LARGE = 1024 * 1024;

/** How much the heap may grow between two full collections, in percent of what the first one left in use. */
const GROWTH_PERCENT = 100;

/**
 * Takes less memory for large requests. V8 lets a heap grow to four times what is in use before a full
 * collection, and at 100,000 users most of that is garbage. From the first large request on, the limit is
 * twice. That costs no measurable CPU time with large sets, but 8 % at 10,000 users, where it would save
 * nothing.
 *
 * An executable has no V8. It collects before each large request instead, which keeps a plan of 30,000 users
 * at 236 MB instead of 332.
 */
function limitHeapGrowth(methods: Methods): Methods {
  const { Bun: bun } = globalThis as { Bun?: { gc(wait: boolean): void } };
  const limitHeap = (): void =>
    bun ? bun.gc(true) : setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  const limited = (method: Method): Method =>
    method === KEPT_OPEN
      ? method
      : (request) => {
          if (request.length >= LARGE) limitHeap();
          return method(request);
        };
  return new Map([...methods].map(([path, method]) => [path, limited(method)]));
}

/**
 * The service name in Terraform's health checks, and the health protocol's number of a service that works.
 */
const HEALTH_SERVICE = "plugin";
const SERVING = 1;

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
    // Terraform takes the end of such a call for the end of the process.
    "plugin.GRPCBroker": { StartStream: KEPT_OPEN },
    "plugin.GRPCStdio": { StreamStdio: KEPT_OPEN },
    "grpc.health.v1.Health": { Check: checkHealth },
  };
}

function checkHealth({
  service = "",
}: ProtocolMessage<"HealthCheckRequest">): Promise<ProtocolMessage<"HealthCheckResponse">> {
  return service === "" || service === HEALTH_SERVICE
    ? Promise.resolve({ status: SERVING })
    : Promise.reject(new StatusError(status.NOT_FOUND, "no such service"));
}
