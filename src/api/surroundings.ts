import * as z from "zod";
import { USERS_PER_PAGE } from "./users";

/**
 * Lists of what a pool has besides users. Only the fields that are needed are read: a webhook shows its secret, and a function
 * its source.
 */

/** A webhook, which GenAuth calls about events. */
export type ListedWebhook = z.infer<typeof ListedWebhook>;
const ListedWebhook = z.object({
  enabled: z.boolean(),
  /** Such as `user:created`. */
  events: z.array(z.string()).nullish(),
});

/** A synchronisation with a directory. */
export type ListedSyncTask = z.infer<typeof ListedSyncTask>;
const ListedSyncTask = z.object({
  /** `upstream` or `downstream`. */
  syncFlow: z.string(),
  /** `manually`, `timed` or `automatic`. */
  syncTrigger: z.string(),
});

/** A function of the pool's own, which GenAuth runs in a scene. */
export type ListedFunction = z.infer<typeof ListedFunction>;
const ListedFunction = z.object({
  /** Such as `PRE_REGISTER`. */
  scene: z.string(),
  enabled: z.boolean(),
});

/** A provider of identities. */
export type ListedIdentitySource = z.infer<typeof ListedIdentitySource>;
const ListedIdentitySource = z.object({ id: z.string().min(1), type: z.string() });

/** `GET /api/v3/list-webhooks`: the first page. */
export const listWebhooks = () => list("list-webhooks", "the webhooks", ListedWebhook);

/** `GET /api/v3/list-sync-tasks`: the first page. */
export const listSyncTasks = () => list("list-sync-tasks", "the synchronisations", ListedSyncTask);

/** `GET /api/v3/list-pipeline-functions`. */
export const listPipelineFunctions = () => list("list-pipeline-functions", "the functions", ListedFunction);

/** `GET /api/v3/list-ext-idp`. */
export const listIdentitySources = () => list("list-ext-idp", "the identity sources", ListedIdentitySource);

function list<T>(name: string, what: string, entry: z.ZodType<T>) {
  return {
    request: {
      method: "GET",
      path: `/api/v3/${name}`,
      parameters: { page: "1", limit: String(USERS_PER_PAGE) },
    },
    kind: "read",
    operation: `list ${what}`,
    ids: [],
    userIdType: "",
    data: z.object({ list: z.array(entry) }).transform((page) => page.list),
  } as const;
}
