import { createUsersBatchEndpoint, deleteUsersBatchEndpoint, updateUserBatchEndpoint } from "./changes";
import { listArchivedUsersEndpoint, listUsersEndpoint } from "./lists";
import { getUserBatchEndpoint, getUserEndpoint } from "./look-ups";

export const ENDPOINTS = [
  createUsersBatchEndpoint,
  deleteUsersBatchEndpoint,
  updateUserBatchEndpoint,
  getUserBatchEndpoint,
  getUserEndpoint,
  listUsersEndpoint,
  listArchivedUsersEndpoint,
] as const;

/** The calls that the emulator answers. */
export type EndpointName = (typeof ENDPOINTS)[number]["name"];
