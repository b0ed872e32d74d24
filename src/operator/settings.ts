// Not by the modules' indexes, which load zod: a schema does without it.
import { LIMITS, type NumberLimits } from "../api/limits";
import { printable } from "../text";
import { isRefresh, Refresh } from "../users";

/** What is wrong with a setting, for the person who can correct it. */
export interface SettingProblem {
  /** One line: what is wrong. */
  readonly summary: string;
  /** Why, and what to do. */
  readonly detail: string;
  /** The attribute of the provider block that it concerns; absent where only the environment can hold it. */
  readonly attribute?: string;
}

/** The numbers, by their names in the provider block; the variable is `GENAUTH_` and the name in capitals. */
export const NUMBERS = {
  requests_per_second: LIMITS.requestsPerSecond,
  parallelism: LIMITS.parallelism,
  timeout_seconds: LIMITS.timeoutSeconds,
  max_attempts: LIMITS.maxAttempts,
  // A day. Nothing says for how long GenAuth keeps its record of deleted users, so a week is the most.
  full_refresh_hours: { fallback: 24, least: 0, most: 168, whole: false },
  confirm_seconds: { fallback: 15, least: 0, most: 600, whole: false },
} as const satisfies Record<string, NumberLimits>;

/** The name of a number, as in the provider block. */
export type NumberName = keyof typeof NUMBERS;

/** Why a number cannot be taken, in a sentence; `undefined` where it can. */
export function numberProblem(name: NumberName, value: number): string | undefined {
  const { least, most, whole } = NUMBERS[name];
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return undefined;
  return `${name} must be a ${whole ? "whole " : ""}number from ${least} to ${most}.`;
}

/** The public cloud (source: GenAuth's "Management API" page). */
export const DEFAULT_HOST = "https://api.genauth.ai";

/** How this run reaches the user pool. */
export interface RunSettings {
  readonly host: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly tenantId?: string;
  readonly requestsPerSecond: number;
  /** Calls in flight at once. */
  readonly parallelism: number;
  /** Longest wait for one call's answer. */
  readonly timeoutSeconds: number;
  /** Attempts for one call before it counts as failed. */
  readonly maxAttempts: number;
  readonly refresh: Refresh;
  /** For how long an incremental refresh relies on a full one. */
  readonly fullRefreshHours: number;
  /** How long a deletion is read back until it shows; only from the environment. */
  readonly confirmSeconds: number;
  /** The folder in which users are recorded before they are deleted; absent: they are not. */
  readonly deletionRecord?: string;
}

/** What a configuration says; `null` where it is silent, so that the environment decides. */
export type GivenSettings = Readonly<
  Partial<Record<TextName, string | null> & Record<NumberName, number | null>>
>;

type TextName = "host" | "access_key_id" | "access_key_secret" | "tenant_id" | "refresh" | "deletion_record";

/**
 * Takes each setting from what is given, or else from its variable, `GENAUTH_` and its name in capitals, or else its
 * default.
 *
 * @returns the settings, to be used only where there is no problem
 */
export function resolveSettings(
  given: GivenSettings,
  environment: NodeJS.ProcessEnv,
): { settings: RunSettings; problems: SettingProblem[] } {
  const problems: SettingProblem[] = [];
  const text = (name: TextName): string | undefined =>
    given[name] ?? (environment[variableOf(name)] || undefined);
  const credential = (name: "access_key_id" | "access_key_secret"): string => {
    const value = text(name);
    if (!value) problems.push(noCredential(name));
    return value ?? "";
  };
  const number = (name: NumberName): number => {
    const configured = given[name] ?? undefined;
    const variable = environment[variableOf(name)];
    const value = configured ?? (variable ? Number(variable) : NUMBERS[name].fallback);
    const problem = configured === undefined ? numberProblem(name, value) : undefined;
    if (problem) problems.push({ summary: `Invalid ${variableOf(name)}`, detail: problem });
    return value;
  };
  const refresh = (): Refresh => {
    const value = text("refresh") ?? Refresh.FULL;
    if (isRefresh(value)) return value;
    problems.push(unknownRefresh(value, typeof given.refresh === "string"));
    return Refresh.FULL;
  };
  const tenantId = text("tenant_id");
  const deletionRecord = text("deletion_record");
  // A configuration's variable that nobody filled would turn the record off, and nobody would notice.
  if (deletionRecord === "") problems.push(EMPTY_DELETION_RECORD);
  const settings: RunSettings = {
    host: text("host") ?? DEFAULT_HOST,
    accessKeyId: credential("access_key_id"),
    accessKeySecret: credential("access_key_secret"),
    ...(tenantId && { tenantId }),
    requestsPerSecond: number("requests_per_second"),
    parallelism: number("parallelism"),
    timeoutSeconds: number("timeout_seconds"),
    maxAttempts: number("max_attempts"),
    refresh: refresh(),
    fullRefreshHours: number("full_refresh_hours"),
    confirmSeconds: number("confirm_seconds"),
    ...(deletionRecord && { deletionRecord }),
  };
  return { settings, problems };
}

const EMPTY_DELETION_RECORD: SettingProblem = {
  summary: "Empty deletion_record",
  detail:
    "deletion_record must name the folder in which users are recorded before they are deleted. Leave it out to keep no record.",
  attribute: "deletion_record",
};

function noCredential(name: "access_key_id" | "access_key_secret"): SettingProblem {
  const words = name.replaceAll("_", " ");
  return {
    summary: `No ${words}`,
    detail: `GenAuth needs an ${words}. Set the environment variable ${variableOf(name)}; with the Terraform provider, ${name} in the provider block does too. You find it in GenAuth's console under Settings > Basic > Key management.`,
    attribute: name,
  };
}

function unknownRefresh(value: string, configured: boolean): SettingProblem {
  return {
    summary: `Unknown ${configured ? "refresh" : variableOf("refresh")}`,
    detail: `"${printable(value)}" is none of ${Object.values(Refresh).join(", ")}.`,
    ...(configured && { attribute: "refresh" }),
  };
}

function variableOf(name: string): string {
  return `GENAUTH_${name.toUpperCase()}`;
}
