import { createManagementClient, OptionError } from "../api";
import { createLogger, type Diagnostic } from "../plugin";
import {
  checkAllowedHost,
  describeRefusal,
  findEngine,
  openDeletionLedger,
  openDeletionRecord,
  readOperatorLimits,
  type RunSettings,
} from "../operator";
import {
  ArchivedByOthers,
  PlannedSets,
  ProtectedUsers,
  Refresh,
  UserLookUps,
  type UserIdType,
} from "../users";
import type { ProviderContext, UserPool } from "./context";
import { incrementalRefresh } from "./incremental-refresh";
import { logProgress } from "./progress";
import { protectedIds } from "./protected-users";
import type { ProviderModel } from "./schema";
import { diagnosticOf, readProviderSettings } from "./settings";

/**
 * Makes what every operation of a resource gets, or says why the configuration cannot be used.
 *
 * @param environment where what the configuration leaves out is taken from, and the operator's limits
 * @param stop fires when Terraform asks to stop
 */
export function configure(
  config: ProviderModel,
  environment: NodeJS.ProcessEnv,
  stop: AbortSignal,
): { context?: ProviderContext; diagnostics: Diagnostic[] } {
  const { settings, diagnostics } = readProviderSettings(config, environment);
  const { limits, problems } = readOperatorLimits(environment);
  if (settings) problems.push(...checkAllowedHost(settings.host, limits));
  diagnostics.push(...problems.map(diagnosticOf));
  if (diagnostics.some(({ severity }) => severity === "error")) return { diagnostics };

  const logger = createLogger("genauth");
  const pool = settings && reachPool(settings, logger);
  if (pool instanceof OptionError) {
    const isConfigured = (name: string) => Boolean(config[name as keyof ProviderModel]);
    return { diagnostics: [diagnosticOf(describeRefusal(pool, isConfigured, environment)), ...diagnostics] };
  }
  const { ids, complete } = protectedIds(config.protected_users);
  const context: ProviderContext = {
    ...(pool && { pool }),
    protectedUsers: ProtectedUsers.of(merge(ids, limits.protectedUsers)),
    protectedUsersKnown: complete,
    plannedSets: new PlannedSets(),
    limits,
    ledger: openDeletionLedger(
      environment,
      () => findEngine(String(process.ppid), process.argv[1] ?? "").key,
    ),
    stop,
    logger,
    progress: logProgress(logger),
  };
  return { context, diagnostics };
}

function reachPool(settings: RunSettings, logger: ProviderContext["logger"]): UserPool | OptionError {
  try {
    const directory = createManagementClient({ ...settings, logger });
    const { deletionRecord: folder, host, accessKeyId, tenantId } = settings;
    const tenant = tenantId ? `, tenant ${tenantId}` : "";
    return {
      name: `${host} (access key id ${accessKeyId}${tenant})`,
      directory,
      lookUps: new UserLookUps(directory),
      archive: new ArchivedByOthers(directory),
      ...(settings.refresh === Refresh.INCREMENTAL && {
        incremental: incrementalRefresh(settings, directory, Date.now()),
      }),
      maxAttempts: settings.maxAttempts,
      confirmWithinMs: settings.confirmSeconds * 1000,
      ...(folder !== undefined && {
        record: openDeletionRecord({
          folder,
          host,
          readFullUsers: (ids, stop) => directory.readFullUsers(ids, stop),
        }),
      }),
    };
  } catch (cause) {
    if (!(cause instanceof OptionError)) throw cause;
    return cause;
  }
}

function merge(...maps: ReadonlyMap<UserIdType, readonly string[]>[]): Map<UserIdType, string[]> {
  const merged = new Map<UserIdType, string[]>();
  for (const [type, ids] of maps.flatMap((map) => [...map]))
    merged.set(type, [...(merged.get(type) ?? []), ...ids]);
  return merged;
}
