import type { Model, Schema } from "../plugin";
// Not by the room's index: that loads zod, which a schema does without.
import { DEFAULT_HOST, NUMBERS } from "../operator/settings";

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
      description: `Calls a second for the whole run. Or GENAUTH_REQUESTS_PER_SECOND. Default ${NUMBERS.requests_per_second.fallback}, half of what a pool is given, because production traffic shares it.`,
    },
    parallelism: {
      type: "number",
      optional: true,
      description: `Calls in flight at once. Or GENAUTH_PARALLELISM. Default ${NUMBERS.parallelism.fallback}.`,
    },
    timeout_seconds: {
      type: "number",
      optional: true,
      description: `Longest wait for one call's answer, in seconds. Or GENAUTH_TIMEOUT_SECONDS. Default ${NUMBERS.timeout_seconds.fallback}.`,
    },
    max_attempts: {
      type: "number",
      optional: true,
      description: `Attempts for one call before it counts as failed. Or GENAUTH_MAX_ATTEMPTS. Default ${NUMBERS.max_attempts.fallback}.`,
    },
    refresh: {
      type: "string",
      optional: true,
      description:
        "How a refresh finds out who is there: full (default) looks everybody up; incremental reads who was deleted since the last check, and does not see an id that changes without a deletion until the next full look-up. Or GENAUTH_REFRESH.",
    },
    full_refresh_hours: {
      type: "number",
      optional: true,
      description: `With incremental refresh: how many hours after a full look-up the next one is made. Or GENAUTH_FULL_REFRESH_HOURS. Default ${NUMBERS.full_refresh_hours.fallback}.`,
    },
    deletion_record: {
      type: "string",
      optional: true,
      description:
        "Folder in which each user's full record is written before the user is deleted; without it nobody is recorded. Or GENAUTH_DELETION_RECORD, which comes first.",
    },
    protected_users: {
      type: { map: { list: "string" } },
      optional: true,
      description:
        "Ids that are never deleted, whatever a set says: id type -> ids. ManagedUserSet fills it with everybody whom the stack's sets declare.",
    },
  },
} as const satisfies Schema;

/** A configuration of the provider. */
export type ProviderModel = Model<typeof providerSchema>;
