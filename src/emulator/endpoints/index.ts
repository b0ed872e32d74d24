import * as z from "zod";
import { TOKEN_LIFETIME_SECONDS } from "../admission";
import { refusal, success } from "../answer";
import { createUsersBatchEndpoint, deleteUsersBatchEndpoint, updateUserBatchEndpoint } from "./changes";
import { defineEndpoint, type Endpoint } from "./endpoint";
import { listArchivedUsersEndpoint, listDepartmentMembersEndpoint, listUsersEndpoint } from "./lists";
import { getUserBatchEndpoint, getUserEndpoint } from "./look-ups";

const Credentials = z.object({ accessKeyId: z.string(), accessKeySecret: z.string() });

/** Issues a bearer token for a key pair; the only call without authorization. */
const getManagementTokenEndpoint = defineEndpoint({
  name: "get-management-token",
  method: "POST",
  open: true,
  parameters: Credentials,
  answer({ accessKeyId, accessKeySecret }, context) {
    if (accessKeyId !== context.accessKeyId) return refusal(404, "The user pool does not exist.", 2224);
    if (accessKeySecret !== context.accessKeySecret) return refusal(401, "The access key is not valid.");
    return success({ access_token: context.tokens.issue(), expires_in: TOKEN_LIFETIME_SECONDS });
  },
});

/** Lists of what a pool has beside users: this one has nothing. */
const emptyLists = (
  ["list-webhooks", "list-sync-tasks", "list-pipeline-functions", "list-ext-idp"] as const
).map((name) =>
  defineEndpoint({
    name,
    method: "GET",
    parameters: z.unknown(),
    answer: () => success({ totalCount: 0, list: [] }),
  }),
);

/** Gives a user an identity of an identity source of the pool, which has none. */
const linkIdentityEndpoint = defineEndpoint({
  name: "link-identity",
  method: "POST",
  permission: "update",
  parameters: z.unknown(),
  answer: () => refusal(404, "The identity source does not exist."),
});

export const ENDPOINTS: readonly Endpoint[] = [
  createUsersBatchEndpoint,
  deleteUsersBatchEndpoint,
  updateUserBatchEndpoint,
  linkIdentityEndpoint,
  getUserBatchEndpoint,
  getUserEndpoint,
  listUsersEndpoint,
  listDepartmentMembersEndpoint,
  listArchivedUsersEndpoint,
  ...emptyLists,
  getManagementTokenEndpoint,
];
