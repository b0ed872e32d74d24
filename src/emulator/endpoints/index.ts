import * as z from "zod";
import { TOKEN_LIFETIME_SECONDS } from "../admission";
import { refusal, success } from "../answer";
import { defineEndpoint, type Endpoint } from "./endpoint";
import { createUsersBatchEndpoint, deleteUsersBatchEndpoint } from "./changes";
import { listArchivedUsersEndpoint, listDepartmentMembersEndpoint, listUsersEndpoint } from "./lists";
import { getUserBatchEndpoint, getUserEndpoint } from "./look-ups";
import { SURROUNDINGS_ENDPOINTS } from "./surroundings";
import { linkIdentityEndpoint, updateUserBatchEndpoint } from "./updates";

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
  ...SURROUNDINGS_ENDPOINTS,
  getManagementTokenEndpoint,
];
