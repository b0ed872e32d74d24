import { resolve } from "node:path";
// Not from the index of api, which loads zod: the schema does not need it.
import { KEYS_IN_CONSOLE, LIMITS, type NumberLimits, PUBLIC_HOSTS } from "../api/limits";
import { compact } from "../lists";
import { nearestName, printable } from "../text";

/** An error or a warning about a setting, for the person who can correct it. */
export interface SettingProblem {
  /** One line: what is wrong. */
  readonly summary: string;
  /** Why, and what to do. */
  readonly detail: string;
  /** The attribute of the provider block; absent if only the environment can set it. */
  readonly attribute?: string;
}

/**
 * The numeric settings, by their names in the provider block. The variable is `GENAUTH_` and the name in
 * capitals.
 */
export const NUMBERS = {
  requests_per_second: LIMITS.requestsPerSecond,
  parallelism: LIMITS.parallelism,
  timeout_seconds: LIMITS.timeoutSeconds,
  max_attempts: LIMITS.maxAttempts,
  confirm_seconds: { fallback: 15, least: 0, most: 600, whole: false },
} as const satisfies Record<string, NumberLimits>;

/** The name of a numeric setting, as in the provider block. */
export type NumberName = keyof typeof NUMBERS;

/** Why a number is not valid, in a sentence; `undefined` if it is. */
export function numberProblem(name: NumberName, value: number): string | undefined {
  const { least, most, whole } = NUMBERS[name];
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return undefined;
  return `${name} must be a ${whole ? "whole " : ""}number from ${least} to ${most}.`;
}

/** GenAuth's public cloud. */
export const DEFAULT_HOST = PUBLIC_HOSTS.genauth;

/** How this run reaches the user pool. */
export interface RunSettings {
  readonly host: string;
  readonly accessKeyId: string;
  /** Empty if a guard holds the key. */
  readonly accessKeySecret: string;
  /** The socket of the guard that holds the key; only from the environment. */
  readonly guard?: string;
  readonly tenantId?: string;
  readonly requestsPerSecond: number;
  /** Calls in flight at once. */
  readonly parallelism: number;
  /** Longest wait for one call's answer. */
  readonly timeoutSeconds: number;
  /** Attempts for one call before it counts as failed. */
  readonly maxAttempts: number;
  /** How long to read back a deletion until it shows; only from the environment. */
  readonly confirmSeconds: number;
  /** The folder in which users are recorded before they are deleted; absent: no deletion record. */
  readonly deletionRecord?: string;
}

/** What a configuration sets. `null` leaves the setting to the environment. */
export type GivenSettings = Readonly<
  Partial<Record<TextName, string | null> & Record<NumberName, number | null>>
>;

type CredentialName = "access_key_id" | "access_key_secret";

type TextName = "host" | "access_key_id" | "access_key_secret" | "tenant_id" | "deletion_record";

/**
 * Takes each setting from the configuration, or else from its variable (`GENAUTH_` and its name in capitals),
 * or else its default. The deletion record is the exception: the operator decides it, so its variable comes
 * first.
 *
 * @param configured absent: of a command, which reads no configuration
 * @returns the settings; use them only if there is no problem
 */
