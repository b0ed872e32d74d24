import * as z from "zod";
import { refusal, success } from "../answer";
import type { UserChanges } from "../pool";
import { type PoolUser, STATUSES } from "../pool-user";
import { NewUser, takenIds } from "./changes";
import { type CallContext, defineEndpoint, idsAsked, userDto } from "./endpoint";
import { usersById } from "./naming";

const Item = NewUser.omit({ identities: true }).extend({
  userId: z.string().min(1),
  status: z.enum(STATUSES).exactOptional(),
});
type Item = z.infer<typeof Item>;
const Subjects = z.array(Item.pick({ userId: true })).catch([]);

/** Changes users by system user id. The API documents no limit for their number. */
export const updateUserBatchEndpoint = defineEndpoint({
  name: "update-user-batch",
  method: "POST",
  permission: "update",
  subjects: ({ list }) => Subjects.parse(list).map(({ userId }) => userId),
  parameters: z.object({ list: z.array(Item).min(1) }),
  answer({ list }, context) {
    const { mostUpdates, suspension, unknownIdsInUpdates } = context.variants;
    if (list.length > mostUpdates) return refusal(400, `list: at most ${mostUpdates} users in one call.`);
    if (suspension === "refused" && list.some(({ status }) => status === "Suspended"))
      return refusal(400, "status: Suspended is not accepted.");
    const changes = list.flatMap(({ userId, ...fields }) =>
      usersById(userId, context).map((user) => [user, changesOf(fields, context)] as const),
    );
    if (unknownIdsInUpdates === "refuse" && changes.length < list.length)
      return refusal(404, "User not found.", 2004);
    const taken = changes.flatMap(([{ userId }, fields]) => takenIds({ ...fields, userId }, context));
    if (taken.length > 0) return refusal(409, `Already taken: ${taken.join(", ")}.`);
    context.pool.revise(
      changes.filter(([user]) => !context.passesOver(user)),
      context.showOldForMs,
    );
    return success(changes.map(([user, fields]) => claimed(user, fields, context)));
  },
});

const Link = z.object({
  userId: z.string().min(1),
  extIdpId: z.string().min(1),
  userIdInIdp: z.string().min(1),
});

/** Gives a user an identity of an identity source of the pool. */
export const linkIdentityEndpoint = defineEndpoint({
  name: "link-identity",
  method: "POST",
  permission: "update",
  subjects: ({ userId }) => idsAsked([userId]),
  parameters: Link,
  answer({ userId, extIdpId, userIdInIdp }, context) {
    const source = context.surroundings.identitySources.find(({ id }) => id === extIdpId);
    if (!source) return refusal(404, "The identity source does not exist.");
    const [user] = usersById(userId, context);
    if (!user) return refusal(404, "User not found.", 2004);
    const identities = [...(user.identities ?? []), { extIdpId, provider: source.type, userIdInIdp }];
    const taken = takenIds({ userId, identities }, context);
    if (taken.length > 0) return refusal(409, `Already taken: ${taken.join(", ")}.`);
    context.pool.revise([[user, { identities }]], context.showOldForMs);
    return success({ success: true });
  },
});

/** What this deployment changes for an item. */
function changesOf(fields: Omit<Item, "userId">, { variants }: CallContext): UserChanges {
  return {
    ...(variants.omittedFields === "emptied" && EMPTIED),
    ...(variants.omittedStatus === "activated" && { status: "Activated" }),
    ...fields,
  };
}

const EMPTIED: Record<Exclude<keyof Item, "userId" | "status">, undefined> = {
  name: undefined,
  nickname: undefined,
  username: undefined,
  email: undefined,
  phone: undefined,
  phoneCountryCode: undefined,
  externalId: undefined,
  customData: undefined,
};

/** A changed user in the answer; also one that a fault passed over, as if it were changed. */
function claimed(user: PoolUser, fields: UserChanges, context: CallContext): Record<string, unknown> {
  const after = context.passesOver(user) ? undefined : context.pool.find(user.userId);
  return userDto(after ?? { ...user, ...fields }, context);
}
