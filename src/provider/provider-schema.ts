import { PUBLIC_HOSTS } from "../api/limits";
import type { Model, Schema } from "../plugin";
// Not by the module's index: that loads zod, which a schema does without.
import { DEFAULT_HOST, NUMBERS } from "../operator/settings";
import { USER_ID_TYPES } from "../users";

/**
 * The schema of the provider block. Every attribute but `protected_users` and `user_pool_name` can come from
 * the environment instead.
 */
export const providerSchema = {
  version: 0,
  description:
    "Deletes users of a GenAuth (Authing) user pool when they leave a declared set, or suspends them first. It creates nobody, and changes nothing else.",
  attributes: {
    host: {
      type: "string",
      optional: true,
      description: `Address of the Management API, without a path. Plain HTTP is accepted only for a loopback address. Environment variable: \`GENAUTH_HOST\`. Default: \`${DEFAULT_HOST}\`. Authing's is \`${PUBLIC_HOSTS.authing}\`.`,
    },
    access_key_id: {
      type: "string",
      optional: true,
      description:
        "Id of the access key: the user pool's id, or an administrator's key. Environment variable: `GENAUTH_ACCESS_KEY_ID`.",
    },
    access_key_secret: {
      type: "string",
      optional: true,
      sensitive: true,
      description:
        "Secret of the access key. Set `GENAUTH_ACCESS_KEY_SECRET` instead, so that no file and no plan holds it.",
    },
    tenant_id: {
      type: "string",
      optional: true,
      description: "Tenant to act in, for pools with tenants. Environment variable: `GENAUTH_TENANT_ID`.",
    },
    requests_per_second: {
      type: "number",
      optional: true,
      description: `Calls per second of all sets of this configuration together. GenAuth allows a pool 150, including those of your applications. Environment variable: \`GENAUTH_REQUESTS_PER_SECOND\`. Default: ${NUMBERS.requests_per_second.fallback}.`,
    },
    parallelism: {
      type: "number",
      optional: true,
      description: `Calls in flight at the same time. Environment variable: \`GENAUTH_PARALLELISM\`. Default: ${NUMBERS.parallelism.fallback}.`,
    },
    timeout_seconds: {
      type: "number",
      optional: true,
      description: `Longest wait for the response to one call, in seconds. Environment variable: \`GENAUTH_TIMEOUT_SECONDS\`. Default: ${NUMBERS.timeout_seconds.fallback}.`,
    },
    max_attempts: {
      type: "number",
      optional: true,
      description: `Attempts for one call before it counts as failed. Environment variable: \`GENAUTH_MAX_ATTEMPTS\`. Default: ${NUMBERS.max_attempts.fallback}.`,
    },
    deletion_record: {
      type: "string",
      optional: true,
      description:
        "Folder for records. Before a user is deleted, the full record of the user is written there; before a suspension, the ids and the status. If that cannot be written, the run deletes and suspends nobody. Default: no records. Environment variable, which takes precedence: `GENAUTH_DELETION_RECORD`.",
    },
    user_pool_name: {
      type: "string",
      optional: true,
      description:
        "Your name for the user pool, for example `eu`. Give one if the configuration has several pools. It has lower-case letters, digits, `-`, `_` and `.`. It keeps the pools apart in reports, the guard and `drift`.",
    },
    protected_users: {
      type: { map: { set: "string" } },
      optional: true,
      description: `Ids that are never deleted, even if they leave a set: a map from id type to ids. The types are ${USER_ID_TYPES.map((type) => `\`${type}\``).join(", ")}. \`*@contractors.example\` in the set of \`email\` means everybody of that e-mail domain. Put your break-glass accounts here. A plan in which somebody's account ends warns of ids that nobody in the pool has. A CDKTF stack adds all users that its sets of the pool declare.`,
    },
  },
} as const satisfies Schema;

/** A configuration of the provider. */
export type ProviderModel = Model<typeof providerSchema>;
