import * as z from "zod";
import { refusal, success } from "../messages";
import type { PoolIdType, PoolUser } from "../pool-user";
import {
  batchOfIds,
  type CallContext,
  defineEndpoint,
  idType,
  queryFlag,
  userDto,
  usersNamed,
} from "./endpoint";

const OneUser = z.object({
  userId: z.string().min(1),
  userIdType: idType.default("user_id"),
  withIdentities: queryFlag,
  withCustomData: queryFlag,
  withDepartmentIds: queryFlag,
});

export const getUserEndpoint = defineEndpoint({
  name: "get-user",
  method: "GET",
  subjects: ({ userId }) => z.array(z.string()).catch([]).parse([userId]),
  parameters: OneUser,
  answer({ userId, userIdType, ...asked }, context) {
    const user = usersFound(userId, userIdType, context).find((one) => !context.passesOver(one));
    return user
      ? success(userDto(user, context, shown(asked, context)))
      : refusal(404, "User not found.", 2004);
  },
});

const Batch = z.object({
  userIds: z.preprocess((ids) => (typeof ids === "string" ? [ids] : ids), batchOfIds),
  userIdType: idType.default("user_id"),
  withIdentities: queryFlag,
  withCustomData: queryFlag,
  withDepartmentIds: queryFlag,
});

/** Looks up at most 50 users; the answer omits those that do not exist. */
export const getUserBatchEndpoint = defineEndpoint({
  name: "get-user-batch",
  method: "GET",
  subjects: ({ userIds }) => z.array(z.string()).catch([]).parse([userIds].flat()),
  parameters: Batch,
  answer({ userIds, userIdType, ...asked }, context) {
    const found = userIds.map((id) => usersFound(id, userIdType, context));
    if (context.variants.unknownIdsInLookUps === "refuse" && found.some((users) => users.length === 0))
      return refusal(404, "User not found.", 2004);
    const users = [...new Set(found.flat())]
      .filter((user) => !context.passesOver(user))
      .map((user) => userDto(user, context, shown(asked, context)));
    return success(context.order === "reversed" ? users.reverse() : users);
  },
});

/** The users that an id names for a look-up of this deployment. */
function usersFound(id: string, type: PoolIdType, context: CallContext): PoolUser[] {
  const { emailCase, suspended } = context.variants;
  return usersNamed(id, type, context, "shown").filter(
    (user) =>
      (emailCase === "ignored" || type !== "email" || user.email === id) &&
      (suspended === "shown" || user.status !== "Suspended"),
  );
}

type Asked = Readonly<Record<"withIdentities" | "withCustomData" | "withDepartmentIds", boolean>>;

function shown({ withIdentities, withCustomData, withDepartmentIds }: Asked, { variants }: CallContext) {
  return {
    identities: withIdentities && variants.identities === "shown",
    customData: withCustomData,
    departmentIds: withDepartmentIds,
  };
}
