import { createManagementClient, type ManagementClient } from "../../src/api";
import { NUMBERS } from "../../src/operator/settings";
import {
  type ChangeContext,
  completeChange,
  ProtectedUsers,
  removeUsers,
  UserIdType,
  UserLookUps,
} from "../../src/users";
import type { BenchEmulator } from "../emulator/emulator";

/**
 * Removes users as the provider's apply does: looks them up, evaluates the removals, deletes, and reads back.
 *
 * @param requestsPerSecond the pace; default the client's
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
  const change = completeChange({
    name: "a set",
    type,
    prior: new Map(ids.map((id) => [id, ""])),
    declared: new Map(),
    retained: [],
    bindings: new Map(ids.map((id) => [id, id])),
    allowMissingUsers: false,
    guards: { maxDeletions: ids.length, maxDeletionsPercent: 100 },
  });
  const context: ChangeContext = {
    lookUps: new UserLookUps(client),
    protectedUsers: ProtectedUsers.of(new Map()),
    acceptEmptyPool: false,
    countInRun: () => undefined,
  };
  const calls = {
    directory: client,
    maxAttempts: 6,
    confirmWithinMs: NUMBERS.confirm_seconds.fallback * 1000,
  };
  const removal = await removeUsers(change, context, calls, () => undefined);
  if ("refusals" in removal) throw new Error(removal.refusals.map(({ summary }) => summary).join("\n"));
  return { gone: removal.gone.length, survivors: removal.survivors.length };
}
