import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { originOf } from "../api/host";
import { compact } from "../lists";
import type { PipelineSettings } from "./settings";

/**
 * What every program of a job gets: how it finds programs, certificates and proxies. It holds no secret, and
 * no option of a program.
 */
const BASE =
  /^(?:PATH|USER|LOGNAME|LANG|LC_\w+|TZ|TERM|TMPDIR|SSL_CERT_FILE|SSL_CERT_DIR|NODE_EXTRA_CA_CERTS|https?_proxy|no_proxy|all_proxy)$/i;

/**
 * What an engine gets besides that: where its plugins and its own settings are. Nothing here gives it
 * arguments or another provider.
 */
const ENGINE =
  /^(?:TF_CLI_CONFIG_FILE|TOFU_CLI_CONFIG_FILE|TF_PLUGIN_CACHE_DIR|TF_TOKEN_\w+|CHECKPOINT_DISABLE)$/;

/**
 * What the provider and the command read of a run. Keys come by `reachEnvironment`, limits by
 * `limitVariables`.
 */
const GENAUTH =
  /^GENAUTH_(?:TENANT_ID|REQUESTS_PER_SECOND|PARALLELISM|TIMEOUT_SECONDS|MAX_ATTEMPTS|CONFIRM_SECONDS|ACCEPT_EMPTY_POOL|DELETION_RECORD)$/;

/** How the guard and a report reach GenAuth: with the key, which no engine gets. */
const REACH = /^(?:PATH|https?_proxy|no_proxy|all_proxy|NODE_EXTRA_CA_CERTS|GENAUTH_ACCESS_KEY_ID)$/i;

/** The variables of a process that match a pattern. */
export function pick(environment: NodeJS.ProcessEnv, ...patterns: readonly RegExp[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && patterns.some((pattern) => pattern.test(entry[0])),
    ),
  );
}

/** The environment of a program of the machine, such as tar. */
export function baseEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  return pick(environment, BASE);
}

/**
 * The environment of a program that itself reads or changes the pool: it has the key. A copy may lack the
 * secret, so it is read by name.
 */
export function reachEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  const { GENAUTH_ACCESS_KEY_SECRET: secret } = environment;
  return { ...pick(environment, REACH), ...(secret !== undefined && { GENAUTH_ACCESS_KEY_SECRET: secret }) };
}

/**
 * The environment of an engine: without a key, and with what the settings name, such as the credential of the
 * state.
 *
 * @param home a new folder of its user, where no file configures the engine or a program that it starts
 */
export function engineEnvironment(
  { environment: named }: PipelineSettings,
  environment: NodeJS.ProcessEnv,
  home: string,
): Record<string, string> {
  const names = named.map((name) => new RegExp(`^${name.replace(/\*$/, "\\w*")}$`));
  const found = pick(environment, BASE, ENGINE, ...names);
  for (const name of Object.keys(found)) if (SECRETS.test(name)) Reflect.deleteProperty(found, name);
  // The engine starts its plugins from there, and another user cannot write into this one's folder.
  return { ...found, HOME: home, TMPDIR: home, TF_IN_AUTOMATION: "1", TF_INPUT: "0" };
}

/** What no engine and no program of a stack gets, whatever the settings name. */
const SECRETS = /^(?:GENAUTH_(?:ACCESS_KEY_SECRET|PLAN_KEY|REDACT_KEY)|GH_TOKEN|GITHUB_TOKEN|CI_JOB_TOKEN)$/;

/**
 * The variables for the provider, the guard and the reports: the pool, and the operator's limits. The limits
 * of the settings hold. A variable of the pipeline can only make them stricter.
 *
 * @param folder gets the file of the protected users
 * @throws Error if a limit of the environment cannot be read
 */
export function limitVariables(
  { limits }: PipelineSettings,
  environment: NodeJS.ProcessEnv,
  folder: string,
): Record<string, string> {
  const number = (name: string): number | undefined => {
    const text = environment[name] ?? "";
    if (text === "") return undefined;
    if (!/^\d{1,9}$/.test(text)) throw new Error(`${name} must be a whole number. Nothing was run.`);
    return Number(text);
  };
  const days = Math.max(limits.min_suspend_days ?? 0, number("GENAUTH_MIN_SUSPEND_DAYS") ?? 0);
  const host = environment.GENAUTH_HOST || limits.host;
  const hosts = allowedHosts(limits.allowed_hosts, environment.GENAUTH_ALLOWED_HOSTS);
  const variables: Record<string, string> = {
    ...pick(environment, GENAUTH),
    GENAUTH_MAX_DELETIONS: String(
      Math.min(limits.max_deletions, number("GENAUTH_MAX_DELETIONS") ?? Infinity),
    ),
    ...(days > 0 && { GENAUTH_MIN_SUSPEND_DAYS: String(days) }),
    ...(host !== undefined && { GENAUTH_HOST: host }),
    ...(hosts !== undefined && { GENAUTH_ALLOWED_HOSTS: hosts }),
    ...(findDueHold({ limits }, environment) !== undefined && { GENAUTH_DUE_DELETIONS: "hold" }),
  };
  const { GENAUTH_PROTECTED_USERS_FILE: file = "" } = environment;
  if (file !== "") variables.GENAUTH_PROTECTED_USERS_FILE = file;
  if (Object.keys(limits.protected_users).length === 0) return variables;
  if (file !== "")
    throw new Error(
      "GENAUTH_PROTECTED_USERS_FILE and protected_users of the settings are both given. Keep one of them. Nothing was run.",
    );
  const path = join(folder, "protected-users.json");
  writeFileSync(path, JSON.stringify(limits.protected_users), { mode: 0o644 });
  return { ...variables, GENAUTH_PROTECTED_USERS_FILE: path };
}

/**
 * Finds what holds the deletions that are due: a variable, or the settings.
 *
 * @returns its name where the operator sets it; undefined: nothing holds them
 * @throws Error for another word than hold
 */
export function findDueHold(
  { limits }: Pick<PipelineSettings, "limits">,
  { GENAUTH_DUE_DELETIONS: word = "" }: NodeJS.ProcessEnv,
): string | undefined {
  if (!["", "hold"].includes(word))
    throw new Error("GENAUTH_DUE_DELETIONS must be hold, or absent. Nothing was run.");
  const names = compact(
    word === "hold" && "GENAUTH_DUE_DELETIONS",
    limits.due_deletions === "hold" && "due_deletions of the settings",
  );
  return names.length === 0 ? undefined : names.join(" and ");
}

/** A host must be allowed by both. A name alone means https, as everywhere. */
function allowedHosts(settings: readonly string[] | undefined, given = ""): string | undefined {
  const words = given.split(/[\s,]+/).filter(Boolean);
  if (words.length === 0) return settings?.join(",");
  const ofSettings = settings?.map(originOf);
  const both = words.filter((host) => ofSettings?.includes(originOf(host)) ?? true);
  if (both.length === 0)
    throw new Error(
      "GENAUTH_ALLOWED_HOSTS and allowed_hosts of the settings have no host in common. Nothing was run.",
    );
  return both.join(",");
}

/** What the settings say to the guard of an apply, as options of its command. */
export function guardOptions({
  allow,
  limits: { max_plan_age_hours: hours },
}: Pick<PipelineSettings, "allow" | "limits">): string[] {
  const age = hours === undefined ? [] : ["--max-plan-age", String(hours)];
  return [...allow.flatMap((entry) => ["--allow", entry]), ...age];
}
