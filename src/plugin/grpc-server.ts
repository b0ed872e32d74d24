import type { Duplex } from "node:stream";
import {
  Metadata,
  Server,
  ServerCredentials,
  status,
  type handleBidiStreamingCall,
  type handleUnaryCall,
} from "@grpc/grpc-js";

/** A call that stays open, without messages, until the client or the server ends it. */
export const KEPT_OPEN = "kept open";

/**
 * One request, one response. A StatusError that it throws ends the call with its status, anything else as
 * internal.
 */
export type UnaryMethod = (request: Uint8Array) => Promise<Uint8Array>;

export type Method = UnaryMethod | typeof KEPT_OPEN;

/** The methods by path, such as `/grpc.health.v1.Health/Check`. */
export type Methods = ReadonlyMap<string, Method>;

/** The status of a failed call. */
export class StatusError extends Error {
  readonly code: status;

  constructor(code: status, message: string) {
    super(message);
    this.name = "StatusError";
    this.code = code;
  }
}

/**
 * The limit of Protocol Buffers and of the engine's own gRPC. It is not smaller because a set of 100,000
 * users is a message of several megabytes; gRPC's default is 4 MiB.
 */
const MAX_MESSAGE_BYTES = 2 ** 31 - 1;

/**
 * A gRPC server on connections that the mutual TLS server accepts. That one listens before this code is
 * loaded, and admits only one client.
 */
export class GrpcServer {
  readonly #server = new Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
    "grpc.enable_channelz": 0,
  });
  readonly #injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
  readonly #connections = new Set<Duplex>();
  readonly #openCalls = new Set<{ end(): void }>();

  constructor(methods: Methods) {
    for (const [path, method] of methods) {
      if (method === KEPT_OPEN) this.#server.register(path, this.#keepOpen, asBuffer, asBuffer, "bidi");
      else this.#server.register(path, onceAnswered(method), asBuffer, asBuffer, "unary");
    }
  }

  accept(connection: Duplex): void {
    this.#connections.add(connection);
    connection.once("close", () => this.#connections.delete(connection));
    this.#injector.injectConnection(connection);
  }

  /**
   * Ends the open calls, and settles when all clients have disconnected, which they do once they have their
   * answers. The server's own shutdown methods do not work here: they ask the client to disconnect, and gRPC
   * in Go then waits for the process instead; on Node.js 20.9, closing a connection from this side loses
   * answers.
   */
  async stop(): Promise<void> {
    for (const call of this.#openCalls) call.end();
    await Promise.all(
      [...this.#connections].map((connection) => new Promise<void>((gone) => connection.once("close", gone))),
    );
  }

  readonly #keepOpen: handleBidiStreamingCall<Buffer, Buffer> = (call) => {
    this.#openCalls.add(call);
    const forget = () => this.#openCalls.delete(call);
    call.on("cancelled", forget).on("close", forget).on("error", forget);
    // Otherwise the client receives nothing before the end.
    call.sendMetadata(new Metadata());
    call.resume();
  };
}

function onceAnswered(method: UnaryMethod): handleUnaryCall<Buffer, Buffer> {
  return (call, respond) => {
    // The library also calls this if the client cancelled the call after a whole message, and reports that
    // only afterwards.
    setImmediate(() => {
      if (!call.cancelled)
        void outcomeOf(method, call.request).then(([problem, answer]) => respond(problem, answer));
    });
  };
}

async function outcomeOf(method: UnaryMethod, request: Buffer): Promise<[StatusError | null, Buffer?]> {
  try {
    return [null, asBuffer(await method(request))];
  } catch (thrown) {
    return [statusErrorOf(thrown)];
  }
}

/** The status for an exception. Lone surrogates are replaced, because UTF-8 cannot encode them. */
function statusErrorOf(thrown: unknown): StatusError {
  const { code, message } =
    thrown instanceof StatusError ? thrown : { code: status.INTERNAL, message: String(thrown) };
  return new StatusError(code, Buffer.from(message).toString());
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
