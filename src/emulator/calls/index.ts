import type { Call } from "./call";
import { createUsersBatch } from "./create-users-batch";
import { deleteUsersBatch } from "./delete-users-batch";
import { getManagementToken } from "./get-management-token";
import { getUser } from "./get-user";
import { getUserBatch } from "./get-user-batch";
import { listArchivedUsers } from "./list-archived-users";
import { listUsers } from "./list-users";

/** Every call that the emulator answers. */
export const CALLS: readonly Call[] = [
  createUsersBatch,
  deleteUsersBatch,
  getUserBatch,
  getUser,
  listUsers,
  listArchivedUsers,
  getManagementToken,
];
