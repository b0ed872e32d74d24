import type { Call } from "./call";
import { deleteUsersBatch } from "./delete-users-batch";
import { getManagementToken } from "./get-management-token";
import { getUser } from "./get-user";
import { getUserBatch } from "./get-user-batch";

/** Every call that the emulator answers. */
export const CALLS: readonly Call[] = [deleteUsersBatch, getUserBatch, getUser, getManagementToken];
