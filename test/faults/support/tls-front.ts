import { once } from "node:events";
import { connect, type AddressInfo, type Socket } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import { createCertificate } from "../../../src/plugin/process/certificate";

/** TLS before a server that speaks none, on a free port of loopback. */
export interface TlsFront {
  /** Such as `https://localhost:41234`. */
  readonly url: string;
  /** The certificate, as PEM, for those who are to trust it. */
  readonly certificate: string;
  /** Resets every connection; from now on, others are met with a certificate that nobody vouches for, or with the first. */
  turn(to: "foreign" | "trusted"): void;
  close(): Promise<void>;
}

/** Starts a front before the server at an address. */
export async function startTlsFront(address: string): Promise<TlsFront> {
  const { hostname, port } = new URL(address);
  const certificates = { trusted: createCertificate(), foreign: createCertificate() };
  const contextOf = (which: keyof typeof certificates) => ({
    cert: certificates[which].pem,
    key: certificates[which].privateKeyPem,
  });
  const open = new Set<Socket>();
  const server = createServer(contextOf("trusted"), (socket: TLSSocket) => {
    const peer = connect(Number(port), hostname);
    for (const end of [socket, peer]) {
      open.add(end);
      // Either end may be reset at any time; the other one then goes with it.
      end.on("error", () => undefined);
      end.on("close", () => {
        open.delete(end);
        socket.destroy();
        peer.destroy();
      });
    }
    socket.pipe(peer).pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const drop = (): void => {
    for (const end of open) end.destroy();
  };
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    certificate: certificates.trusted.pem,
    turn(to) {
      server.setSecureContext(contextOf(to));
      drop();
    },
    async close() {
      server.close();
      drop();
      await once(server, "close");
    },
  };
}
