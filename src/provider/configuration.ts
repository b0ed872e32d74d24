import { error, UNKNOWN, type Diagnostic, type Model, type Schema, type Value } from "../plugin";
import { checkUserId, isUserIdType, USER_ID_TYPES, type UserIdType } from "../users";

/** The public cloud (source: GenAuth's "Management API" page). */
export const DEFAULT_HOST = "https://api.genauth.ai";

/** The schema of the provider block. Every attribute but `protected_users` can come from the environment instead. */
export const providerSchema = {
  version: 0,
  description: "Manages who may have an account in a GenAuth (Authing) user pool.",
  attributes: {
    host: {
      type: "string",
      optional: true,
      description: `Address of the Management API, without a path. Or GENAUTH_HOST. Default ${DEFAULT_HOST}.`,
    },
    access_key_id: {
      type: "string",
      optional: true,
      description: "Access key id: the user pool's id, or an administrator's key. Or GENAUTH_ACCESS_KEY_ID.",
    },
    access_key_secret: {
      type: "string",
      optional: true,
      sensitive: true,
      description:
        "Access key secret. Better given as GENAUTH_ACCESS_KEY_SECRET, so that no file and no plan holds it.",
    },
    tenant_id: {
      type: "string",
      optional: true,
      description: "Tenant to act in, for pools with tenants. Or GENAUTH_TENANT_ID.",
    },
    requests_per_second: {
      type: "number",
      optional: true,
      description:
        "Calls a second for the whole run. Or GENAUTH_REQUESTS_PER_SECOND. Default 75, half of what a pool is given, because production traffic shares it.",
    },
    parallelism: {
      type: "number",
      optional: true,
      description: "Calls in flight at once. Or GENAUTH_PARALLELISM. Default 8.",
    },
    timeout_seconds: {
      type: "number",
      optional: true,
      description: "Longest wait for one call's answer, in seconds. Or GENAUTH_TIMEOUT_SECONDS. Default 30.",
    },
    max_attempts: {
      type: "number",
      optional: true,
      description: "Attempts for one call before it counts as failed. Or GENAUTH_MAX_ATTEMPTS. Default 6.",
    },
    protected_users: {
      type: { map: { list: "string" } },
      optional: true,
      description:
        "Ids that are never deleted, whatever a set says: id type -> ids. ManagedUserSet fills it with everybody whom the stack's sets declare.",
    },
  },
} as const satisfies Schema;

export type ProviderModel = Model<typeof providerSchema>;

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

/** Checks what can be checked without the environment or a network: the numbers and `protected_users`. */
export function validateConfiguration(config: ProviderModel): Diagnostic[] {
  const numbers = NUMBER_ATTRIBUTES.flatMap((name) => {
    const value = config[name];
    if (value === null || value === UNKNOWN) return [];
    const problem = numberProblem(name, value);
    return problem ? [error(`Invalid ${name}`, problem, [{ attribute: name }])] : [];
  });
  return [...numbers, ...validateProtectedUsers(config.protected_users)];
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

/** The protected ids by type. Unknown ids are left out, and told by `complete: false`. */
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

function validateProtectedUsers(value: ProviderModel["protected_users"]): Diagnostic[] {
  if (value === null || value === UNKNOWN) return [];
  return [...value].flatMap(([type, ids]) => {
    const path = [{ attribute: "protected_users" }, { key: type }];
    if (!isUserIdType(type)) {
      return [error("Unknown id type", `"${type}" is none of ${USER_ID_TYPES.join(", ")}.`, path)];
    }
    if (ids === null || ids === UNKNOWN) return [];
    return ids.flatMap((id, index) => {
      const problem = typeof id === "string" ? checkUserId(id, type) : undefined;
      return problem ? [error("Invalid protected user", problem, [...path, { index }])] : [];
    });
  });
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
