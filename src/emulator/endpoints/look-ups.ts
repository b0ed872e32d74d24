import * as z from "zod";
import { refusal, success } from "../answer";
import type { PoolIdType, PoolUser } from "../pool-user";
import {
  batchOfIds,
  type CallContext,
  defineEndpoint,
  idsAsked,
  idType,
  queryFlag,
  userDto,
} from "./endpoint";
import { usersLookedUp } from "./naming";

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
  subjects: ({ userId }) => idsAsked([userId]),
  parameters: OneUser,
  answer({ userId, userIdType, ...asked }, context) {
    if (isRefusedAsMalformed([userId], userIdType, context)) return MALFORMED;
    const isHidden = ({ status }: PoolUser) =>
      context.variants.suspended === "hidden_alone" && status === "Suspended";
    const user = usersLookedUp(userId, userIdType, context).find(
      (one) => !isHidden(one) && !context.passesOver(one),
    );
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
  subjects: ({ userIds }) => idsAsked([userIds].flat()),
  parameters: Batch,
  answer({ userIds, userIdType, ...asked }, context) {
    if (isRefusedAsMalformed(userIds, userIdType, context)) return MALFORMED;
    const found = userIds.map((id) => usersLookedUp(id, userIdType, context));
    if (context.variants.unknownIdsInLookUps === "refuse" && found.some((users) => users.length === 0))
      return refusal(404, "User not found.", 2004);
    const users = [...new Set(found.flat())]
      .filter((user) => !context.passesOver(user))
      .map((user) => userDto(user, context, shown(asked, context)));
    return success(context.order === "reversed" ? users.reverse() : users);
  },
});

/** What ids of these types look like; any text may be an id of the other types. */
const FORMS: Partial<Record<PoolIdType, RegExp>> = { user_id: /^[\da-f]{24}$/i, email: /^[^@]+@[^@]+$/ };

const MALFORMED = refusal(400, "Parameter check failed: userId has a wrong form");

function isRefusedAsMalformed(ids: readonly string[], type: PoolIdType, { variants }: CallContext): boolean {
  return variants.malformedIds === "refuse" && ids.some((id) => FORMS[type]?.test(id) === false);
}

type Asked = Readonly<Record<"withIdentities" | "withCustomData" | "withDepartmentIds", boolean>>;

function shown({ withIdentities, withCustomData, withDepartmentIds }: Asked, { variants }: CallContext) {
  return {
    identities: withIdentities && variants.identities === "shown",
    customData: withCustomData,
    departmentIds: withDepartmentIds,
  };
}
