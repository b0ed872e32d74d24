import { version } from "../../package.json";
import { createManagementClient, OptionError } from "../api";
import { createLogger, error, UNKNOWN, warning, type Diagnostic, type Logger } from "../plugin";
import {
  checkAllowedHost,
  countAlone,
  describeRefusal,
  findEngine,
  openDeletionLedger,
  openDeletionRecord,
  readOperatorLimits,
  resolveSettings,
  type GivenSettings,
  type ProcessEntry,
  type RunSettings,
  type SettingProblem,
} from "../operator";
import {
  FirstSuspension,
  isUserIdType,
  PlannedSets,
  ProgressWatch,
  ProtectedUsers,
  UserLookUps,
  type UserIdType,
} from "../users";
import type { ProviderContext, UserPool } from "./context";
import type { ProviderModel } from "./provider-schema";

/**
 * Creates the context for all resource operations, or reports why the configuration cannot be used.
 *
 * @param environment supplies settings that the configuration does not give, and the operator's limits
 * @param stop fires when Terraform asks to stop
 * @param readEngine reads the engine's process, by which the deletions of a run are counted. Default: of the
 *   engine that started this process
 * @param engineVersion as the engine tells it; default unknown
 */
export function configure(
  config: ProviderModel,
  environment: NodeJS.ProcessEnv,
  stop: AbortSignal,
  readEngine = (): ProcessEntry => findEngine(String(process.ppid), process.argv[1] ?? ""),
  engineVersion = "",
): { context?: ProviderContext; diagnostics: Diagnostic[] } {
  const { settings, diagnostics } = readProviderSettings(config, environment);
  const { limits, problems } = readOperatorLimits(environment);
  if (settings) problems.push(...checkAllowedHost(settings.host, limits));
  const { user_pool_name: userPoolName } = config;
  if (userPoolName === UNKNOWN) return { diagnostics: [...diagnostics, USER_POOL_NAME_UNKNOWN] };
  diagnostics.push(...problems.map(errorOf));
  if (diagnostics.some(({ severity }) => severity === "error")) return { diagnostics };

  const logger = createLogger("genauth");
  const userAgent = userAgentOf(engineVersion, environment);
  const pool = settings && reachPool(settings, userPoolName, userAgent, logger);
  if (pool instanceof OptionError) {
    return { diagnostics: [describeUnreachable(pool, config, environment), ...diagnostics] };
  }
  const { ids, complete } = protectedIds(config.protected_users);
  const context: ProviderContext = {
    pool,
    userPoolName,
    protectedUsers: ProtectedUsers.of(ids, limits.protectedUsers),
    operatorProtected: ProtectedUsers.of(limits.protectedUsers),
    protectedUsersKnown: complete,
    plannedSets: new PlannedSets(),
    takenOver: new Map(),
    lostIfReplaced: new Map(),
    refreshed: new Set(),
    limits,
    ledger: settings?.guard ? countAlone : openDeletionLedger(environment, () => readEngine().key),
    stop,
    logger,
    progress: logProgress(logger),
  };
  return { context, diagnostics };
}

/** The states keep the name, and it may decide who a plan deletes. */
const USER_POOL_NAME_UNKNOWN = error(
  "The name of the user pool is not known",
  "user_pool_name refers to a value that is not known before apply. Write the name as text, or as a variable.",
  [{ attribute: "user_pool_name" }],
);

/**
 * A separate function: a closure over the configuration in `configure` would keep the secret in memory for as
 * long as the closures of the context live.
 */
function describeUnreachable(
  refused: OptionError,
  config: ProviderModel,
  environment: NodeJS.ProcessEnv,
): Diagnostic {
  const isConfigured = (name: string): boolean => Boolean(config[name as keyof ProviderModel]);
  return errorOf(describeRefusal(refused, isConfigured, environment));
}

