import { randomBytes } from "node:crypto";
import * as z from "zod";
import { refusal, success } from "../answer";
import { check } from "../parameters";
import { ID_TYPES, idsOf } from "../pool-user";
import type { PoolUser } from "../pool-user";
import { userDto } from "../user-dto";
import { isVisible, MAX_BATCH } from "./call";
import type { Call, Scene } from "./call";

const text = z.string().min(1).exactOptional();

/** Of what the API takes, the fields that a pool keeps here. */
const NewUser = z.object({
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
});

const Body = z.object({ list: z.array(NewUser).min(1).max(MAX_BATCH) });

/** Creates up to 50 users, each under a new system user id. Refuses the whole call where an id is taken. */
export const createUsersBatch: Call = {
  name: "create-users-batch",
  method: "POST",
  run(parameters, scene) {
    const checked = check(Body, parameters);
    if ("refused" in checked) return checked.refused;
    const users = checked.parameters.list.map((fields) => newUser(fields, scene));
    const taken = users.flatMap((user) => takenIds(user, scene));
    if (taken.length > 0) return refusal(409, `Taken already: ${taken.join(", ")}.`);
    scene.pool.add(...users);
    return success(users.map((user) => userDto(user)));
  },
};

function newUser(fields: z.infer<typeof NewUser>, { tenantId }: Scene): PoolUser {
  const userId = randomBytes(12).toString("hex");
  return { ...fields, userId, ...(tenantId !== undefined && { tenantId }) };
}

/** E-mail address, phone number, user name and external id are unique in a pool, and so is an identity. */
function takenIds(user: PoolUser, scene: Scene): string[] {
  return ID_TYPES.flatMap((type) =>
    idsOf(user, type).filter((id) => scene.pool.findAll(id, type).some((holder) => isVisible(holder, scene))),
  );
}
