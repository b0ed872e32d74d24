import { expect, test } from "@jest/globals";
import { createForwardingClient, type ForwardingClient } from "../../../src/api";
import { readApproval } from "../../../src/guard/approval";
import type { AuditLine } from "../../../src/guard/audit";
import { Guard } from "../../../src/guard/guard";
import { ProtectedUsers, UserIdType } from "../../../src/users";
import { startEmulator } from "../../support/emulator";
import { DELETE, deletion, emailOf, planOf, pool, SET_STATUS } from "./support/in-process";

test("a run that hangs up again and again cannot fill the disk, and changes nobody after that", async () => {
  const emulator = await startEmulator({ users: [...pool] });
  const client = createForwardingClient({
    host: emulator.url,
    accessKeyId: emulator.accessKeyId,
    accessKeySecret: emulator.accessKeySecret,
  });
  try {
    const found = await client.findUsers([emailOf(0)], UserIdType.EMAIL);
    // Every client is gone when its turn comes.
    const hungUp: ForwardingClient = {
      ...client,
      findUsers: () => Promise.resolve(found),
      forward: () => Promise.resolve(undefined),
    };
    const lines: AuditLine[] = [];
    const guard = new Guard({
      approval: readApproval([planOf({ deleted: [emailOf(0)] })], false),
      client: hungUp,
      protectedUsers: ProtectedUsers.of(new Map()),
      maxDeletions: Infinity,
      mostAgeMs: 10_000,
      audit: {
        write(line) {
          lines.push(line);
          return Promise.resolve();
        },
        close: () => Promise.resolve(),
      },
    });
    const gone = AbortSignal.abort();
    const ask = async () =>
      await guard.answer(
        {
          ...{ path: DELETE, parameters: deletion([emailOf(0)]), host: emulator.url, tenantId: undefined },
        },
        gone,
      );
    let asked = 1;
    while (asked < 2000 && (await ask()).kind === "abandoned") asked += 1;
    expect(asked).toBe(1001);
    expect(await ask()).toMatchObject({
      kind: "refused",
      all: true,
      reason: expect.stringContaining("hung up"),
    });
    expect(lines.filter(({ event }) => event === "sending")).toHaveLength(1000);
    expect(emulator.calls.some(({ path }) => path === DELETE || path === SET_STATUS)).toBe(false);
  } finally {
    client.close();
    await emulator.close();
  }
});
