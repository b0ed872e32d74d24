import type { ResourceDefinition } from "../../plugin";
import type { ProviderContext } from "../context";
import { applyUserSet } from "./apply";
import { importUserSet } from "./import";
import { planUserSet } from "./plan";
import { readUserSet } from "./read";
import { userSetSchema } from "./schema";
import { validateUserSet } from "./validate";

/** The resource `genauth_user_set`: a declared set of users, whose leavers are deleted from the pool. */
export const userSet: ResourceDefinition<typeof userSetSchema, ProviderContext> = {
  schema: userSetSchema,
  validate: validateUserSet,
  read: readUserSet,
  plan: planUserSet,
  apply: applyUserSet,
  importState: (id) => Promise.resolve(importUserSet(id)),
};
