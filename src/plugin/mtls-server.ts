import type { X509Certificate } from "node:crypto";
import { createServer, type Server, type TLSSocket } from "node:tls";
import type { Certificate } from "./certificate";

export interface MtlsServerOptions {
  readonly certificate: Certificate;
  /** The only accepted client certificate. */
  readonly clientCertificate: X509Certificate;
  /** Called with each connection of that client, before any of it is read. */
  readonly onClient: (connection: TLSSocket) => void;
}

/**
 * Creates a server for mutual TLS that is not listening yet. It accepts the client that shows the one certificate and
 * has its key, and closes all other connections before it reads from them.
 *
 * TLS itself verifies that the client has the key. This server verifies that the certificate is the expected one, and
 * valid today. A list of authorities would be worse: Node.js would read all root certificates that it knows, which
 * takes as long as its own start, and would also accept any certificate that was signed with that key.
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
