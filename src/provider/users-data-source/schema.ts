import type { Model, Schema } from "../../plugin";
import { USER_ID_TYPES, UserIdType } from "../../users";

/** The word of `last_login` for users without any log-in. */
export const NEVER = "never";

/**
 * The schema of the data source `genauth_users`. The reference page and the bindings follow from it: `npm run
 * generate`.
 */
export const usersSchema = {
  version: 0,
  description:
    "Reads users of a GenAuth user pool: everybody, or those with given ids. A result that may lack somebody is an error.",
  attributes: {
    ids: {
      type: { list: "string" },
      optional: true,
      computed: true,
      description:
        "Ids of the users to read, of the type `user_id_type`. Default: everybody. As a result, the ids of the users who were found, sorted.",
    },
    user_id_type: {
      type: "string",
      optional: true,
      computed: true,
      default: UserIdType.USER_ID,
      description: `What the ids are, as arguments and as results, one of ${USER_ID_TYPES.map((type) => `\`${type}\``).join(", ")}. Without \`ids\`, a user who has no such id is an error, and \`identity\` and \`sync_relation\` are refused. Default: \`${UserIdType.USER_ID}\`.`,
    },
    ignore_missing: {
      type: "bool",
      optional: true,
      computed: true,
      default: false,
      description:
        "With `ids`, leave out ids that name nobody. Otherwise, they are an error. Default: `false`.",
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
      description: `Personal data of each user, by id. Null without \`with_details\`. A value that GenAuth does not show is null.`,
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
