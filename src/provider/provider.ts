import { createManagementClient, OptionError } from "../api";
import { createLogger, error, type Diagnostic, type ProviderDefinition } from "../plugin";
import { checkAllowedHost, readOperatorFloor, type Settings } from "../settings";
import { ProtectedUsers, UserLookUps, type UserIdType } from "../users";
import type { ProviderContext, UserPool } from "./context";
import { DeletionLedger } from "./deletion-ledger";
import { protectedIds, validateProtectedUsers } from "./protected-users";
import { providerSchema, type ProviderModel } from "./schema";
import { diagnosticOf, settingsOf, validateNumbers } from "./settings";
import { userSet } from "./user-set/resource";
import { version } from "../../package.json";

type Definition = ProviderDefinition<typeof providerSchema, ProviderContext>;

/** The `genauth` provider. @param environment where what the configuration leaves out is taken from */
export function genauthProvider(environment: NodeJS.ProcessEnv): Definition {
  const stopping = new AbortController();
  return {
    name: "genauth",
    version,
    schema: providerSchema,
    validate: (config) => [...validateNumbers(config), ...validateProtectedUsers(config.protected_users)],
    configure: (config) => Promise.resolve(configure(config, environment, stopping.signal)),
    resources: { genauth_user_set: userSet },
    stop: () => stopping.abort(),
  };
}

function configure(
  config: ProviderModel,
  environment: NodeJS.ProcessEnv,
  stop: AbortSignal,
): { context?: ProviderContext; diagnostics: Diagnostic[] } {
  const { settings, diagnostics } = settingsOf(config, environment);
  const { floor, problems } = readOperatorFloor(environment);
  if (settings) problems.push(...checkAllowedHost(settings.host, floor));
  diagnostics.push(...problems.map(diagnosticOf));
  if (diagnostics.length > 0) return { diagnostics };

  const logger = createLogger("genauth");
  const pool = settings && reachPool(settings, logger);
  if (pool && "severity" in pool) return { diagnostics: [pool] };
  const { ids, complete } = protectedIds(config.protected_users);
  const context: ProviderContext = {
    ...(pool && { pool }),
    protectedUsers: ProtectedUsers.of(merge(ids, floor.protectedUsers)),
    protectedUsersKnown: complete,
    floor,
    ledger: new DeletionLedger(),
    stop,
    logger,
  };
  return { context, diagnostics };
}

function reachPool(settings: Settings, logger: ProviderContext["logger"]): UserPool | Diagnostic {
  try {
    const directory = createManagementClient({ ...settings, logger });
    return {
      directory,
      lookUps: new UserLookUps(directory),
      maxAttempts: settings.maxAttempts,
      confirmWithinMs: settings.confirmSeconds * 1000,
    };
  } catch (cause) {
    if (!(cause instanceof OptionError)) throw cause;
    const attribute = cause.option.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return error(`Invalid ${attribute}`, cause.message, [{ attribute }]);
  }
}

function merge(...maps: ReadonlyMap<UserIdType, readonly string[]>[]): Map<UserIdType, string[]> {
  const merged = new Map<UserIdType, string[]>();
  for (const [type, ids] of maps.flatMap((map) => [...map]))
    merged.set(type, [...(merged.get(type) ?? []), ...ids]);
  return merged;
}
