import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { createForwardingClient, type ForwardingClient } from "../../../src/api";
import { readApproval } from "../../../src/guard/approval";
import { type AuditLine, NO_AUDIT } from "../../../src/guard/audit";
import { Guard, type Ruling } from "../../../src/guard/guard";
import { ProtectedUsers, UserIdType } from "../../../src/users";
import { fastClock } from "../../support/api/test-server";
import { type Emulator, startEmulator } from "../../support/emulator";
import { DELETE, deletion, emailOf, planOf, pool, SET_STATUS, userIdOf } from "./support/in-process";

const [ada] = pool.map((_, index) => emailOf(index));
const request = { method: "POST", path: DELETE, parameters: deletion([ada ?? ""]) } as const;
let emulator: Emulator;
let client: ForwardingClient;
const options = () => ({
  host: emulator.url,
  accessKeyId: emulator.accessKeyId,
  accessKeySecret: emulator.accessKeySecret,
});
beforeEach(async () => {
  emulator = await startEmulator({ users: [...pool] });
  client = createForwardingClient(options());
});
afterEach(async () => {
  client.close();
  await emulator.close();
});

/** Asks a guard whose plan deletes users, by default the first one, to delete them. */
function asker(
  its: ForwardingClient,
  mostAgeMs: number,
  write: (line: AuditLine) => void,
  gone = new AbortController().signal,
  users = pool.slice(0, 1),
): () => Promise<Ruling> {
  const ids = users.map(({ email = "" }) => email);
  const guard = new Guard({
    approval: readApproval([planOf({ deleted: ids, users })]),
    client: its,
    protectedUsers: ProtectedUsers.of(new Map()),
    endsAt: Infinity,
    mostAgeMs,
    audit: { ...NO_AUDIT, write: (line) => Promise.resolve(line).then(write) },
  });
  const incoming = { path: DELETE, parameters: deletion(ids), host: emulator.url, tenantId: undefined };
  return async () => await guard.answer(incoming, gone);
}

test("a run that hangs up again and again cannot fill the disk, and changes nobody after that", async () => {
  const found = await client.findUsers([ada ?? ""], UserIdType.EMAIL);
  // Every client is gone when its turn comes.
  const hungUp: ForwardingClient = {
    ...client,
    findUsers: () => Promise.resolve(found),
    forward: () => Promise.resolve(undefined),
  };
  const lines: AuditLine[] = [];
  const ask = asker(hungUp, 10_000, (line) => lines.push(line), AbortSignal.abort());
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
});

test.each(["stands still", "sleeps"])(
  "a guard that %s between its look-up and its call looks again",
  async (how) => {
    let isStill = false;
    const ask = asker(client, 300, () => {
      if (isStill) return;
      isStill = true;
      // As while a debugger or SIGSTOP halts it: no timer fires in between. While the machine sleeps, only the time of day goes on.
      const end = performance.now() + 400;
      if (how === "sleeps") jest.spyOn(Date, "now").mockReturnValue(Date.now() + 400);
      else while (performance.now() < end);
      emulator.pool.passId("email", userIdOf(0), userIdOf(3));
    });
    const ruling = await ask().finally(() => jest.restoreAllMocks());
    expect(ruling).toMatchObject({ kind: "refused", reason: expect.stringContaining("somebody else") });
    expect(isStill).toBe(true);
    expect(emulator.pool.size).toBe(pool.length);
  },
);

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
  const ask = asker(client, 300, () => undefined, undefined, users);
  expect(await ask()).toMatchObject({ kind: "refused", reason: expect.stringContaining("somebody else") });
  expect(emulator.pool.size).toBe(pool.length);
});

test("the time of a call begins when its turn comes, not while it waits behind others", async () => {
  const slow = createForwardingClient({ ...options(), requestsPerSecond: 1 }, fastClock().clock);
  await slow.findUsers([ada ?? ""], UserIdType.EMAIL);
  const asked = slow.serviceTime() ?? NaN;
  const forwarded = await slow.forward(request, new AbortController().signal);
  expect((forwarded?.during?.from ?? NaN) - asked).toBeGreaterThanOrEqual(1000);
  slow.close();
});

test.each(["late", "again"])("the time of a call is set back by no answer that comes %s", async (how) => {
  const [lateMs, oldMs] = how === "late" ? [3000, 0] : [0, 60_000];
  const lookUp = () => client.findUsers([ada ?? ""], UserIdType.EMAIL);
  if (oldMs > 0) await lookUp();
  const headers = { date: new Date(Date.now() - oldMs).toUTCString() };
  const then = { kind: "http", status: 200, headers, body: '{"statusCode":200,"data":[]}' } as const;
  emulator.faults.add({ on: "get-user-batch", then });
  const run = () => new Promise<void>((resolve) => setTimeout(resolve, lateMs));
  emulator.steps.add({ on: "get-user-batch", run });
  await lookUp();
  const forwarded = await client.forward(request, new AbortController().signal);
  expect(forwarded?.during?.from).toBeGreaterThan(Date.now() - 2000);
});

test("a call is not sent once the machine has slept while it waited", async () => {
  let now = Date.now();
  // The other clock stands still.
  const clock = { ...fastClock().clock, now: () => (now += 1000) };
  const asleep = createForwardingClient(options(), clock);
  expect(await asleep.forward(request, new AbortController().signal, 500)).toBeUndefined();
  expect(emulator.pool.size).toBe(pool.length);
  asleep.close();
});
