import type { DataSourceDefinition } from "../../plugin";
import type { ProviderContext } from "../context";
import { usersSchema } from "./schema";
import { validateUsers } from "./validate";

/**
 * The data source `genauth_users`: users of the pool, by ids or by filters. The code that reads them is loaded at the first
 * read.
 */
export const usersDataSource: DataSourceDefinition<typeof usersSchema, ProviderContext> = {
  schema: usersSchema,
  validate: validateUsers,
  read: async (request) => (await import("./read")).readUsersSource(request),
};
