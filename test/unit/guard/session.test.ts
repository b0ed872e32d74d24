import { existsSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { GuardHeader } from "../../../src/api";
import { startSession } from "../../../src/guard";
import { socketsPlace } from "../../../src/guard/session";
import { concealSecret } from "../../../src/operator";
import { closing, newFolder } from "../../support/at-end";
import { startEmulator } from "../../support/emulator";
import { readAudit } from "../../support/guard/guarded";
import {
  type Answered,
  DELETE,
  deletion,
  expectDone,
  expectRefused,
  LOOK_UP,
  lookUp,
  openGuard,
  sendTo,
} from "./support/in-process";
import { ada, pool } from "./support/people";
import { planOf } from "./support/plans";

/**
 * From a guard's start to its end: its socket, its key, its summary, and what holds for the whole of it. A guard holds the key, and makes
 * for a run the calls that an approved plan names.
 */

const plans = [planOf({ deleted: [ada.email] })];

describe("a guard listens", () => {
  test("in a new folder, which goes at its end", async () => {
    const { session } = await openGuard();
    const folder = dirname(session.socket);
    expect(readdirSync(folder)).toEqual(["guard.sock"]);
    await session.close();
    expect(existsSync(folder)).toBe(false);
  });

  test("to its end, also if somebody has tidied up its folder meanwhile", async () => {
    const { session, deleteByEmail } = await openGuard({ plans });
    await deleteByEmail(ada);
    rmSync(dirname(session.socket), { recursive: true });
    expect(await session.close()).toMatchObject({ changes: { deletion: { done: 1 } } });
  });

  test("in the system's temporary folder, unless a socket there would have too long a path", () => {
    const longest = "/tmp".padEnd(69, "/runner");
    expect(socketsPlace(longest)).toBe(longest);
    expect(socketsPlace(`${longest}x`)).toBe("/tmp");
  });

  test("at the socket that it is given, and leaves the folder of it", async () => {
    const folder = newFolder();
    const socket = join(folder, "s");
    const { session } = await openGuard({ socket });
    expect(session.socket).toBe(socket);
    await session.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("no longer if it does not start, so that the next one may", async () => {
    const folder = newFolder();
    const socket = join(folder, "s");
    const readKey = () => Promise.reject(new Error("no key"));
    await expect(openGuard({ socket, readKey })).rejects.toThrow("no key");
    expect(readdirSync(folder)).toEqual([]);
    expect((await openGuard({ socket })).session.socket).toBe(socket);
  });

  test("and goes on, if another one is to start at its socket", async () => {
    const guarded = await openGuard({ plans });
    const { socket } = guarded.session;
    await expect(openGuard({ socket })).rejects.toThrow(`Another guard listens at ${socket}.`);
    expectDone(await guarded.deleteByEmail(ada));
  });
});

describe("the key of a guard", () => {
  test("is that of its environment, of which the command gets the id alone", async () => {
    const { session, emulator } = await openGuard();
    expect(session.variables).toEqual({
      GENAUTH_GUARD: session.socket,
      GENAUTH_ACCESS_KEY_ID: emulator.accessKeyId,
    });
  });

  test("is what it reads where its environment has none, and requests wait for it", async () => {
    const emulator = closing(await startEmulator({ users: [...pool] }));
    const socket = join(newFolder(), "s");
    let asked: Promise<Answered> | undefined;
    closing(
      await startSession({
        environment: { GENAUTH_HOST: emulator.url },
        socket,
        plans,
        async readKey() {
          asked = sendTo(socket, emulator.url, DELETE, deletion([ada.email]));
          await new Promise((resolve) => setTimeout(resolve, 100));
          expect(emulator.calls).toEqual([]);
          // As it is read from a pipe: no copy of it has the secret.
          return concealSecret({
            GENAUTH_ACCESS_KEY_ID: emulator.accessKeyId,
            GENAUTH_ACCESS_KEY_SECRET: emulator.accessKeySecret,
          });
        },
      }),
    );
    if (!asked) throw new Error("No key was read.");
    expectDone(await asked);
    expect(emulator.pool.find(ada.id)).toBeUndefined();
  });

  test("signs by itself, whatever guard its environment names", async () => {
    const environment = { GENAUTH_GUARD: "/run/other.sock" };
    const guarded = await openGuard({ plans, environment });
    expectDone(await guarded.deleteByEmail(ada));
  });
});

test("a guard records who started it for what, and its summary once, however often it is closed", async () => {
  const folder = newFolder();
  const why = { ticket: "HR-1", reason: "left us", plan_sha256: ["0"] };
  const { session, emulator, deleteByEmail } = await openGuard({
    plans,
    why,
    auditFile: join(folder, "audit.jsonl"),
  });
  const approved = { deletion: { approved: 1, sent: 0, done: 0 } };
  expect(session.summary()).toMatchObject({ changes: approved, requests: 0 });
  await deleteByEmail(ada);
  const [summary, again] = await Promise.all([session.close(), session.close()]);
  expect(summary).toMatchObject({ changes: { deletion: { approved: 1, sent: 1, done: 1 } }, requests: 1 });
  expect(again).toBe(summary);
  expect(readAudit({ folder })).toMatchObject([
    { event: "started", host: emulator.url, changes: approved, ...why },
    { event: "sending" },
    { event: "answered" },
    { event: "ended", ...summary },
  ]);
});

test("an id that names nobody does not count towards what a run may remove", async () => {
  const naming = [planOf({ deleted: [ada.email, "nobody@example.com", "nobody else@example.com"] })];
  expectDone(await (await openGuard({ plans: naming, maxDeletions: 1 })).deleteByEmail(ada));
});

test("a guard acts in the tenant of its environment, for runs in this tenant alone", async () => {
  const { send, emulator } = await openGuard({ environment: { GENAUTH_TENANT_ID: "ours" } });
  const call = lookUp([ada.email]);
  expectDone(await send(LOOK_UP, call, { headers: { [GuardHeader.TENANT]: "ours" } }));
  expectRefused(await send(LOOK_UP, call), "it acts in another tenant than this run");
  expect(emulator.calls).toMatchObject([{ tenantId: "ours" }]);
});
