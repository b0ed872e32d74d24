import {
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { Duplex } from "node:stream";
import { Call } from "./call";
import type { Methods } from "./method";
import { serveOpen, serveUnary } from "./serve-call";
import { STATUS, StatusError } from "./status";
import { timeoutOf } from "./timeout";

/**
 * A gRPC server over connections that are there already, for what a plugin needs: calls of one message each way, and
 * calls that stay open. It takes no compression and sets no limits, for it trusts whom it is given.
 */
export class GrpcServer {
  readonly #methods: Methods;
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #openCalls = new Set<Call>();
  // Node.js would end a connection that holds more than 10 MB; a set of 100,000 users is more.
  readonly #http = createServer({ maxSessionMemory: Number.MAX_SAFE_INTEGER });

  constructor(methods: Methods) {
    this.#methods = methods;
    this.#http.on("session", (session) => {
      this.#sessions.add(session);
      session.on("close", () => this.#sessions.delete(session));
    });
    this.#http.on("stream", (stream, headers) => this.#serve(stream, headers));
  }

  /** Serves the client at the other end. */
  accept(connection: Duplex): void {
    this.#http.emit("connection", connection);
  }

  /**
   * Ends the calls that stay open, and settles when all clients have gone. They go by themselves, having their answers:
   * one that is told to go waits for this process instead (gRPC in Go), and to close a connection from this side would
   * lose answers on Node.js 20.9.
   */
  async stop(): Promise<void> {
    for (const call of this.#openCalls) call.end();
    await Promise.all(
      [...this.#sessions].map((session) => new Promise<void>((gone) => session.once("close", gone))),
    );
  }

  #serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    // The client broke the call off; there is nobody to tell.
    stream.on("error", () => undefined);
    if (headers[":method"] !== "POST" || !isGrpc(headers["content-type"])) {
      stream.respond({ ":status": 415 }, { endStream: true });
      return;
    }
    const call = new Call(stream);
    const path = headers[":path"] ?? "";
    const method = this.#methods.get(path);
    if (!method) {
      stream.resume();
      call.fail(new StatusError(STATUS.unimplemented, `There is no method ${path}.`));
    } else if ("answer" in method) {
      serveUnary(stream, call, method, timeoutOf(headers["grpc-timeout"]?.toString()));
    } else {
      this.#openCalls.add(call);
      stream.on("close", () => this.#openCalls.delete(call));
      serveOpen(stream, call, method);
    }
  }
}

function isGrpc(contentType: string | undefined): boolean {
  return contentType === "application/grpc" || contentType === "application/grpc+proto";
}