function reachPool(
  settings: RunSettings,
  userPoolName: string | null,
  userAgent: string,
  logger: ProviderContext["logger"],
): UserPool | OptionError {
  try {
    const directory = createManagementClient({ ...settings, userAgent, logger });
    const readFullUsers = directory.readFullUsers.bind(directory);
    const { deletionRecord: folder, host, accessKeyId, tenantId } = settings;
    const tenant = tenantId ? `, tenant ${tenantId}` : "";
    const name = userPoolName === null ? "" : `${userPoolName}, `;
    return {
      name: `${host} (${name}access key id ${accessKeyId}${tenant})`,
      host: userPoolName === null ? host : `${host} (${userPoolName})`,
      directory,
      lookUps: new UserLookUps(directory),
      list: directory,
      firstSuspension: new FirstSuspension(readFullUsers),
      maxAttempts: settings.maxAttempts,
      confirmWithinMs: settings.confirmSeconds * 1000,
      record: folder === undefined ? undefined : openDeletionRecord({ folder, host, readFullUsers }),
    };
  } catch (cause) {
    if (!(cause instanceof OptionError)) throw cause;
    return cause;
  }
}

/** Names engine and provider, as providers do; at its end what `TF_APPEND_USER_AGENT` says. */
function userAgentOf(engineVersion: string, environment: NodeJS.ProcessEnv): string {
  const engine = engineVersion === "" ? "" : `Terraform/${engineVersion} `;
  const { TF_APPEND_USER_AGENT: appended = "" } = environment;
  const all = `${engine}terraform-provider-genauth/${version} ${appended}`;
  // A header holds nothing else.
  return all.replaceAll(/[^\x20-\x7e]/g, "").trim();
}

/** The attributes that do not say how to reach the pool. */
const NO_SETTINGS: ReadonlySet<string> = new Set(["protected_users", "user_pool_name"]);

/**
 * The settings of this run, or the problems with them. `undefined` settings without an error mean that the
 * configuration refers to a value that is not known before apply.
 */
export function readProviderSettings(
  config: ProviderModel,
  environment: NodeJS.ProcessEnv,
): { settings?: RunSettings; diagnostics: Diagnostic[] } {
  const attributes = Object.entries(config).filter(([name]) => !NO_SETTINGS.has(name));
  const unknown = new Set(attributes.flatMap(([name, value]) => (value === UNKNOWN ? [name] : [])));
  const given = Object.fromEntries(attributes.filter(([name]) => !unknown.has(name))) as GivenSettings;
  const { settings, problems, warnings } = resolveSettings(given, environment);
  const errors = problems.filter(({ attribute = "" }) => !unknown.has(attribute)).map(errorOf);
  // While a value is unknown, only warnings about the environment are certain.
  const relevant = warnings.filter(({ attribute }) => unknown.size === 0 || attribute === undefined);
  return {
    ...(unknown.size === 0 && errors.length === 0 && { settings }),
    diagnostics: [...errors, ...relevant.map(warningOf)],
  };
}

function warningOf({ summary, detail, attribute }: SettingProblem): Diagnostic {
  return warning(summary, detail, attribute ? [{ attribute }] : undefined);
}

/** A problem of a setting as a diagnostic. */
export function errorOf({ summary, detail, attribute }: SettingProblem): Diagnostic {
  return error(summary, detail, attribute ? [{ attribute }] : undefined);
}

/** The protected ids by type. Unknown ids are omitted, and `complete` is then false. */
export function protectedIds(value: ProviderModel["protected_users"]): {
  ids: Map<UserIdType, string[]>;
  complete: boolean;
} {
  const ids = new Map<UserIdType, string[]>();
  if (value === null) return { ids, complete: true };
  if (value === UNKNOWN) return { ids, complete: false };
  let complete = true;
  for (const [type, list] of value) {
    if (list === UNKNOWN) complete = false;
    if (list === UNKNOWN || list === null) continue;
    const known = list.filter((id) => typeof id === "string");
    if (list.includes(UNKNOWN)) complete = false;
    if (isUserIdType(type)) ids.set(type, known);
  }
  return { ids, complete };
}

/**
 * Logs the progress of long work at INFO.
 *
 * @param now milliseconds since some moment in the past
 */
export function logProgress(logger: Pick<Logger, "info">, now?: () => number): ProgressWatch {
  return new ProgressWatch(
    ({ doing, done, total, ...fields }) => logger.info(`${doing}: ${done} of ${total}`, fields),
    now,
  );
}
