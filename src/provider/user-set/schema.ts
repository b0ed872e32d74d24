import type { Model, Schema } from "../../plugin";
import {
  DEFAULT_MAX_DELETIONS,
  DEFAULT_MAX_DELETIONS_PERCENT,
  DeleteBy,
  SHARE_COUNTS_ABOVE,
  USER_ID_TYPES,
  UserIdType,
} from "../../users";

/**
 * The schema of `genauth_user_set`. The reference page and the bindings follow from it: `npm run generate`.
 *
 * To add an attribute: type, default and description here. A default changes every existing set once. Perhaps
 * also `src/provider/user-set/import.ts` (another value at import) and `src/provider/user-set/validate.ts`,
 * and for what the provider computes `attributes.ts`, `create.ts`, `plan.ts` and `read.ts` beside them. Then
 * `src/constructs/managed-user-set.ts` or, for both constructs, `src/constructs/user-set.ts`;
 * `src/constructs/check-declaration.ts` for what synth refuses; `docs/guides/constructs.md`. If the null
 * resource supports it, `src/constructs/null-resource/null-resource-user-set.ts`,
 * `src/payload/declaration.ts`, `src/null-resource/read-payload.ts` and `src/null-resource/apply-removal.ts`.
 * At last the tests of both constructs, and an acceptance test: `workspace.write` takes the attribute as soon
 * as the schema has it.
 */
export const userSetSchema = {
  version: 0,
  description:
    "The users who may have an account in a GenAuth user pool. A plan shows the users who leave the set. Its apply permanently deletes them, or first suspends them for `suspend_days`. Nobody else is touched, and nobody is created.",
  attributes: {
    id: { type: "string", computed: true, description: "Random id of the set, stable for its lifetime." },
    users: {
      type: { map: "string" },
      required: true,
      description:
        'Declared users: a map from id, of the type `user_id_type`, to a label for reviewers, which may be `""`. If you take an id out of the map, the next apply permanently deletes or suspends its user.',
    },
    user_id_type: {
      type: "string",
      optional: true,
      computed: true,
      default: UserIdType.USER_ID,
      description: `What the ids are, one of ${USER_ID_TYPES.map((type) => `\`${type}\``).join(", ")}. A change of it replaces the set, and that deletes nobody. Default: \`${UserIdType.USER_ID}\`.`,
    },
    max_deletions: {
      type: "number",
      optional: true,
      computed: true,
      default: DEFAULT_MAX_DELETIONS,
      description: `How many users one apply may delete or suspend. If more leave, the plan fails, and so does its apply. Users who are due count, too: if they make it too many, they wait on. Default: ${DEFAULT_MAX_DELETIONS}.`,
    },
    max_deletions_percent: {
      type: "number",
      optional: true,
      computed: true,
      default: DEFAULT_MAX_DELETIONS_PERCENT,
      description: `The same limit for those who leave, in percent, from 0 to 100, of the users of the set who are in the pool. Users who are due do not count here. It holds if more than ${SHARE_COUNTS_ABOVE} people leave. Default: ${DEFAULT_MAX_DELETIONS_PERCENT}.`,
    },
    retained_ids: {
      type: { set: "string" },
      optional: true,
      description:
        "Ids that may leave `users` without a deletion, for example because their users move to another stack.",
    },
    allow_unknown_users: {
      type: "bool",
      optional: true,
      computed: true,
      default: false,
      description:
        "Accept a plan in which `users` is not known yet although the set holds users. Nobody can then review who is deleted. Other sets may delete users, and only the apply shows that this set declares or retains them. Default: `false`.",
    },
    allow_missing_users: {
      type: "bool",
      optional: true,
      computed: true,
      default: false,
      description:
        "Accept a new set with no user in the pool, and removals from a set in which no user was ever found. Default: `false`.",
    },
    delete_by: {
      type: "string",
      optional: true,
      computed: true,
      default: DeleteBy.DECLARED_ID,
      description: `Which ids a deletion sends to GenAuth: \`${DeleteBy.DECLARED_ID}\`, or \`${DeleteBy.USER_ID}\` for the system user ids. A system user id never passes to somebody else, so it is safe even if a declared id does so just before the deletion. Default: \`${DeleteBy.DECLARED_ID}\`.`,
    },
    suspend_days: {
      type: "number",
      optional: true,
      computed: true,
      default: 0,
      description:
        "For how many days users who leave the set are suspended before they are deleted, from 0 to 90. If you declare a user who waits, or name the user in `protected_users` of the provider, the next apply reactivates the user, if this set suspended them. Default: `0`, which deletes at once.",
    },
    removals: {
      type: { map: "string" },
      computed: true,
      description:
        "What happens to each id that leaves `users`. With `suspend_days`: to each id of `suspended` that has come to its day. In a plan, `not deleted` is final, and `(known after apply)` means that the user may be deleted. After an apply, `not deleted` means that the user was kept or waits on, and `not confirmed gone` that the user may still be in the pool.",
    },
    suspensions: {
      type: { map: "string" },
      computed: true,
      description:
        "With `suspend_days`, what happens to each id that leaves `users`. In a plan, `not suspended` is final, as in `removals`. After an apply, `not suspended by this set` means that the user was not active before, and waits like the others. `not confirmed suspended` means that the user stays in the set, and the next apply tries again.",
    },
    suspended: {
      type: { map: "string" },
      computed: true,
      description:
        "The users who left the set and wait for their deletion, each with the day. From that day on, plans show the deletion (RFC 3339, 00:00 UTC, by GenAuth's clock).",
    },
    reactivations: {
      type: { map: { object: { user_id: "string", outcome: "string" } } },
      computed: true,
      description:
        "What happens to each user who waits and is now declared again, or in `protected_users` of the provider. The key is the id that left the set.",
      fields: {
        user_id: "The system user id.",
        outcome:
          "In a plan, `not reactivated` is final, and `(known after apply)` means that the user may be reactivated. After an apply, how it ended.",
      },
    },
    leaver_user_ids: {
      type: { map: "string" },
      computed: true,
      description:
        "The account that each id of `removals` and `suspensions` means: the system user id to which the state binds it. Only that user is ever deleted or suspended. Ids that were never found are not in it, nor are ids of the type `user_id`.",
    },
    rebindings: {
      type: { map: { object: { former_user_id: "string", user_id: "string" } } },
      computed: true,
      description:
        "The declared ids that now name another user than before. An apply binds each to the new user. If you take the id out later, that user is deleted.",
      fields: {
        former_user_id: "The system user id to which the id was bound.",
        user_id: "The system user id to which an apply binds it.",
      },
    },
    user_pool_name: {
      type: "string",
      computed: true,
      description:
        "The name of the user pool, as the provider's configuration gives it. A change of the name deletes and suspends nobody. Null without a name.",
    },
    drift: {
      type: {
        object: {
          missing: { list: "string" },
          survivors: { list: "string" },
          locked_out: { list: "string" },
        },
      },
      computed: true,
      description:
        "Differences from the pool at the last check. Null if the pool could not be checked at creation.",
      fields: {
        missing: "Ids that are declared, but not in the pool.",
        survivors: "Ids that were removed from `users`, but are still in the pool.",
        locked_out: "Ids that are declared, but suspended in GenAuth, no matter who did it.",
      },
    },
  },
} as const satisfies Schema;

/** A configuration, state or plan of `genauth_user_set`. */
export type UserSetModel = Model<typeof userSetSchema>;
