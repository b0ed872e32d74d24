import type { ResourceDefinition } from "../../plugin";
import type { ProviderContext } from "../context";
import { userSetSchema } from "./schema";
import { validateUserSet } from "./validate";

/**
 * The resource `genauth_user_set`: a declared set of users. Removed users are deleted from the pool. Each operation loads its
 * own code, so that processes that only return the schema or validate do not load it.
 */
export const userSet: ResourceDefinition<typeof userSetSchema, ProviderContext> = {
  schema: userSetSchema,
  validate: validateUserSet,
  read: async (request) => (await import("./read")).readUserSet(request),
  plan: async (request) => (await import("./plan")).planUserSet(request),
  apply: async (request) => (await import("./apply")).applyUserSet(request),
  importState: async (id, context) => (await import("./import")).importUserSet(id, context),
  moveState: async (source) => (await import("./move")).moveUserSet(source),
};
