import type { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { writeSync } from "node:fs";
import { createServer, type Server } from "node:net";
import type { Duplex } from "node:stream";
import { createServer as createTlsServer } from "node:tls";
import { watchParent } from "../parent-watch";
import { type Certificate, createCertificate } from "./certificate";
import {
  allowsDebugging,
  handshakeLine,
  isStartedByEngine,
  readHandshake,
  REATTACH_VARIABLE,
  reattachEntry,
  StartupError,
} from "./handshake";
import { createLogger, stackFrames, type Logger } from "./log";
import { createSocketFolder, removeStaleSockets, type SocketFolder } from "./socket-folder";

const STANDARD_OUTPUT = 1;
const STANDARD_ERROR = 2;

/** Exit codes after a signal: 128 plus the signal's number. */
const ENDING_SIGNALS = { SIGTERM: 128 + 15, SIGHUP: 128 + 1 } as const;

/** What a provider's server gets from its process. */
export interface ServeContext {
  readonly log: Logger;
  /** Called after Terraform has asked for a shutdown and has its answer. */
  readonly onShutdown: () => void;
}

export interface EngineServer {
  accept(client: Duplex): void;
}

/** Which provider a process serves. */
export interface ServedProvider {
  /** Such as `genauth`. */
  readonly name: string;
  /** The source address, as in `required_providers`. */
  readonly address: string;
}

/**
 * Serves a provider in this process to the Terraform that started it. Settles once the provider answers; the
 * process lives until Terraform ends it or has ended itself. If it cannot start, it prints the reason and
 * exits with code 1.
 *
 * If a person starts it and allows debugging, it serves every engine that this user points at it, until
 * Ctrl-C.
 *
 * @param load creates the provider's server. Called when Terraform knows where to connect, so that it
 *   connects while the code for its calls is loaded
 */
export async function serve(
  { name, address }: ServedProvider,
  load: (context: ServeContext) => Promise<EngineServer>,
): Promise<void> {
  const log = createLogger(`${name}.plugin`);
  // Before the handshake, Terraform shows only the first line of a provider's standard output.
  let reader = isStartedByEngine(process.env) ? STANDARD_OUTPUT : STANDARD_ERROR;
  try {
    const isDebugged = !isStartedByEngine(process.env) && allowsDebugging(process.env, name);
    const folder = isDebugged
      ? await startForDebugging(address, () => load({ log, onShutdown: () => undefined }))
      : await start(name, () => {
          reader = STANDARD_ERROR;
          return load({ log, onShutdown: () => process.exit(0) });
        });
    // Last, so that Terraform does not wait for it. A failure here is not a failure of the provider.
    removeStaleSockets(folder.parent).catch((thrown: unknown) =>
      log.debug("stale sockets stay", () => ({ stack: stackFrames(thrown) })),
    );
  } catch (thrown) {
    log.debug("start failed", () => ({ stack: stackFrames(thrown) }));
    writeSync(reader, `${startupMessage(thrown, name)}\n`);
    process.exit(1);
  }
}

async function start(name: string, load: () => Promise<EngineServer>): Promise<SocketFolder> {
  const { clientCertificate } = readHandshake(process.env, name);
  const certificate = createCertificate();
  const onClient = (client: Duplex) => void server.then((loaded) => loaded.accept(client));
  const listener = clientCertificate
    ? createMtlsServer(certificate, clientCertificate, onClient)
    : createServer(onClient);
  const folder = createSocketFolder();
  endWithParent(() => folder.remove());
  // Ctrl-C reaches the whole process group, but only the engine decides what it means.
  process.on("SIGINT", () => undefined);
  await listen(listener, folder);
  const shown = clientCertificate ? certificate.der : new Uint8Array();
  writeSync(STANDARD_OUTPUT, `${handshakeLine(folder.socket, shown)}\n`);
  const server = load();
  // Fails if nobody reads the log any more: the engine has ended.
  process.stderr.on("error", () => process.exit(1));
  await server;
  return folder;
}

/**
 * Creates a server for mutual TLS that is not listening yet. It accepts the client that shows the one
 * certificate and has its key, and closes all other connections before it reads from them.
 *
 * TLS itself verifies that the client has the key. This server verifies that the certificate is the expected
 * one, and valid today. A list of authorities would be worse: Node.js would read all root certificates that
 * it knows, which takes as long as its own start, and would also accept any certificate that was signed with
 * that key.
 *
 * @param onClient called with each connection of that client, before any of it is read
 */
export function createMtlsServer(
  certificate: Certificate,
  clientCertificate: X509Certificate,
  onClient: (connection: Duplex) => void,
): Server {
  const server = createTlsServer({
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

/**
 * Serves without TLS to engines that find this process by a variable. Each connection is one start of the
 * provider for its engine, so each gets a server of its own: one process keeps nothing of an earlier command.
 */
async function startForDebugging(address: string, load: () => Promise<EngineServer>): Promise<SocketFolder> {
  // Fails here and not at a connection, so that the reason is printed.
  await load();
  const folder = createSocketFolder();
  endWithParent(() => folder.remove());
  process.on("SIGINT", () => process.exit(0));
  await listen(
    createServer((client) => void load().then((loaded) => loaded.accept(client))),
    folder,
  );
  const variable = `${REATTACH_VARIABLE}='${JSON.stringify(reattachEntry(address, folder.socket))}'`;
  const text = `Running for debugging, without TLS. Ctrl-C ends it. Give terraform or tofu this variable:\n\n${variable}\n`;
  writeSync(STANDARD_OUTPUT, text);
  return folder;
}

async function listen(listener: Server, folder: SocketFolder): Promise<void> {
  await once(listener.listen(folder.socket), "listening");
  folder.restrictSocket();
}

/**
 * Ends this process, after a clean-up, on a signal or when the process that started it has ended in any way.
 */
function endWithParent(cleanUp: () => void): void {
  process.on("exit", cleanUp);
  for (const [signal, code] of Object.entries(ENDING_SIGNALS)) process.on(signal, () => process.exit(code));
  watchParent(() => process.exit(1));
}

function startupMessage(thrown: unknown, name: string): string {
  if (thrown instanceof StartupError) return thrown.message;
  return `The ${name} provider cannot start: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
}