export function resolveSettings(
  configured: GivenSettings | undefined,
  environment: NodeJS.ProcessEnv,
): { settings: RunSettings; problems: SettingProblem[]; warnings: SettingProblem[] } {
  const given = configured ?? {};
  const problems: SettingProblem[] = [];
  const text = (name: TextName): string | undefined =>
    given[name] ?? (environment[variableOf(name)] || undefined);
  const guard = readGuard(environment, problems);
  if (guard !== undefined && given.access_key_secret) problems.push(SECRET_BESIDE_GUARD);
  const missing: CredentialName[] = [];
  const credential = (name: CredentialName): string => {
    const value = text(name);
    if (guard !== undefined) return name === "access_key_secret" ? "" : value || HELD_BY_GUARD;
    if (!value) missing.push(name);
    return value ?? "";
  };
  const number = (name: NumberName): number => {
    const own = given[name] ?? undefined;
    const variable = environment[variableOf(name)];
    const value = own ?? (variable ? Number(variable) : NUMBERS[name].fallback);
    const problem = own === undefined ? numberProblem(name, value) : undefined;
    if (problem) {
      const detail = `${variableOf(name)} is "${printable(variable ?? "")}". ${problem}`;
      problems.push({ summary: `Invalid ${variableOf(name)}`, detail });
    }
    return value;
  };
  const tenantId = text("tenant_id");
  // A Terraform variable left empty would turn the deletion record off unnoticed.
  if (given.deletion_record === "") problems.push(EMPTY_DELETION_RECORD);
  const deletionRecord = environment[variableOf("deletion_record")] || given.deletion_record;
  const settings: RunSettings = {
    host: hostOf(text("host")),
    accessKeyId: credential("access_key_id"),
    accessKeySecret: credential("access_key_secret"),
    guard,
    tenantId: tenantId || undefined,
    requestsPerSecond: number("requests_per_second"),
    parallelism: number("parallelism"),
    timeoutSeconds: number("timeout_seconds"),
    maxAttempts: number("max_attempts"),
    confirmSeconds: number("confirm_seconds"),
    deletionRecord: deletionRecord || undefined,
  };
  problems.unshift(...compact(noCredentials(missing, configured !== undefined)));
  const warnings = compact(
    warnOfOtherRecord(given, environment),
    guard === undefined
      ? warnOfHost(settings.host, given, environment)
      : warnOfSecretBesideGuard(environment),
    ...warnOfUnknownVariables(environment),
  );
  return { settings, problems, warnings };
}

/** In place of an access key id that is not given, in messages. With a guard, it signs nothing. */
const HELD_BY_GUARD = "held-by-the-guard";

/** The path in `GENAUTH_GUARD`, which may begin with `unix:`. */
function readGuard(environment: NodeJS.ProcessEnv, problems: SettingProblem[]): string | undefined {
  const value = environment[variableOf("guard")];
  if (!value) return undefined;
  const path = value.replace(/^unix:/, "");
  if (!path.startsWith("/")) {
    problems.push({
      summary: `Invalid ${variableOf("guard")}`,
      detail: `"${printable(value)}" must be the absolute path of the socket of cdktf-genauth guard, such as /run/genauth/guard.sock.`,
    });
  }
  return path;
}

const SECRET_BESIDE_GUARD: SettingProblem = {
  summary: "A secret beside the guard",
  detail: `A guard holds the key of this run: ${variableOf("guard")} names its socket. So the configuration must not hold a secret. Remove access_key_secret from the provider block.`,
  attribute: "access_key_secret",
};

/** A program that can read the variable needs no guard. */
function warnOfSecretBesideGuard(environment: NodeJS.ProcessEnv): SettingProblem | undefined {
  const secret = variableOf("access_key_secret");
  if (!environment[secret]) return undefined;
  return {
    summary: `${secret} is set beside the guard`,
    detail: `The guard holds the key, and this run does not use ${secret}. But whatever runs here can read it. Give it to the guard alone.`,
  };
}

const EMPTY_DELETION_RECORD: SettingProblem = {
  summary: "Empty deletion_record",
  detail:
    "deletion_record must name the folder in which users are recorded before they are deleted. Leave it out to keep no record.",
  attribute: "deletion_record",
};

function noCredentials(
  names: readonly CredentialName[],
  isConfigurable: boolean,
): SettingProblem | undefined {
  const [first] = names;
  if (first === undefined) return undefined;
  const others = isConfigurable ? `, or, in the provider block, ${names.join(" and ")}` : "";
  return {
    summary: names.length === 1 ? `No ${first.replaceAll("_", " ")}` : "No access key",
    detail: `Set ${names.map(variableOf).join(" and ")}${others}. Where the console shows keys: ${KEYS_IN_CONSOLE}. To try this without an account, run cdktf-genauth emulator, and export what it prints.`,
    attribute: first,
  };
}

/** A slash at the end of an address names the same host. */
function hostOf(address: string | undefined): string {
  return (address ?? DEFAULT_HOST).replace(/(?<=[^/])\/$/, "");
}

function variableOf(name: string): string {
  return `GENAUTH_${name.toUpperCase()}`;
}

/**
 * The operator's folder takes precedence over the configuration's: a pull request must not move the deletion
 * record.
 */
