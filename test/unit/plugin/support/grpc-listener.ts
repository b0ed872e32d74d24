import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { newFolder } from "../../../support/at-end";
import type { Methods } from "../../../../src/plugin/grpc-server";
import { GrpcServer } from "../../../../src/plugin/grpc-server";

/** A gRPC server without TLS, for every client that connects to its socket. */
export class GrpcListener {
  readonly server: GrpcServer;
  readonly #listener: Server;
  readonly #folder = newFolder();

  private constructor(methods: Methods) {
    this.server = new GrpcServer(methods);
    this.#listener = createServer((connection) => this.server.accept(connection));
  }

  static async open(methods: Methods): Promise<GrpcListener> {
    const opened = new GrpcListener(methods);
    await once(opened.#listener.listen(opened.socket), "listening");
    return opened;
  }

  get socket(): string {
    return join(this.#folder, "socket");
  }

  get address(): string {
    return `unix:${this.socket}`;
  }

  close(): void {
    this.#listener.close();
  }
}
