import { createServer, type Socket } from "node:net";
import { isAbsolute, join } from "node:path";
import { createEngineServer, createLogger, type ProviderDefinition, type Schema } from "../../src/plugin";
import { REATTACH_VARIABLE, reattachEntry } from "../../src/plugin/handshake";
import { createSocketFolder } from "../../src/plugin/socket-folder";
import { concealSecret, readProcess } from "../../src/operator";
import { genauthProvider } from "../../src/provider/provider";
import { NULL_ADDRESSES, nullProvider } from "./null-provider/null-provider";

/** A command of an engine that is about to start. */
export interface ServedCommand {
  readonly environment: Readonly<Record<string, string>>;
  /** The folder that it runs in. */
  readonly folder: string;
  /** Whether the substitute of hashicorp/null is served too. */
  readonly withNullProvider: boolean;
  /** Returns its process id. Called only once it runs. */
  readonly pid: () => number;
}

/** Providers that wait for the connections of one command. */
export interface ServedProviders {
  /** The variable with which the command finds them. */
  readonly variables: Readonly<Record<string, string>>;
  /** Stops what they still do, as the end of a process would, and removes their sockets. */
  close(): void;
}

/**
 * Serves the providers from their source, in this process, to one command.
 *
 * An engine connects where it would otherwise start a process. Each connection gets a provider of its own with the
 * environment of the command, so that nothing is kept from one to the next.
 */
export function serveProviders(command: ServedCommand): ServedProviders {
  const { environment, folder, withNullProvider, pid } = command;
  const own = { ...environment, TF_DATA_DIR: environment.TF_DATA_DIR || join(folder, ".terraform") };
  const genauth = () =>
    withAbsolutePaths(
      genauthProvider(concealSecret({ ...own }), () => readProcess(String(pid()))),
      environment,
    );
  const served = [
    serve("terraform.local/genauth/genauth", genauth),
    ...(withNullProvider ? NULL_ADDRESSES.map((address) => serve(address, () => nullProvider())) : []),
  ];
  const entries = Object.fromEntries(served.flatMap(({ entry }) => Object.entries(entry)));
  return {
    variables: { [REATTACH_VARIABLE]: JSON.stringify(entries) },
    close: () => served.forEach(({ close }) => close()),
  };
}

/**
 * The provider, with an error for a relative path in its settings: it would read that from the folder of this process.
 */
function withAbsolutePaths(
  provider: ReturnType<typeof genauthProvider>,
  environment: ServedCommand["environment"],
): typeof provider {
  return {
    ...provider,
    configure: (config, engineVersion) => {
      const { GENAUTH_DELETION_RECORD, GENAUTH_PROTECTED_USERS_FILE } = environment;
      const paths = [config.deletion_record, GENAUTH_DELETION_RECORD, GENAUTH_PROTECTED_USERS_FILE];
      const relative = paths.find((path) => typeof path === "string" && path !== "" && !isAbsolute(path));
      if (relative === undefined) return provider.configure(config, engineVersion);
      throw new Error(
        `"${String(relative)}" is a relative path: open this scenario with provider: "process".`,
      );
    },
  };
}

interface Served {
  readonly entry: ReturnType<typeof reattachEntry>;
  readonly close: () => void;
}

function serve<P extends Schema, C>(address: string, create: () => ProviderDefinition<P, C>): Served {
  const folder = createSocketFolder();
  const connections = new Set<Socket>();
  const log = createLogger("served", { environment: {} });
  const server = createServer((connection) => {
    const provider = create();
    connections.add(connection);
    connection.once("close", () => {
      connections.delete(connection);
      provider.stop?.();
    });
    createEngineServer(provider, { log, onShutdown: () => undefined }).accept(connection);
  });
  // A socket of the file system listens at once.
  server.listen(folder.socket);
  return {
    entry: reattachEntry(address, folder.socket),
    close: () => {
      server.close();
      for (const connection of connections) connection.destroy();
      folder.remove();
    },
  };
}
