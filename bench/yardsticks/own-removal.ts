import { createManagementClient, type ManagementClient } from "../../src/api";
import { NUMBERS } from "../../src/operator/settings";
import {
  deleteUsers,
  judgeRemovals,
  ProtectedUsers,
  removalsOf,
  UserIdType,
  UserLookUps,
} from "../../src/users";
import type { BenchEmulator } from "../emulator/emulator";

/**
 * Removes users as the provider's apply does: looks them up, judges them, deletes them, reads them back.
 *
 * @param requestsPerSecond the pace; default the client's own
 * @returns how many are confirmed gone, and how many survived
 */
export async function removeByThisProject(
  emulator: BenchEmulator,
  ids: readonly string[],
  requestsPerSecond?: number,
): Promise<{ readonly gone: number; readonly survivors: number }> {
  const { url: host, accessKeyId, accessKeySecret } = emulator.ready;
  const client = createManagementClient({
    host,
    accessKeyId,
    accessKeySecret,
    ...(requestsPerSecond !== undefined && { requestsPerSecond }),
  });
  try {
    return await remove(client, ids);
  } finally {
    client.close();
  }
}

async function remove(client: ManagementClient, ids: readonly string[]) {
  const type = UserIdType.USER_ID;
  const { removals } = await judgeRemovals(
    {
      type,
      prior: new Map(ids.map((id) => [id, ""])),
      declared: new Map(),
      retained: [],
      protectedUsers: ProtectedUsers.of(new Map()),
      bindings: new Map(ids.map((id) => [id, id])),
      seenBefore: new Set(ids),
    },
    new UserLookUps(client),
  );
  const { gone, survivors } = await deleteUsers({
    directory: client,
    type,
    users: removalsOf(removals, "delete").map(({ id, label, fate: { userId } }) => ({ id, label, userId })),
    maxAttempts: 6,
    confirmWithinMs: NUMBERS.confirm_seconds.fallback * 1000,
  });
  return { gone: gone.length, survivors: survivors.length };
}
