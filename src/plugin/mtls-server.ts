import type { X509Certificate } from "node:crypto";
import { createServer, type Server, type TLSSocket } from "node:tls";
import type { Certificate } from "./certificate";

/** Who may connect, and what happens then. */
export interface MtlsServerOptions {
  readonly certificate: Certificate;
  /** The one certificate that a client may show. */
  readonly clientCertificate: X509Certificate;
  /** Called with each connection of that client, before a byte of it is read. */
  readonly onClient: (connection: TLSSocket) => void;
}

/**
 * A server for mutual TLS, not listening yet. It accepts the client that shows the one certificate and has its key, and
 * closes every other connection before it has read a byte of it.
 *
 * TLS itself verifies that the client has the key. Whether it is the expected certificate, and valid today, is decided
 * here. A list of authorities would do less: Node.js would read all root certificates that it knows, which takes as long
 * as its own start, and would also accept whoever has a certificate that was signed with that key.
 */
export function createMtlsServer({ certificate, clientCertificate, onClient }: MtlsServerOptions): Server {
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
