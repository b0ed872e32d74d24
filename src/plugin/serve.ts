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

/**
 * Serves a provider in this process to the Terraform that started it. Settles once the provider answers; the process
 * lives until Terraform ends it or has ended itself. If it cannot start, it prints the reason and exits with code 1.
 *
 * @param name the provider's name
 * @param load creates the provider's server. Called when Terraform knows where to connect, so that it
 *   connects while the code for its calls is loaded
 */
export async function serve(
  name: string,
  load: (context: ServeContext) => Promise<EngineServer>,
): Promise<void> {
  const log = createLogger(`${name}.plugin`);
  // Before the handshake, Terraform shows only the first line of a provider's standard output.
  let reader = isStartedByEngine(process.env) ? STANDARD_OUTPUT : STANDARD_ERROR;
  try {
    const folder = await start(name, () => {
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
  const folder = createSocketFolder();
  endWithEngine(() => folder.remove());

  const onClient = (client: Duplex) => void server.then((loaded) => loaded.accept(client));
  const listener = createMtlsServer({ certificate, clientCertificate, onClient });
  await once(listener.listen(folder.socket), "listening");
  folder.restrictSocket();
  writeSync(STANDARD_OUTPUT, `${handshakeLine(folder.socket, certificate.der)}\n`);
  const server = load();
  // Fails if nobody reads the log any more: the engine has ended.
  process.stderr.on("error", () => process.exit(1));
  await server;
  return folder;
}

/**
 * Ends this process, after a clean-up, when the engine has ended in any way. Ctrl-C reaches the whole process group,
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
