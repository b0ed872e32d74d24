import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { createForwardingClient, type ForwardingClient } from "../../../src/api";
import { readApproval } from "../../../src/guard/approval";
import { type AuditLine, NO_AUDIT } from "../../../src/guard/audit";
import { Guard } from "../../../src/guard/guard";
import type { Ruling } from "../../../src/guard/ruling";
import { ProtectedUsers, UserLookUps } from "../../../src/users";
import { type Emulator, startEmulator } from "../../support/emulator";
import { DELETE, deletion, planOf, pool, userIdOf } from "./support/in-process";

/** A change that is looked up, and not sent. */

let emulator: Emulator;
let client: ForwardingClient;
beforeEach(async () => {
  emulator = await startEmulator({ users: [...pool] });
  const { accessKeyId, accessKeySecret } = emulator;
  client = createForwardingClient({ host: emulator.url, accessKeyId, accessKeySecret });
});
afterEach(async () => {
  client.close();
  await emulator.close();
});

/** Asks a guard whose plan deletes users, by default the first one, to delete them. */
async function asker(
  mostAgeMs: number,
  write: (line: AuditLine) => unknown = () => undefined,
  users = pool.slice(0, 1),
): Promise<(gone?: AbortSignal) => Promise<Ruling>> {
  const ids = users.map(({ email = "" }) => email);
  const guard = new Guard({
    approval: await readApproval([planOf({ deleted: ids, users })], new UserLookUps(client)),
    client,
    protectedUsers: ProtectedUsers.of(new Map()),
    endsAt: Infinity,
    mostAgeMs,
    audit: {
      ...NO_AUDIT,
      write: (line) =>
        Promise.resolve(line)
          .then(write)
          .then(() => undefined),
    },
  });
  const incoming = { path: DELETE, parameters: deletion(ids), host: emulator.url, tenantId: undefined };
  return async (gone = new AbortController().signal) => await guard.answer(incoming, gone);
}

test("a run that hangs up before its turn leaves no line of a call in the audit file", async () => {
  const lines: AuditLine[] = [];
  const ask = await asker(10_000, (line) => lines.push(line));
  for (let number = 0; number < 20; number += 1) {
    const gone = new AbortController();
    emulator.steps.add({ on: "get-user-batch", run: () => gone.abort(), times: 1 });
    expect(["abandoned", "undecided"]).toContain((await ask(gone.signal)).kind);
  }
  expect(lines.filter(({ event }) => event === "sending")).toEqual([]);
  expect(emulator.pool.size).toBe(pool.length);
});

test("a look-up in two parts is as old as the first one, however slow the service is", async () => {
  // They do not fit into one URL.
  const users = pool.slice(0, 4).map((user) => ({ ...user, email: `${"x".repeat(1900)}${user.email}` }));
  for (const { userId, email } of users) emulator.pool.update(userId, { email });
  let parts = 0;
  const run = async (): Promise<void> => {
    parts += 1;
    if (parts % 2 === 1) return;
    await new Promise((resolve) => setTimeout(resolve, 400));
    // The first part of this look-up has shown who had the id.
    if (parts === 6) emulator.pool.passId("email", userIdOf(0), userIdOf(5));
  };
  emulator.steps.add({ on: "get-user-batch", run });
  const ask = await asker(300, undefined, users);
  expect(await ask()).toMatchObject({ kind: "undecided", reason: expect.stringContaining("wait too long") });
  expect(parts).toBe(6);
  expect(emulator.pool.size).toBe(pool.length);
});

test("a call that the audit file does not take is not sent, and all of the client's are refused", async () => {
  const ask = await asker(10_000, () => Promise.reject(new Error("the disk is full")));
  expect(await ask()).toEqual({ kind: "refused", all: true, reason: "the disk is full" });
  expect(emulator.pool.size).toBe(pool.length);
});
