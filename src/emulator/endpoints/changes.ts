import { randomBytes } from "node:crypto";
import * as z from "zod";
import { refusal, success } from "../answer";
import { POOL_ID_TYPES, type PoolUser, rowOf, settableFields, STATUSES } from "../pool-user";
import {
  batchOfIds,
  type CallContext,
  defineEndpoint,
  idsAsked,
  idType,
  isVisible,
  MAX_BATCH,
  userDto,
} from "./endpoint";

/** The fields that this pool keeps, of all that the API accepts. */
const NewUser = z.object({
  ...settableFields,
  email: z
    .string()
    .regex(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, "not an e-mail address")
    .exactOptional(),
});

/** What a new user must have one of. */
const NAMES = ["username", "phone", "email"] as const;

const Creation = z.object({
  list: z
    .array(
      NewUser.refine(
        (user) => NAMES.some((name) => user[name] !== undefined),
        `Must contain one of the following fields: ${NAMES.join(", ")}`,
      ),
    )
    .min(1)
    .max(MAX_BATCH),
});

/** Creates up to 50 users, each with a new system user id. Refuses the whole call if an id is taken. */
export const createUsersBatchEndpoint = defineEndpoint({
  name: "create-users-batch",
  method: "POST",
  permission: "create",
  parameters: Creation,
  answer({ list }, context) {
    const users = list.map((fields) => newUser(fields, context));
    const taken = users.flatMap((user) => takenIds(user, context));
    if (taken.length > 0) return refusal(409, `Already taken: ${taken.join(", ")}.`);
    context.pool.add(...users);
    return success(users.map((user) => userDto(user, context)));
  },
});

function newUser(fields: z.infer<typeof NewUser>, { tenantId, now }: CallContext): PoolUser {
  const userId = randomBytes(12).toString("hex");
  const createdAt = new Date(now()).toISOString();
  return { ...fields, userId, createdAt, ...(tenantId !== undefined && { tenantId }) };
}

/** E-mail address, phone number, user name, external id and identity are unique in a pool. */
function takenIds(user: PoolUser, context: CallContext): string[] {
  return POOL_ID_TYPES.flatMap((type) =>
    rowOf(type)
      .idsOf(user)
      .filter((id) =>
        context.pool
          .findAll(id, type)
          .some((holder) => holder.userId !== user.userId && isVisible(holder, context)),
      ),
  );
}

const Item = NewUser.omit({ identities: true }).extend({
  userId: z.string().min(1),
  status: z.enum(STATUSES).exactOptional(),
});
const Subjects = z.array(Item.pick({ userId: true })).catch([]);

/** Changes users by system user id. The API documents no limit for their number. */
export const updateUserBatchEndpoint = defineEndpoint({
  name: "update-user-batch",
  method: "POST",
  permission: "update",
  subjects: ({ list }) => Subjects.parse(list).map(({ userId }) => userId),
  parameters: z.object({ list: z.array(Item).min(1) }),
  answer({ list }, context) {
    const changes = list.flatMap(({ userId, ...fields }) => {
      const user = context.pool.find(userId);
      return user && isVisible(user, context) ? [[user, fields] as const] : [];
    });
    if (changes.length < list.length) return refusal(404, "User not found.", 2004);
    const taken = changes.flatMap(([{ userId }, fields]) => takenIds({ ...fields, userId }, context));
    if (taken.length > 0) return refusal(409, `Already taken: ${taken.join(", ")}.`);
    return success(context.pool.revise(changes).map((user) => userDto(user, context)));
  },
});

const Deletion = z.object({
  userIds: batchOfIds,
  options: z.object({ userIdType: idType.default("user_id") }).prefault({}),
});

/** Permanently deletes up to 50 users: those who have the ids when the call is carried out. */
export const deleteUsersBatchEndpoint = defineEndpoint({
  name: "delete-users-batch",
  method: "POST",
  permission: "delete",
  subjects: ({ userIds }) => idsAsked(userIds),
  parameters: Deletion,
  answer({ userIds, options }, context) {
    const named = userIds.flatMap((id) => context.pool.findAll(id, options.userIdType));
    context.pool.erase(new Set(named.filter((user) => isVisible(user, context))));
    return success({ success: true });
  },
});