function warnOfOtherRecord(
  { deletion_record: configured }: GivenSettings,
  environment: NodeJS.ProcessEnv,
): SettingProblem | undefined {
  const variable = variableOf("deletion_record");
  const operators = environment[variable];
  if (!configured || !operators || resolve(configured) === resolve(operators)) return undefined;
  return {
    summary: "deletion_record is not used",
    detail:
      `The configuration names the folder "${printable(configured)}", but ${variable} of this pipeline names "${printable(operators)}", ` +
      "which a configuration cannot override. Users are recorded in the pipeline's folder. Remove deletion_record from the configuration, or ask the pipeline's owner.",
    attribute: "deletion_record",
  };
}

/**
 * A signature does not cover the host. The server at a host receives requests signed for the pool, and can
 * send them on to GenAuth within minutes. So the key's owner must choose the host.
 */
function warnOfHost(
  host: string,
  { host: configured, access_key_secret: secret }: GivenSettings,
  environment: NodeJS.ProcessEnv,
): SettingProblem | undefined {
  const own = hostOf(environment[variableOf("host")] || undefined);
  const isOwn = !configured || host === own;
  const isKeyFromEnvironment = !secret && Boolean(environment[variableOf("access_key_secret")]);
  if (isOwn || !isKeyFromEnvironment || environment["GENAUTH_ALLOWED_HOSTS"]) return undefined;
  return {
    summary: "Credentials from the environment are sent to a host that only the configuration names",
    detail:
      `Requests are signed with ${variableOf("access_key_secret")} and sent to ${printable(host)}, which no variable names. A signature does not cover ` +
      "the host: the server there can send the same requests, including deletions, to GenAuth. Set GENAUTH_ALLOWED_HOSTS in the pipeline to the hosts that may receive them; if this host is correct, set it to this one.",
    attribute: "host",
  };
}

/**
 * Says where a value came from that the client refused.
 *
 * @param option its name in the client's options
 * @param reason a sentence
 * @param isConfigured whether the provider block sets the attribute of that name
 */
export function describeRefusal(
  { option, message: reason }: { readonly option: string; readonly message: string },
  isConfigured: (name: string) => boolean,
  environment: NodeJS.ProcessEnv,
): SettingProblem {
  const name = option.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const variable = variableOf(name);
  const value = environment[variable];
  if (isConfigured(name) || !value) return { summary: `Invalid ${name}`, detail: reason, attribute: name };
  // Other values may be secrets, and a URL may contain a password before its @.
  const isShown = name === "host" && !value.includes("@");
  const scheme = isShown && !value.includes("://") ? " Begin it with https:// or, on loopback, http://." : "";
  const named = reason.startsWith(option) ? reason.replace(option, variable) : `${variable}: ${reason}`;
  const detail = isShown ? `${variable} is "${printable(value)}". ${reason}${scheme}` : named;
  return { summary: `Invalid ${variable}`, detail };
}

/** Every variable that the provider or the command reads. */
const VARIABLES = [
  ...["host", "access_key_id", "access_key_secret", "tenant_id", "deletion_record"],
  ...Object.keys(NUMBERS),
  ...["guard", "allowed_hosts", "max_deletions", "min_suspend_days", "due_deletions"],
  ...["protected_users_file", "accept_empty_pool", "redact_key", "restore_consent"],
].map(variableOf);

/** Variables that examples/pipelines reads, or that a null resource sets for its command. */
const VARIABLES_OF_OTHERS =
  /^GENAUTH_(SET_.*|READ_KEY_ID|READ_KEY_SECRET|PLAN_KEY|PROTECTED_USERS|API_TOKEN|IMAGE|BOT|DIGESTS)$/;

/**
 * A limit in a misspelt variable has no effect, unnoticed. Variables that resemble none of these are ignored:
 * an application may have its own that begin with GENAUTH_.
 */
function warnOfUnknownVariables(environment: NodeJS.ProcessEnv): SettingProblem[] {
  return Object.keys(environment).flatMap((name) => {
    if (!/^GENAUTH_/i.test(name) || VARIABLES.includes(name) || VARIABLES_OF_OTHERS.test(name)) return [];
    const meant = nearestName(withoutPrefix(name), VARIABLES.map(withoutPrefix));
    if (meant === undefined) return [];
    const detail = `There is no variable of that name. The closest is GENAUTH_${meant}. Rename the variable, or remove it.`;
    return [{ summary: `${printable(name)} is not read`, detail }];
  });
}

function withoutPrefix(variable: string): string {
  return variable.slice("GENAUTH_".length);
}
