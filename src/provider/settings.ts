import { error, UNKNOWN, type Diagnostic, type Value } from "../plugin";
import { DEFAULT_HOST, providerSchema, type ProviderModel } from "./schema";

/** The provider's settings, each from the configuration, the environment or its default. */
export interface Settings {
  readonly host: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly tenantId?: string;
  readonly requestsPerSecond: number;
  readonly parallelism: number;
  readonly timeoutSeconds: number;
  readonly maxAttempts: number;
  /** `GENAUTH_CONFIRM_SECONDS`, only from the environment: how long a deletion is read back until it shows. Default 15. */
  readonly confirmSeconds: number;
}

const NUMBER_ATTRIBUTES = ["requests_per_second", "parallelism", "timeout_seconds", "max_attempts"] as const;

type TextAttribute = "host" | "access_key_id" | "access_key_secret" | "tenant_id";
type NumberSetting = (typeof NUMBER_ATTRIBUTES)[number] | "confirm_seconds";

/** Limits and defaults of the numbers. `whole` ones count things. */
const NUMBERS: Record<NumberSetting, { fallback: number; least: number; most: number; whole: boolean }> = {
  // 150 a second is what the public cloud gives a pool; private deployments may give more.
  requests_per_second: { fallback: 75, least: 0.1, most: 10_000, whole: false },
  parallelism: { fallback: 8, least: 1, most: 256, whole: true },
  timeout_seconds: { fallback: 30, least: 0.1, most: 3_600, whole: false },
  max_attempts: { fallback: 6, least: 1, most: 100, whole: true },
  confirm_seconds: { fallback: 15, least: 0, most: 600, whole: false },
};

/** Checks the numbers of a configuration, without the environment. */
export function validateNumbers(config: ProviderModel): Diagnostic[] {
  return NUMBER_ATTRIBUTES.flatMap((name) => {
    const value = config[name];
    if (value === null || value === UNKNOWN) return [];
    const problem = numberProblem(name, value);
    return problem ? [error(`Invalid ${name}`, problem, [{ attribute: name }])] : [];
  });
}

/**
 * The settings of this run, or what is wrong with them. `undefined` settings without an error mean that the
 * configuration refers to something that is not known before apply.
 */
export function resolveSettings(
  config: ProviderModel,
  environment: NodeJS.ProcessEnv,
): { settings?: Settings; diagnostics: Diagnostic[] } {
  const unknown = Object.keys(providerSchema.attributes).some(
    (name) => name !== "protected_users" && config[name as keyof ProviderModel] === UNKNOWN,
  );
  const diagnostics = [
    ...missingCredential(config, environment, "access_key_id", "access key id"),
    ...missingCredential(config, environment, "access_key_secret", "access key secret"),
  ];
  const number = (name: NumberSetting, configured: Value<"number"> = null): number => {
    const given = environment[variableOf(name)];
    if (typeof configured === "number") return configured;
    const value = given ? Number(given) : NUMBERS[name].fallback;
    const problem = numberProblem(name, value);
    if (problem) diagnostics.push(error(`Invalid ${variableOf(name)}`, problem));
    return value;
  };
  const numbers = {
    requestsPerSecond: number("requests_per_second", config.requests_per_second),
    parallelism: number("parallelism", config.parallelism),
    timeoutSeconds: number("timeout_seconds", config.timeout_seconds),
    maxAttempts: number("max_attempts", config.max_attempts),
    confirmSeconds: number("confirm_seconds"),
  };
  if (unknown || diagnostics.length > 0) return { diagnostics };

  const tenantId = text(config, environment, "tenant_id");
  return {
    settings: {
      host: text(config, environment, "host") ?? DEFAULT_HOST,
      accessKeyId: text(config, environment, "access_key_id") ?? "",
      accessKeySecret: text(config, environment, "access_key_secret") ?? "",
      ...(tenantId && { tenantId }),
      ...numbers,
    },
    diagnostics,
  };
}

function missingCredential(
  config: ProviderModel,
  environment: NodeJS.ProcessEnv,
  name: "access_key_id" | "access_key_secret",
  words: string,
): Diagnostic[] {
  if (config[name] === UNKNOWN || text(config, environment, name)) return [];
  return [
    error(
      `No ${words}`,
      `The GenAuth provider needs an ${words}. Set the environment variable ${variableOf(name)}, or ${name} in the provider block. You find it in GenAuth's console under Settings > Basic > Key management.`,
      [{ attribute: name }],
    ),
  ];
}

function numberProblem(name: NumberSetting, value: number): string | undefined {
  const { least, most, whole } = NUMBERS[name];
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return undefined;
  return `${name} must be a ${whole ? "whole " : ""}number from ${least} to ${most}.`;
}

function text(
  config: ProviderModel,
  environment: NodeJS.ProcessEnv,
  name: TextAttribute,
): string | undefined {
  const value = config[name];
  if (value === UNKNOWN) return undefined;
  return value ?? (environment[variableOf(name)] || undefined);
}

function variableOf(name: string): string {
  return `GENAUTH_${name.toUpperCase()}`;
}
