import * as z from "zod";
import { success } from "../answer";
import { createUsersBatchEndpoint, deleteUsersBatchEndpoint, updateUserBatchEndpoint } from "./changes";
import { defineEndpoint } from "./endpoint";
import { listArchivedUsersEndpoint, listUsersEndpoint } from "./lists";
import { getUserBatchEndpoint, getUserEndpoint } from "./look-ups";

/** Lists of what a pool has beside users: this one has nothing. */
const emptyLists = (["list-webhooks", "list-sync-tasks", "list-pipeline-functions"] as const).map((name) =>
  defineEndpoint({
    name,
    method: "GET",
    parameters: z.unknown(),
    answer: () => success({ totalCount: 0, list: [] }),
  }),
);

export const ENDPOINTS = [
  createUsersBatchEndpoint,
  deleteUsersBatchEndpoint,
  updateUserBatchEndpoint,
  getUserBatchEndpoint,
  getUserEndpoint,
  listUsersEndpoint,
  listArchivedUsersEndpoint,
  ...emptyLists,
] as const;

/** The calls that the emulator answers. */
export type EndpointName = (typeof ENDPOINTS)[number]["name"];
