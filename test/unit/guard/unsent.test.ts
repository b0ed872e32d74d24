import { beforeEach, expect, test } from "@jest/globals";
import { createRelay } from "../../../src/api";
import { readApproval } from "../../../src/guard/approval";
import { type AuditLine, NO_AUDIT } from "../../../src/guard/audit";
import { Guard, type IncomingRequest } from "../../../src/guard/guard";
import type { Ruling } from "../../../src/guard/ruling";
import { systemClock } from "../../../src/timing";
import { ProtectedUsers, UserLookUps } from "../../../src/users";
import { closing } from "../../support/at-end";
import { type Emulator, startEmulator } from "../../support/emulator";
import { DELETE, deletion, LOOK_UP, lookUp } from "./support/in-process";
import { ada, pool } from "./support/people";
import { planOf } from "./support/plans";

/** Requests that are not sent, although the plans approve them. */

/** A request at the guard's socket, besides where it is for. */
type Call = Pick<IncomingRequest, "path" | "parameters">;

const DELETES_ADA: Call = { path: DELETE, parameters: deletion([ada.email]) };

let emulator: Emulator;
beforeEach(async () => void (emulator = await startEmulator({ users: [...pool] })));

/** Asks a guard whose plan deletes Ada: to delete her, unless a test asks for something else. */
async function asker(
  write: (line: AuditLine) => unknown,
): Promise<(gone?: AbortSignal, call?: Call) => Promise<Ruling>> {
  const { url: host, accessKeyId, accessKeySecret } = emulator;
  const relay = closing(createRelay({ host, accessKeyId, accessKeySecret }));
  const guard = new Guard({
    approval: await readApproval([planOf({ deleted: [ada.email] })], new UserLookUps(relay.finder)),
    relay,
    tenantId: undefined,
    protectedUsers: ProtectedUsers.of(new Map()),
    endsAt: Infinity,
    audit: {
      ...NO_AUDIT,
      write: async (line) => void (await write(line)),
    },
    clock: systemClock,
  });
  const from = { host: emulator.url, tenantId: undefined };
  return async (gone = new AbortController().signal, call = DELETES_ADA) =>
    await guard.answer({ ...call, ...from }, gone);
}

test("a request of a run that has hung up before its turn is not sent", async () => {
  const ask = await asker(() => undefined);
  const gone = AbortSignal.abort();
  expect(await ask(gone)).toEqual({ kind: "abandoned" });
  expect(await ask(gone, { path: LOOK_UP, parameters: lookUp([ada.email]) })).toEqual({ kind: "abandoned" });
  expect(emulator.calls).toEqual([]);
});

test("a run that hangs up during the look-up leaves no line of a call in the audit file", async () => {
  const lines: AuditLine[] = [];
  const ask = await asker((line) => lines.push(line));
  for (let number = 0; number < 20; number += 1) {
    const gone = new AbortController();
    emulator.steps.add({ on: "get-user-batch", run: () => gone.abort(), times: 1 });
    expect(await ask(gone.signal)).toEqual({ kind: "abandoned" });
  }
  expect(lines.filter(({ event }) => event === "sending")).toEqual([]);
  expect(emulator.pool.size).toBe(pool.length);
});

test("a call that the audit file does not take is not sent, and all of the client's are refused", async () => {
  const ask = await asker(() => Promise.reject(new Error("the disk is full")));
  expect(await ask()).toEqual({ kind: "refused", all: true, reason: "the disk is full" });
  expect(emulator.pool.size).toBe(pool.length);
});
