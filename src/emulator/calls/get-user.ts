import * as z from "zod";
import { refusal, success } from "../answer";
import { check } from "../parameters";
import { userDto } from "../user-dto";
import { idType, queryFlag, usersNamed } from "./call";
import type { Call } from "./call";

const Query = z.object({
  userId: z.string().min(1),
  userIdType: idType.default("user_id"),
  withIdentities: queryFlag,
  withCustomData: queryFlag,
});

/** Looks one user up. */
export const getUser: Call = {
  name: "get-user",
  method: "GET",
  subjects: ({ userId }) => z.array(z.string()).catch([]).parse([userId]),
  run(parameters, scene) {
    const checked = check(Query, parameters);
    if ("refused" in checked) return checked.refused;
    const { userId, userIdType, withIdentities, withCustomData } = checked.parameters;
    const user = usersNamed(userId, userIdType, scene, "shown").find((one) => !scene.passesOver(one));
    return user
      ? success(
          userDto(user, { identities: withIdentities === "true", customData: withCustomData === "true" }),
        )
      : refusal(404, "User not found.", 2004);
  },
};
