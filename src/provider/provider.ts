import { setMaxListeners } from "node:events";
import type { ProcessEntry } from "../operator";
import type { DataSourceDefinition, ProviderDefinition, ResourceDefinition } from "../plugin";
import type { ProviderContext } from "./context";
import { functions } from "./functions/functions";
import { providerSchema } from "./provider-schema";
import { validateProvider } from "./validate-provider";
import { userSetSchema } from "./user-set/schema";
import { validateUserSet } from "./user-set/validate";
import { usersSchema } from "./users-data-source/schema";
import { validateUsers } from "./users-data-source/validate";
import { version } from "../../package.json";

/**
 * The resource `genauth_user_set`: a declared set of users. Removed users are deleted from the pool. Each
 * operation loads its own code, so that processes that only return the schema or validate do not load it.
 */
export const userSet: ResourceDefinition<typeof userSetSchema, ProviderContext> = {
  schema: userSetSchema,
  validate: validateUserSet,
  read: async (request) => (await import("./user-set/read")).readUserSet(request),
  plan: async (request) => (await import("./user-set/plan")).planUserSet(request),
  apply: async (request) => (await import("./user-set/apply")).applyUserSet(request),
  importState: async (id, context) => (await import("./user-set/import")).importUserSet(id, context),
  moveState: async (source) => (await import("./user-set/move")).moveUserSet(source),
};

/** The data source `genauth_users`: all users of the pool, or those of ids. */
export const usersDataSource: DataSourceDefinition<typeof usersSchema, ProviderContext> = {
  schema: usersSchema,
  validate: validateUsers,
  read: async (request) => (await import("./users-data-source/read")).readUsersSource(request),
};

type Definition = ProviderDefinition<typeof providerSchema, ProviderContext>;

/**
 * The `genauth` provider. Terraform starts it several times for one plan, and half of these processes only
 * return the schema or validate. So the code that calls GenAuth is loaded at configuration and not at start.
 *
 * @param environment supplies settings that the configuration does not give
 * @param readEngine reads the engine's process, by which the deletions of a run are counted. Default: of the
 *   engine that started this process
 */
export function genauthProvider(environment: NodeJS.ProcessEnv, readEngine?: () => ProcessEntry): Definition {
  const stopping = new AbortController();
  // Each waiting call adds a listener, and Node.js would warn of a leak from the eleventh on.
  setMaxListeners(0, stopping.signal);
  return {
    name: "genauth",
    version,
    schema: providerSchema,
    validate: validateProvider,
    configure: async (config, engineVersion) => {
      const { configure } = await import("./configure");
      return configure(config, environment, stopping.signal, readEngine, engineVersion);
    },
    resources: { genauth_user_set: userSet },
    dataSources: { genauth_users: usersDataSource },
    functions,
    stop: () => stopping.abort(),
  };
}
