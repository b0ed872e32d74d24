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
 * A yardstick: a provider with one resource a user, which is how a user would be removed with `for_each`.
 * Taking one away looks the user up, deletes them, and looks whether they are gone.
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
  schema: { version: 0, description: "One resource a user.", attributes: {} },
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

void serve("oneuser", (context) => Promise.resolve(createEngineServer(provider, context)));
