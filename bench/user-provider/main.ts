import { createManagementClient, type ManagementClient } from "../../src/api";
import {
  createEngineServer,
  error,
  serve,
  type Diagnostic,
  type ProviderDefinition,
  type ResourceDefinition,
  type Schema,
} from "../../src/plugin";

/**
 * A provider with one resource per user, to compare with: with `for_each`, users would be removed this way. Removing a resource
 * looks the user up, deletes the user, and reads the deletion back.
 */
const userSchema = {
  version: 0,
  description: "One user of a pool.",
  attributes: { user_id: { type: "string", required: true, description: "The user's system id." } },
} as const satisfies Schema;

const user: ResourceDefinition<typeof userSchema, ManagementClient> = {
  schema: userSchema,
  read: ({ state, privateData }) => Promise.resolve({ state, privateData, diagnostics: [] }),
  plan: ({ proposed, privateData }) => Promise.resolve({ planned: proposed, privateData, diagnostics: [] }),
  async apply({ prior, planned, privateData, context }) {
    const diagnostics = prior && !planned ? await remove(context, String(prior.user_id)) : [];
    return { state: diagnostics.length > 0 ? prior : planned, privateData, diagnostics };
  },
};

async function remove(client: ManagementClient, userId: string): Promise<Diagnostic[]> {
  const found = await client.findUser(userId, "user_id");
  if (!found.ok) return [error("Not looked up", found.failure.message)];
  const deleted = await client.deleteUsers([userId], "user_id");
  if (!deleted.ok) return [error("Not deleted", deleted.failure.message)];
  const left = await client.findUser(userId, "user_id");
  return left.ok && left.value === undefined ? [] : [error("Not gone", userId)];
}

const provider: ProviderDefinition<Schema, ManagementClient> = {
  name: "oneuser",
  version: "0.1.0",
  schema: { version: 0, description: "One resource per user.", attributes: {} },
  configure: () =>
    Promise.resolve({
      context: createManagementClient({
        host: process.env.GENAUTH_HOST ?? "",
        accessKeyId: process.env.GENAUTH_ACCESS_KEY_ID ?? "",
        accessKeySecret: process.env.GENAUTH_ACCESS_KEY_SECRET ?? "",
        requestsPerSecond: 10_000,
        parallelism: 256,
      }),
      diagnostics: [],
    }),
  resources: { oneuser_user: user },
};

void serve({ name: "oneuser", address: "terraform.local/bench/oneuser" }, (context) =>
  Promise.resolve(createEngineServer(provider, context)),
);
