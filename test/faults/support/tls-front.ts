import { once } from "node:events";
import { connect, type AddressInfo, type Socket } from "node:net";
import { constants } from "node:crypto";
import { createSecureContext, createServer, type TLSSocket } from "node:tls";
import { createCertificate } from "../../../src/plugin/certificate";

/** TLS before a server that speaks none, on a free port of loopback. */
export interface TlsFront {
  /** Such as `https://localhost:41234`. */
  readonly url: string;
  /** The certificate, as PEM, for those who are to trust it. */
  readonly certificate: string;
  /** Resets every connection. */
  drop(): void;
  close(): Promise<void>;
}

/** A session that is taken up again shows no certificate anew. */
const NO_RESUMPTION = { maxVersion: "TLSv1.2", secureOptions: constants.SSL_OP_NO_TICKET } as const;

/**
 * Starts a front before the server at an address.
 *
 * @param isForeign whether a new connection is met with a certificate that nobody vouches for
 */
export async function startTlsFront(address: string, isForeign: () => boolean): Promise<TlsFront> {
  const { hostname, port } = new URL(address);
  const trusted = createCertificate();
  const contexts = { trusted: contextOf(trusted), foreign: contextOf(createCertificate()) };
  const open = new Set<Socket>();
  const server = createServer(
    {
      ...NO_RESUMPTION,
      SNICallback: (_name, answer) => answer(null, isForeign() ? contexts.foreign : contexts.trusted),
    },
    (socket: TLSSocket) => {
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
    },
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const drop = (): void => {
    for (const end of open) end.destroy();
  };
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    certificate: trusted.pem,
    drop,
    async close() {
      server.close();
      drop();
      await once(server, "close");
    },
  };
}

function contextOf({ pem, privateKeyPem }: ReturnType<typeof createCertificate>) {
  return createSecureContext({ cert: pem, key: privateKeyPem, ...NO_RESUMPTION });
}
