import { createManagementClient, type ManagementClient } from "../../src/api";
import { NUMBERS } from "../../src/operator/settings";
import {
  carryOut,
  type ChangeContext,
  decideChange,
  ProtectedUsers,
  type SetChange,
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
  const change: SetChange = {
    name: "a set",
    type,
    prior: new Map(ids.map((id) => [id, ""])),
    declared: new Map(),
    retained: [],
    bindings: new Map(ids.map((id) => [id, id])),
    allowMissingUsers: false,
    guards: { maxDeletions: ids.length, maxDeletionsPercent: 100 },
  };
  const context: ChangeContext = {
    lookUps: new UserLookUps(client),
    protectedUsers: ProtectedUsers.of(new Map()),
    acceptEmptyPool: false,
    runLimit: () => undefined,
  };
  const { leaving } = await carryOut(change, await decideChange(change, context), context, {
    directory: client,
    maxAttempts: 6,
    confirmWithinMs: NUMBERS.confirm_seconds.fallback * 1000,
  });
  const counted = (kind: string): number => leaving.filter(({ ending }) => ending.kind === kind).length;
  return { gone: counted("gone"), survivors: counted("survivor") };
}
