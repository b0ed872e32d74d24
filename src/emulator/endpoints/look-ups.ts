import * as z from "zod";
import { check, refusal, success } from "../messages";
import { batchOfIds, idType, queryFlag, userDto, usersNamed } from "./endpoint";
import type { Endpoint } from "./endpoint";

const OneUser = z.object({
  userId: z.string().min(1),
  userIdType: idType.default("user_id"),
  withIdentities: queryFlag,
  withCustomData: queryFlag,
});

export const getUserEndpoint: Endpoint = {
  name: "get-user",
  method: "GET",
  subjects: ({ userId }) => z.array(z.string()).catch([]).parse([userId]),
  run(parameters, context) {
    const checked = check(OneUser, parameters);
    if ("refused" in checked) return checked.refused;
    const { userId, userIdType, withIdentities, withCustomData } = checked.parameters;
    const user = usersNamed(userId, userIdType, context, "shown").find((one) => !context.passesOver(one));
    return user
      ? success(
          userDto(user, { identities: withIdentities === "true", customData: withCustomData === "true" }),
        )
      : refusal(404, "User not found.", 2004);
  },
};

const Batch = z.object({
  userIds: z.preprocess((ids) => (typeof ids === "string" ? [ids] : ids), batchOfIds),
  userIdType: idType.default("user_id"),
  withIdentities: queryFlag,
  withCustomData: queryFlag,
});

/** Looks up at most 50 users; the answer omits those that do not exist. */
export const getUserBatchEndpoint: Endpoint = {
  name: "get-user-batch",
  method: "GET",
  subjects: ({ userIds }) => z.array(z.string()).catch([]).parse([userIds].flat()),
  run(parameters, context) {
    const checked = check(Batch, parameters);
    if ("refused" in checked) return checked.refused;
    const { userIds, userIdType, withIdentities, withCustomData } = checked.parameters;
    const users = new Set(userIds.flatMap((id) => usersNamed(id, userIdType, context, "shown")));
    const shown = [...users]
      .filter((user) => !context.passesOver(user))
      .map((user) =>
        userDto(user, { identities: withIdentities === "true", customData: withCustomData === "true" }),
      );
    return success(context.order === "reversed" ? shown.reverse() : shown);
  },
};
