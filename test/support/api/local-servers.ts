import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import type { AddressInfo } from "node:net";
import type { Certificate } from "../../../src/plugin/certificate";

/** A server on a free loopback port, and what it received. */
export interface LocalServer {
  readonly port: number;
  /** Requests received, as "METHOD target". */
  readonly requests: readonly string[];
  /** Everything received so far, one character per byte; ciphertext with TLS. */
  received(): string;
  /** The number of all connections so far, and of open ones. */
  connections(): { made: number; open: number };
  close(): Promise<void>;
}

/** Starts a server that answers every request with the same success; with TLS if there is a certificate. */
export function startAnswering(certificate?: Certificate): Promise<LocalServer> {
  const requests: string[] = [];
  const answer: http.RequestListener = (request, response) => {
    requests.push(`${request.method ?? ""} ${request.url ?? ""}`);
    response.setHeader("content-type", "application/json").end(`{"statusCode":200,"data":[]}`);
  };
  const server = certificate
    ? https.createServer({ cert: certificate.pem, key: certificate.privateKeyPem }, answer)
    : http.createServer(answer);
  return listening(server, requests);
}

/** A proxy, and what it received. */
export interface LocalProxy extends LocalServer {
  /** The credentials of each tunnel. */
  readonly credentials: readonly string[];
  /** Everything that clients sent through its tunnels so far, one character per byte. */
  tunnelled(): string;
}

/** Starts a proxy that accepts tunnels, or refuses them with a status. */
export async function startProxy(refusal?: number): Promise<LocalProxy> {
  const requests: string[] = [];
  const credentials: string[] = [];
  const tunnelled: Buffer[] = [];
  const server = http.createServer();
  server.on("connect", (request, socket: net.Socket) => {
    requests.push(`CONNECT ${request.url ?? ""}`);
    credentials.push(request.headers["proxy-authorization"] ?? "none");
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal} Refused\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const { hostname, port } = new URL(`http://${request.url ?? ""}`);
    const peer = net.connect(Number(port), hostname, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      socket.on("data", (bytes: Buffer) => tunnelled.push(bytes));
      peer.pipe(socket).pipe(peer);
    });
    peer.on("error", () => socket.destroy());
    socket.on("error", () => peer.destroy());
  });
  const seen = { credentials, tunnelled: () => Buffer.concat(tunnelled).toString("latin1") };
  return { ...(await listening(server, requests)), ...seen };
}

async function listening(server: net.Server, requests: readonly string[]): Promise<LocalServer> {
  const open = new Set<net.Socket>();
  const received: Buffer[] = [];
  let made = 0;
  server.on("connection", (socket: net.Socket) => {
    made += 1;
    open.add(socket);
    socket.on("data", (bytes: Buffer) => received.push(bytes));
    socket.on("close", () => open.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    received: () => Buffer.concat(received).toString("latin1"),
    connections: () => ({ made, open: open.size }),
    async close() {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, "close");
    },
  };
}
