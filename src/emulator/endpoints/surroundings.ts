import * as z from "zod";
import { success } from "../answer";
import {
  type CallContext,
  defineEndpoint,
  type Endpoint,
  type EndpointName,
  MAX_BATCH,
  queryNumber,
} from "./endpoint";

/** Lists what the pool has besides users, in the fields that matter here. */

const Page = z.object({
  page: queryNumber.pipe(z.number().min(1)).default(1),
  limit: queryNumber.pipe(z.number().min(1).max(MAX_BATCH)).default(10),
});

function listEndpoint(
  name: EndpointName,
  entriesOf: (context: CallContext) => readonly Readonly<Record<string, unknown>>[],
): Endpoint {
  return defineEndpoint({
    name,
    method: "GET",
    parameters: Page,
    answer({ page, limit }, context) {
      const entries = entriesOf(context);
      return success({ totalCount: entries.length, list: entries.slice((page - 1) * limit, page * limit) });
    },
  });
}

export const SURROUNDINGS_ENDPOINTS: readonly Endpoint[] = [
  listEndpoint("list-webhooks", ({ surroundings }) =>
    surroundings.webhooks.map((webhook, index) => ({
      webhookId: `webhook-${index + 1}`,
      url: "https://hooks.example.com/",
      contentType: "application/json",
      // The real service shows it, too: nobody may log the list as it is.
      secret: "s3cr3t-of-the-webhook",
      ...webhook,
    })),
  ),
  listEndpoint("list-sync-tasks", ({ surroundings }) =>
    surroundings.syncTasks.map(({ name, flow, trigger }, index) => ({
      syncTaskId: index + 1,
      syncTaskName: name,
      syncTaskType: "lark",
      syncFlow: flow,
      syncTrigger: trigger,
    })),
  ),
  listEndpoint("list-pipeline-functions", ({ surroundings }) =>
    surroundings.pipelines.map(({ name, scene, enabled }, index) => ({
      funcId: `function-${index + 1}`,
      funcName: name,
      scene,
      enabled,
      sourceCode: "async function pipe(user, context, callback) { return callback(null, user, context); }",
    })),
  ),
  listEndpoint("list-ext-idp", ({ surroundings }) =>
    surroundings.identitySources.map(({ id, type }) => ({ id, name: `Source ${id}`, logo: "", type })),
  ),
];
