import type { Methods, OpenMethod, UnaryMethod } from "../grpc/method";
import { codecOf } from "./codec";
import { SERVICES, type Method, type ServiceName } from "./services";

/** What answers a method: a message with a message or, where the call stays open, each one with any number. */
type Handler =
  | ((request: object) => Promise<object>)
  | { readonly receive: (message: object, send: (message: object) => void) => void };

/** What answers the methods of all services, by service and name. */
export type Handlers = {
  readonly [S in ServiceName]: { readonly [M in keyof (typeof SERVICES)[S]]: Handler };
};

/** The same in the form that gRPC takes: by path, and with bytes for messages. */
export function grpcMethods(handlers: Handlers): Methods {
  return new Map(
    Object.entries(SERVICES).flatMap(([service, methods]) => {
      const ofService: Readonly<Record<string, Handler>> = handlers[service as ServiceName];
      return Object.entries<Method>(methods).flatMap(([name, method]) => {
        const handler = ofService[name];
        return handler ? [[`/${service}/${name}`, onBytes(method, handler)] as const] : [];
      });
    }),
  );
}

function onBytes([request, response]: Method, handler: Handler): UnaryMethod | OpenMethod {
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
