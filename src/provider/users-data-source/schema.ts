import type { Model, Schema } from "../../plugin";
import { USER_ID_TYPES, UserIdType } from "../../users";

/** The word of `last_login_before` for users without any log-in. */
export const NEVER = "never";

/** The statuses that GenAuth's search takes; it refuses another one. */
export const SEARCHED_STATUSES: readonly string[] = ["Activated", "Suspended"];

/** The schema of the data source `genauth_users`. The reference page and the bindings follow from it: `npm run generate`. */
export const usersSchema = {
  version: 0,
  description:
    "Reads users of a GenAuth user pool, by their ids or by filters. A result that may lack somebody is an error.",
  attributes: {
    ids: {
      type: { list: "string" },
      optional: true,
      computed: true,
      description:
        "Ids of the users to read, of the type `user_id_type`. Not together with a filter. As a result, the ids of the users who were found, sorted.",
    },
    user_id_type: {
      type: "string",
      optional: true,
      computed: true,
      default: UserIdType.USER_ID,
      description: `What the ids are, as arguments and as results, one of ${USER_ID_TYPES.map((type) => `\`${type}\``).join(", ")}. A user who is found by a filter and has no such id is an error. Default: \`${UserIdType.USER_ID}\`.`,
    },
    identity_source: {
      type: "string",
      optional: true,
      description:
        "With filters, the `extIdpId` of the ids of type `identity`, or the provider of those of `sync_relation`. Required there, because a user may have several.",
    },
    ignore_missing: {
      type: "bool",
      optional: true,
      computed: true,
      default: false,
      description:
        "With `ids`, leave out ids that name nobody, which are otherwise an error. Default: `false`.",
    },
    status: {
      type: "string",
      optional: true,
      description: `Filter: only users of this status, ${SEARCHED_STATUSES.map((status) => `\`${status}\``).join(" or ")}.`,
    },
    email_domain: {
      type: "string",
      optional: true,
      description:
        "Filter: only users with an e-mail address of this domain, such as `example.com`. Upper and lower case are alike; subdomains are other domains.",
    },
    department_id: {
      type: "string",
      optional: true,
      description:
        "Filter: only members of this department, or of the whole organization with `root`. Needs `organization_code`.",
    },
    organization_code: {
      type: "string",
      optional: true,
      description: "Code of the organization in which `department_id` is.",
    },
    include_child_departments: {
      type: "bool",
      optional: true,
      computed: true,
      default: false,
      description:
        "With `department_id`, also members of the departments below it. Default: `false`, as in GenAuth.",
    },
    last_login_before: {
      type: "string",
      optional: true,
      description: `Filter: only users whose last log-in was before this time (RFC 3339), such as \`2026-05-30T00:00:00Z\`. \`"${NEVER}"\` selects those who have never logged in.`,
    },
    include_never_logged_in: {
      type: "bool",
      optional: true,
      computed: true,
      default: false,
      description:
        "With a time in `last_login_before`, also users who have never logged in. Use `created_before` too, or it finds accounts that were created a moment ago. Default: `false`.",
    },
    created_before: {
      type: "string",
      optional: true,
      description: "Filter: only users who were created before this time (RFC 3339).",
    },
    with_details: {
      type: "bool",
      optional: true,
      computed: true,
      default: false,
      description: "Whether to fill `details`. The state then holds more personal data. Default: `false`.",
    },
    users: {
      type: { map: "string" },
      computed: true,
      description: 'The users who were found: a map from id to the name in GenAuth, `""` without a name.',
    },
    user_count: { type: "number", computed: true, description: "How many users were found." },
    details: {
      type: {
        map: {
          object: {
            user_id: "string",
            status: "string",
            email: "string",
            phone: "string",
            username: "string",
            external_id: "string",
            last_login: "string",
            created_at: "string",
          },
        },
      },
      computed: true,
      sensitive: true,
      description: `With \`with_details\`, personal data of each user, by id; otherwise null. A value that GenAuth does not show is null.`,
      fields: {
        user_id: "The system user id.",
        status: "The status, such as `Activated` or `Suspended`.",
        email: "The e-mail address.",
        phone: "The phone number.",
        username: "The user name.",
        external_id: "The id that another system gave the user.",
        last_login: `The time of the last log-in, or \`"${NEVER}"\`.`,
        created_at: "The time at which the account was created.",
      },
    },
  },
} as const satisfies Schema;

/** A configuration or a result of `genauth_users`. */
export type UsersModel = Model<typeof usersSchema>;
