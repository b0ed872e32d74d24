import * as z from "zod";
import { success } from "../answer";
import { check } from "../parameters";
import { userDto } from "../user-dto";
import { batchOfIds, idType, queryFlag, usersNamed } from "./call";
import type { Call } from "./call";

const Query = z.object({
  userIds: z.preprocess((ids) => (typeof ids === "string" ? [ids] : ids), batchOfIds),
  userIdType: idType.default("user_id"),
  withIdentities: queryFlag,
  withCustomData: queryFlag,
});

/** Looks up to 50 users up; those that do not exist are left out of the answer. */
export const getUserBatch: Call = {
  name: "get-user-batch",
  method: "GET",
  subjects: ({ userIds }) => z.array(z.string()).catch([]).parse([userIds].flat()),
  run(parameters, scene) {
    const checked = check(Query, parameters);
    if ("refused" in checked) return checked.refused;
    const { userIds, userIdType, withIdentities, withCustomData } = checked.parameters;
    const users = new Set(userIds.flatMap((id) => usersNamed(id, userIdType, scene, "shown")));
    const shown = [...users]
      .filter((user) => !scene.passesOver(user))
      .map((user) =>
        userDto(user, { identities: withIdentities === "true", customData: withCustomData === "true" }),
      );
    return success(scene.order === "reversed" ? shown.reverse() : shown);
  },
};
