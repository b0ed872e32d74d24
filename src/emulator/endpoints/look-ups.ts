import * as z from "zod";
import { refusal, success } from "../answer";
import type { PoolIdType, PoolUser } from "../pool-user";
import {
  batchOfIds,
  type CallContext,
  defineEndpoint,
  idsAsked,
  idType,
  isVisible,
  queryFlag,
  userDto,
} from "./endpoint";

const asked = {
  userIdType: idType.default("user_id"),
  withIdentities: queryFlag,
  withCustomData: queryFlag,
  withDepartmentIds: queryFlag,
};

export const getUserEndpoint = defineEndpoint({
  name: "get-user",
  method: "GET",
  subjects: ({ userId }) => idsAsked([userId]),
  parameters: z.object({ userId: z.string().min(1), ...asked }),
  answer({ userId, userIdType, ...shown }, context) {
    const [user] = usersLookedUp([userId], userIdType, context);
    return user ? success(userDto(user, context, shown)) : refusal(404, "User not found.", 2004);
  },
});

const batch = z.preprocess((ids) => (typeof ids === "string" ? [ids] : ids), batchOfIds);

/** Looks up at most 50 users; the answer omits those that do not exist. */
export const getUserBatchEndpoint = defineEndpoint({
  name: "get-user-batch",
  method: "GET",
  subjects: ({ userIds }) => idsAsked([userIds].flat()),
  parameters: z.object({ userIds: batch, ...asked }),
  answer({ userIds, userIdType, ...shown }, context) {
    const found = usersLookedUp(userIds, userIdType, context);
    return success(found.map((user) => userDto(user, context, shown)));
  },
});

function usersLookedUp(ids: readonly string[], type: PoolIdType, context: CallContext): PoolUser[] {
  const found = ids.flatMap((id) => context.pool.lookUp(id, type));
  return [...new Set(found)].filter((user) => isVisible(user, context));
}
