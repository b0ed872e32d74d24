import * as z from "zod";
import { refusal, success } from "../answer";
import { check } from "../parameters";
import { batchOfIds, idType, usersNamed } from "./call";
import type { Call } from "./call";

const Body = z.object({
  userIds: batchOfIds,
  options: z.object({ userIdType: idType.default("user_id") }).prefault({}),
});

/** Deletes up to 50 users for good. */
export const deleteUsersBatch: Call = {
  name: "delete-users-batch",
  method: "POST",
  subjects: ({ userIds }) => z.array(z.string()).catch([]).parse(userIds),
  run(parameters, scene) {
    const checked = check(Body, parameters);
    if ("refused" in checked) return checked.refused;
    const { userIds, options } = checked.parameters;
    const named = userIds.map((id) => usersNamed(id, options.userIdType, scene, "there"));
    if (scene.unknownIds === "refuse" && named.some((users) => users.length === 0))
      return refusal(404, "User not found.", 2004);
    scene.pool.erase(new Set(named.flat().filter((user) => !scene.passesOver(user))), scene.showDeletedForMs);
    return success({ success: true });
  },
};
