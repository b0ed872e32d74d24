import { once } from "node:events";
import { writeSync } from "node:fs";
import type { Duplex } from "node:stream";
import { watchParent } from "../parent-watch";
import { createCertificate } from "./certificate";
import { handshakeLine, isStartedByEngine, readHandshake, StartupError } from "./handshake";
import { createLogger, stackFrames, type Logger } from "./log";
import { createMtlsServer } from "./mtls-server";
import { createSocketFolder, removeStaleSockets, type SocketFolder } from "./socket-folder";

const STANDARD_OUTPUT = 1;
const STANDARD_ERROR = 2;

/** Exit codes of a process that a signal ended: 128 and the signal's number. */
const ENDING_SIGNALS = { SIGTERM: 128 + 15, SIGHUP: 128 + 1 } as const;

/** What a provider's server gets from the process that serves it. */
export interface ServeContext {
  readonly log: Logger;
  /** To be called when Terraform has asked for the end and has its answer. */
  readonly onShutdown: () => void;
}

/** Serves Terraform on a connection. */
export interface EngineServer {
  accept(client: Duplex): void;
}

/**
 * Serves a provider in this process to the Terraform that started it. Settles once the provider answers; the process
 * lives until Terraform ends it, or is gone itself. Where it cannot start, it says why, and the exit code is 1.
 *
 * @param name the provider's name
 * @param load makes the provider's server. Called when Terraform has been told where to connect, so that Terraform connects
 *   while the code is loaded that only its calls need
 */
export async function serve(
  name: string,
  load: (context: ServeContext) => Promise<EngineServer>,
): Promise<void> {
  const log = createLogger(`${name}.plugin`);
  // Before the handshake, Terraform shows the first line of a provider's standard output, and nothing else of it.
  let reader = isStartedByEngine(process.env) ? STANDARD_OUTPUT : STANDARD_ERROR;
  try {
    const folder = await start(name, () => {
      reader = STANDARD_ERROR;
      return load({ log, onShutdown: () => process.exit(0) });
    });
    // Last, so that Terraform need not wait for it. A failure is no reason to fail.
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
  const folder = createSocketFolder();
  endWithEngine(() => folder.remove());

  const onClient = (client: Duplex) => void server.then((loaded) => loaded.accept(client));
  const listener = createMtlsServer({ certificate, clientCertificate, onClient });
  await once(listener.listen(folder.socket), "listening");
  folder.restrictSocket();
  writeSync(STANDARD_OUTPUT, `${handshakeLine(folder.socket, certificate.der)}\n`);
  const server = load();
  // Nobody reads the log any more: the engine is gone.
  process.stderr.on("error", () => process.exit(1));
  await server;
  return folder;
}

/**
 * Ends this process, after a clean-up, when the engine is gone, however it went. Ctrl-C reaches the whole process group,
 * but only the engine decides what it means, so SIGINT alone does nothing.
 */
function endWithEngine(cleanUp: () => void): void {
  process.on("exit", cleanUp);
  process.on("SIGINT", () => undefined);
  for (const [signal, code] of Object.entries(ENDING_SIGNALS)) process.on(signal, () => process.exit(code));
  watchParent(() => process.exit(1));
}

function startupMessage(thrown: unknown, name: string): string {
  if (thrown instanceof StartupError) return thrown.message;
  return `The ${name} provider cannot start: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
}
