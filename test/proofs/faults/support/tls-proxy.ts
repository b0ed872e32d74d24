import { once } from "node:events";
import { connect, type AddressInfo, type Socket } from "node:net";
import { constants } from "node:crypto";
import { createSecureContext, createServer, type TLSSocket } from "node:tls";
import { createCertificate } from "../../../../src/plugin/certificate";

/** A TLS proxy for a server without TLS, on a free port of loopback. */
export interface TlsProxy {
  /** Such as `https://localhost:41234`. */
  readonly url: string;
  /** The certificate that clients must trust, as PEM. */
  readonly certificate: string;
  close(): Promise<void>;
}

/** A resumed session would not show the certificate again. */
const NO_RESUMPTION = { maxVersion: "TLSv1.2", secureOptions: constants.SSL_OP_NO_TICKET } as const;

/**
 * Starts a proxy for the server at an address.
 *
 * @param isForeign whether a new connection gets an untrusted certificate
 */
export async function startTlsProxy(address: string, isForeign: () => boolean): Promise<TlsProxy> {
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
        // If one end is reset, the other end is closed too.
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
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    certificate: trusted.pem,
    async close() {
      server.close();
      for (const end of open) end.destroy();
      await once(server, "close");
    },
  };
}

function contextOf({ pem, privateKeyPem }: ReturnType<typeof createCertificate>) {
  return createSecureContext({ cert: pem, key: privateKeyPem, ...NO_RESUMPTION });
}
