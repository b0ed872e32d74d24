import type { X509Certificate } from "node:crypto";
import { createServer, type Server, type TLSSocket } from "node:tls";
import type { Certificate } from "./certificate";

/** What a door needs. */
export interface DoorOptions {
  readonly certificate: Certificate;
  /** The one certificate that a client may show. */
  readonly clientCertificate: X509Certificate;
  /** Called with each connection of that client, before a byte of it is read. */
  readonly onClient: (connection: TLSSocket) => void;
}

/**
 * A server, not listening yet, that lets in whoever shows the one certificate and has its key, and closes every other
 * connection before it has read a byte of it.
 *
 * TLS itself makes sure that the client has the key. Which certificate it is, and that it is valid today, is decided
 * here: a list of authorities would have Node.js read all those that it knows, which takes as long as its own start,
 * and would let in whoever has a certificate that was signed with that key.
 */
export function createDoor({ certificate, clientCertificate, onClient }: DoorOptions): Server {
  const server = createServer({
    cert: certificate.pem,
    key: certificate.privateKeyPem,
    ca: [],
    requestCert: true,
    rejectUnauthorized: false,
    ALPNProtocols: ["h2"],
  });
  return server.on("secureConnection", (connection) => {
    if (isExpected(connection.getPeerX509Certificate(), clientCertificate)) onClient(connection);
    else connection.destroy();
  });
}

function isExpected(shown: X509Certificate | undefined, expected: X509Certificate): boolean {
  const now = Date.now();
  return (
    shown?.raw.equals(expected.raw) === true &&
    Date.parse(expected.validFrom) <= now &&
    now <= Date.parse(expected.validTo)
  );
}
