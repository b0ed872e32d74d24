import type { Model, Schema } from "../../plugin";
import { DEFAULT_MAX_DELETIONS, DeleteBy, UserIdType } from "../../users";

/** The schema of `genauth_user_set`. */
export const userSetSchema = {
  version: 0,
  description:
    "A set of people who may have an account in a GenAuth user pool. Ids that leave the set are deleted from the pool at apply; everyone else is never touched.",
  attributes: {
    id: { type: "string", computed: true, description: "A random id of this set, stable for its life." },
    users: {
      type: { map: "string" },
      required: true,
      description:
        'The declared users: id of the type user_id_type -> label for reviewers ("" where there is none). An id taken out of the map is permanently deleted from GenAuth at apply.',
    },
    user_id_type: {
      type: "string",
      optional: true,
      computed: true,
      default: UserIdType.USER_ID,
      description:
        "What the ids are: user_id (default), phone, email, username, external_id, identity or sync_relation. Changing it replaces the set, which deletes nobody.",
    },
    max_deletions: {
      type: "number",
      optional: true,
      computed: true,
      default: DEFAULT_MAX_DELETIONS,
      description: `A plan that would delete more users than this fails, and so does its apply. Default ${DEFAULT_MAX_DELETIONS}.`,
    },
    max_deletions_percent: {
      type: "number",
      optional: true,
      description:
        "The same as a share, 0 to 100, of the users that the set held and that are in the pool. Where it is not given, removing more than 80 % of a set of 20 or more fails, whatever max_deletions is.",
    },
    retained_user_ids: {
      type: { list: "string" },
      optional: true,
      description:
        "Ids that may leave users without being deleted: a move to another stack, a hand-over to another team.",
    },
    allow_unknown_users: {
      type: "bool",
      optional: true,
      computed: true,
      default: false,
      description:
        "Accept a plan in which users is not known yet although the set holds users. Nobody can then review who is deleted. Default false.",
    },
    allow_missing_users: {
      type: "bool",
      optional: true,
      computed: true,
      default: false,
      description:
        "Accept a new set none of whose users is in the pool, such as a team that is not provisioned yet. Default false.",
    },
    delete_by: {
      type: "string",
      optional: true,
      computed: true,
      default: DeleteBy.DECLARED_ID,
      description:
        "Which ids a deletion names to GenAuth: declared_id (default), or user_id for the system user ids of those who were looked up, so that an id that passes to somebody else in that moment deletes nobody else.",
    },
    removals: {
      type: { map: "string" },
      computed: true,
      description:
        'What happens to each id that leaves users. In a plan, "not deleted" is final, and "known after apply" means that the user may be deleted; after an apply, how each removal ended. A refresh empties it.',
    },
    drift: {
      type: { object: { missing: { list: "string" }, survivors: { list: "string" } } },
      computed: true,
      description:
        "What differs from the pool, as last checked: missing are declared but not in the pool, survivors were removed from users but are still in the pool.",
    },
  },
} as const satisfies Schema;

/** A configuration, state or plan of `genauth_user_set`. */
export type UserSetModel = Model<typeof userSetSchema>;
