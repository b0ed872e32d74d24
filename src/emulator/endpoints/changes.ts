import { randomBytes } from "node:crypto";
import * as z from "zod";
import { refusal, success } from "../answer";
import { isIdType, POOL_ID_TYPES, rowOf } from "../pool-user";
import type { PoolUser } from "../pool-user";
import { batchOfIds, defineEndpoint, idsAsked, isVisible, MAX_BATCH, userDto } from "./endpoint";
import type { CallContext } from "./endpoint";
import { usersToDelete } from "./naming";

const text = z.string().min(1).exactOptional();

/** Fields that no creation gives: the service sets them, or other calls do. */
type NotGiven = "userId" | "tenantId" | "statusChangedAt" | "lastLogin" | "createdAt" | "departments";

/** The fields that this pool keeps, of all that the API accepts. */
export const NewUser = z.object({
  status: text,
  name: text,
  nickname: text,
  username: text,
  email: z
    .string()
    .regex(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, "not an e-mail address")
    .exactOptional(),
  phone: text,
  phoneCountryCode: text,
  externalId: text,
  customData: z.record(z.string(), z.unknown()).exactOptional(),
  identities: z
    .array(z.object({ extIdpId: z.string(), provider: z.string(), userIdInIdp: z.string() }))
    .exactOptional(),
} satisfies Record<Exclude<keyof PoolUser, NotGiven>, z.ZodType>);

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
    const { variants, surroundings } = context;
    if (variants.invalidDomain === "refused" && list.some(({ email }) => email?.endsWith(".invalid")))
      return refusal(400, "email: this domain is not accepted.");
    const sources = list.flatMap(({ identities = [] }) => identities.map(({ extIdpId }) => extIdpId));
    const unknown = sources.filter((id) => !surroundings.identitySources.some((source) => source.id === id));
    if (variants.unknownIdentitySources === "refused" && unknown.length > 0)
      return refusal(400, `extIdpId: there is no identity source ${unknown.join(", ")}.`);
    const users = list.map((fields) => newUser(fields, context));
    const taken = users.flatMap((user) => [...takenIds(user, context), ...formerIds(user, context)]);
    if (taken.length > 0) return refusal(409, `Already taken: ${taken.join(", ")}.`);
    context.pool.create(users);
    return success(users.map((user) => userDto(user, context)));
  },
});

function newUser(fields: z.infer<typeof NewUser>, { tenantId, now }: CallContext): PoolUser {
  const userId = randomBytes(12).toString("hex");
  const createdAt = new Date(now()).toISOString();
  return { ...fields, userId, createdAt, ...(tenantId !== undefined && { tenantId }) };
}

/** Ids that stay with users who were deleted; none in most deployments. */
function formerIds(user: PoolUser, { pool }: CallContext): string[] {
  return POOL_ID_TYPES.flatMap((type) =>
    rowOf(type)
      .idsOf(user)
      .filter((id) => pool.findFormer(id, type).length > 0),
  );
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
  options: z.object({ userIdType: z.string().default("user_id") }).prefault({}),
});

/** Permanently deletes up to 50 users: those who have the ids when the call is carried out. */
export const deleteUsersBatchEndpoint = defineEndpoint({
  name: "delete-users-batch",
  method: "POST",
  permission: "delete",
  subjects: ({ userIds }) => idsAsked(userIds),
  parameters: Deletion,
  answer({ userIds, options }, context) {
    const { unknownIdTypes, deletionSuccess } = context.variants;
    const type = isIdType(options.userIdType) ? options.userIdType : "user_id";
    if (type !== options.userIdType && unknownIdTypes === "refuse")
      return refusal(400, "Parameter check failed: unknown userIdType");
    const named = userIds.map((id) => usersToDelete(id, type, context));
    if (context.unknownIds === "refuse" && named.some((users) => users.length === 0))
      return refusal(404, "User not found.", 2004);
    context.pool.erase(
      new Set(named.flat().filter((user) => !context.passesOver(user))),
      context.showOldForMs,
    );
    return success(deletionSuccess === "shown" ? { success: true } : {});
  },
});
