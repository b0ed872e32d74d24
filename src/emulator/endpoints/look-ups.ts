import * as z from "zod";
import { refusal, success } from "../messages";
import { batchOfIds, defineEndpoint, idType, queryFlag, userDto, usersNamed } from "./endpoint";

const OneUser = z.object({
  userId: z.string().min(1),
  userIdType: idType.default("user_id"),
  withIdentities: queryFlag,
  withCustomData: queryFlag,
});

export const getUserEndpoint = defineEndpoint({
  name: "get-user",
  method: "GET",
  subjects: ({ userId }) => z.array(z.string()).catch([]).parse([userId]),
  parameters: OneUser,
  answer({ userId, userIdType, withIdentities, withCustomData }, context) {
    const user = usersNamed(userId, userIdType, context, "shown").find((one) => !context.passesOver(one));
    return user
      ? success(userDto(user, { identities: withIdentities, customData: withCustomData }))
      : refusal(404, "User not found.", 2004);
  },
});

const Batch = z.object({
  userIds: z.preprocess((ids) => (typeof ids === "string" ? [ids] : ids), batchOfIds),
  userIdType: idType.default("user_id"),
  withIdentities: queryFlag,
  withCustomData: queryFlag,
});

/** Looks up at most 50 users; the answer omits those that do not exist. */
export const getUserBatchEndpoint = defineEndpoint({
  name: "get-user-batch",
  method: "GET",
  subjects: ({ userIds }) => z.array(z.string()).catch([]).parse([userIds].flat()),
  parameters: Batch,
  answer({ userIds, userIdType, withIdentities, withCustomData }, context) {
    const users = new Set(userIds.flatMap((id) => usersNamed(id, userIdType, context, "shown")));
    const shown = [...users]
      .filter((user) => !context.passesOver(user))
      .map((user) => userDto(user, { identities: withIdentities, customData: withCustomData }));
    return success(context.order === "reversed" ? shown.reverse() : shown);
  },
});
