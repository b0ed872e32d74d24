import { once } from "node:events";
import type { ProviderDefinition } from "./definition";
import { createLogger } from "./log";
import { createCertificate } from "./process/certificate";
import { createDoor } from "./process/door";
import { createEngineServer } from "./process/engine-server";
import { handshakeLine, readHandshake } from "./process/handshake";
import { liveWithParent } from "./process/lifetime";
import { createSocketFolder, type SocketFolder } from "./process/socket-folder";
import { removeStaleSockets } from "./process/stale-sockets";
import { StartupError } from "./process/startup-error";
import { stackFrames } from "./rpc/failure";
import { providerMethods } from "./rpc/provider-methods";
import { Session } from "./rpc/session";
import { providerProblems } from "./schema-check";
import type { Schema } from "./types";

/**
 * Runs a provider in this process, for the Terraform that started it. Settles once Terraform can connect; the process
 * lives until Terraform ends it, or is gone itself. Where it cannot start, it says why on standard error, and the exit
 * code is 1.
 */
export async function serve<P extends Schema, C>(provider: ProviderDefinition<P, C>): Promise<void> {
  const log = createLogger(`${provider.name}.plugin`);
  try {
    const { parent } = await start(new Session(provider, log));
    // Afterwards, so that Terraform need not wait for it; that it fails is no reason to fail.
    removeStaleSockets(parent).catch((thrown: unknown) =>
      log.debug("stale sockets stay", () => ({ stack: stackFrames(thrown) })),
    );
  } catch (thrown) {
    log.debug("start failed", () => ({ stack: stackFrames(thrown) }));
    process.stderr.write(`${startupMessage(thrown, provider.name)}\n`);
    process.exitCode = 1;
  }
}

async function start(session: Session): Promise<SocketFolder> {
  const { provider } = session;
  const { clientCertificate } = readHandshake(process.env, provider.name);
  const problems = providerProblems(provider);
  if (problems.length > 0) throw new StartupError(problems.join("\n"));

  const certificate = createCertificate();
  const folder = createSocketFolder();
  liveWithParent(() => folder.remove());
  const server = createEngineServer(providerMethods(session), () => process.exit(0));
  const door = createDoor({ certificate, clientCertificate, onClient: (client) => server.accept(client) });
  await once(door.listen(folder.socket), "listening");
  process.stdout.write(`${handshakeLine(folder.socket, certificate.der)}\n`);
  return folder;
}

function startupMessage(thrown: unknown, name: string): string {
  if (thrown instanceof StartupError) return thrown.message;
  return `The ${name} provider cannot start: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
}
