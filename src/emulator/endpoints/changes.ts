import { randomBytes } from "node:crypto";
import * as z from "zod";
import { refusal, success } from "../messages";
import { POOL_ID_TYPES, rowOf } from "../pool-user";
import type { PoolUser } from "../pool-user";
import { batchOfIds, defineEndpoint, idType, isVisible, MAX_BATCH, userDto, usersNamed } from "./endpoint";
import type { CallContext } from "./endpoint";

const text = z.string().min(1).exactOptional();

/** Fields that no creation gives: the service sets them, or other calls do. */
type NotGiven = "userId" | "tenantId" | "statusChangedAt" | "lastLogin" | "createdAt" | "departments";

/** The fields that this pool keeps, of all that the API accepts. */
export const NewUser = z.object({
  status: text,
  name: text,
  username: text,
  email: text,
  phone: text,
  phoneCountryCode: text,
  externalId: text,
  customData: z.record(z.string(), z.unknown()).exactOptional(),
  identities: z
    .array(z.object({ extIdpId: z.string(), provider: z.string(), userIdInIdp: z.string() }))
    .exactOptional(),
} satisfies Record<Exclude<keyof PoolUser, NotGiven>, z.ZodType>);

const Creation = z.object({ list: z.array(NewUser).min(1).max(MAX_BATCH) });

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

function newUser(fields: z.infer<typeof NewUser>, { tenantId }: CallContext): PoolUser {
  const userId = randomBytes(12).toString("hex");
  return { ...fields, userId, ...(tenantId !== undefined && { tenantId }) };
}

/** E-mail address, phone number, user name, external id and identity are unique in a pool. */
export function takenIds(user: PoolUser, context: CallContext): string[] {
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

const Deletion = z.object({
  userIds: batchOfIds,
  options: z.object({ userIdType: idType.default("user_id") }).prefault({}),
});

/** Permanently deletes up to 50 users: those who have the ids when the call is carried out. */
export const deleteUsersBatchEndpoint = defineEndpoint({
  name: "delete-users-batch",
  method: "POST",
  permission: "delete",
  subjects: ({ userIds }) => z.array(z.string()).catch([]).parse(userIds),
  parameters: Deletion,
  answer({ userIds, options }, context) {
    const named = userIds.map((id) => usersNamed(id, options.userIdType, context, "there"));
    if (context.unknownIds === "refuse" && named.some((users) => users.length === 0))
      return refusal(404, "User not found.", 2004);
    context.pool.erase(
      new Set(named.flat().filter((user) => !context.passesOver(user))),
      context.showOldForMs,
    );
    return success({ success: true });
  },
});
