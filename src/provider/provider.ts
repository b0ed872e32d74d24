import { setMaxListeners } from "node:events";
import type { ProviderDefinition } from "../plugin";
import type { ProviderContext } from "./context";
import { functions } from "./functions/functions";
import { providerSchema } from "./provider-schema";
import { validateProvider } from "./validate-provider";
import { userSet } from "./user-set/resource";
import { usersDataSource } from "./users-data-source/data-source";
import { version } from "../../package.json";

type Definition = ProviderDefinition<typeof providerSchema, ProviderContext>;

/**
 * The `genauth` provider. Terraform starts it several times for one plan, and half of these processes only return the schema
 * or validate. So the code that calls GenAuth is loaded at configuration and not at start.
 *
 * @param environment supplies settings that the configuration does not give
 * @param readRun returns the key of the engine's process, by which the deletions of a run are counted. Default: of the engine
 *   that started this process
 */
export function genauthProvider(environment: NodeJS.ProcessEnv, readRun?: () => string): Definition {
  const stopping = new AbortController();
  // Each waiting call adds a listener, and Node.js would warn of a leak from the eleventh on.
  setMaxListeners(0, stopping.signal);
  return {
    name: "genauth",
    version,
    schema: providerSchema,
    validate: validateProvider,
    configure: async (config) => {
      const { configure } = await import("./configure");
      return configure(config, environment, stopping.signal, readRun);
    },
    resources: { genauth_user_set: userSet },
    dataSources: { genauth_users: usersDataSource },
    functions,
    stop: () => stopping.abort(),
  };
}
