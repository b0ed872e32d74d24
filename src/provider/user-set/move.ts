import * as z from "zod";
import { heldSetOf, type HeldSet } from "../../payload";
import { error, fillModel, type MovedObject, type StateResponse } from "../../plugin";
import { printable } from "../../text";
import { userSetSchema } from "./schema";
import { stableId } from "./stable-id";
import { validateUserSet } from "./validate";

/**
 * Terraform and OpenTofu have the null provider in registries of their own, and a mirror may have a third
 * address.
 */
const NULL_PROVIDER = /(^|\/)hashicorp\/null$/;

const nullResource = z.object({ id: z.string().min(1), triggers: z.record(z.string(), z.string()) });

/**
 * Takes a set over from a `null_resource`, which a `moved` block names. Its users are those of the last
 * apply, so the next plan deletes those who are no longer declared. No user is bound yet: the refresh that
 * follows binds them.
 */
export function moveUserSet({ provider, type, state }: MovedObject): StateResponse<typeof userSetSchema> {
  if (type !== "null_resource" || !NULL_PROVIDER.test(provider)) {
    return refuse(`The block moves a ${printable(type)} of ${printable(provider)}.`);
  }
  const given = nullResource.safeParse(state);
  const held = given.success ? heldSetOf(given.data.triggers) : undefined;
  if (!given.success || held === undefined)
    return refuse("The triggers of this null_resource are not those of a user set.");
  if ("foreign" in held) return refuse(`Its trigger "${printable(held.foreign)}" is not one of a user set.`);
  const moved = modelOf(given.data.id, held);
  const problems = validateUserSet(moved).map(({ detail }) => detail);
  if (problems.length > 0) return refuse(problems.join("\n"));
  return { state: moved, privateData: new Uint8Array(), diagnostics: [] };
}

function modelOf(id: string, { type, users }: HeldSet) {
  // With `removals`, which tells it from an imported set.
  return fillModel(userSetSchema, { id: stableId(id), users, user_id_type: type, removals: new Map() });
}

function refuse(problem: string): StateResponse<typeof userSetSchema> {
  const detail = `${problem} Only a null_resource of a NullResourceUserSet can become a genauth_user_set. Remove the moved block.`;
  return {
    state: null,
    privateData: new Uint8Array(),
    diagnostics: [error("This object cannot become a user set", detail)],
  };
}
