import { once } from "node:events";
import { writeSync } from "node:fs";
import type { Duplex } from "node:stream";
import { createLogger, type Logger } from "./log";
import { createCertificate } from "./process/certificate";
import { createDoor } from "./process/door";
import { handshakeLine, isStartedByEngine, readHandshake } from "./process/handshake";
import { liveWithParent, liveWithReader } from "./process/lifetime";
import { createSocketFolder, type SocketFolder } from "./process/socket-folder";
import { removeStaleSockets } from "./process/stale-sockets";
import { StartupError } from "./process/startup-error";
import { stackFrames } from "./rpc/failure";

const STANDARD_OUTPUT = 1;
const STANDARD_ERROR = 2;

/** What the serving of a provider has to do with this process. */
export interface Surroundings {
  readonly log: Logger;
  /** To be called when Terraform has asked for the end and has its answer. */
  readonly onShutdown: () => void;
}

/** What talks to Terraform on a connection. */
export interface EngineServer {
  accept(client: Duplex): void;
}

/**
 * Starts a provider in this process, for the Terraform that started it. Settles once the provider answers; the process
 * lives until Terraform ends it, or is gone itself. Where it cannot start, it says why, and the exit code is 1.
 *
 * @param name the provider's name
 * @param load makes the provider's server. Called when Terraform has been told where to connect: it connects while the
 *   code is loaded that only its calls need
 */
export async function serve(
  name: string,
  load: (surroundings: Surroundings) => Promise<EngineServer>,
): Promise<void> {
  const log = createLogger(`${name}.plugin`);
  // Of what a provider writes before its handshake, Terraform shows a person the first line of standard output only.
  let reader = isStartedByEngine(process.env) ? STANDARD_OUTPUT : STANDARD_ERROR;
  try {
    const folder = await start(name, () => {
      reader = STANDARD_ERROR;
      return load({ log, onShutdown: () => process.exit(0) });
    });
    // Afterwards, so that Terraform need not wait for it; that it fails is no reason to fail.
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
  liveWithParent(() => folder.remove());

  const onClient = (client: Duplex) => void server.then((loaded) => loaded.accept(client));
  const door = createDoor({ certificate, clientCertificate, onClient });
  await once(door.listen(folder.socket), "listening");
  folder.shutSocket();
  writeSync(STANDARD_OUTPUT, `${handshakeLine(folder.socket, certificate.der)}\n`);
  const server = load();
  liveWithReader();
  await server;
  return folder;
}

function startupMessage(thrown: unknown, name: string): string {
  if (thrown instanceof StartupError) return thrown.message;
  return `The ${name} provider cannot start: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
}
