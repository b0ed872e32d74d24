import { expect } from "@jest/globals";
import { writeFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import fetch from "node-fetch";
import { GUARD_VERSION, GuardHeader } from "../../../../src/api";
import { closing, newFolder } from "../../../support/at-end";
import { type Emulator, startEmulator } from "../../../support/emulator";
import { type GuardSession, startSession } from "../../../../src/guard";
import { type Person, pool } from "./people";

/** The paths of the guard's calls. */
export const DELETE = "/api/v3/delete-users-batch";
export const SET_STATUS = "/api/v3/update-user-batch";
export const LOOK_UP = "/api/v3/get-user-batch";

/** The body of a deletion. */
export const deletion = (userIds: readonly string[], userIdType = "email") => ({
  userIds,
  options: { userIdType },
});

/** The body of a call that sets the status of people. */
export const statusOf = (status: string, ...people: readonly Person[]) => ({
  list: people.map(({ id }) => ({ userId: id, status })),
});

/** The body of a look-up. */
export const lookUp = (userIds: readonly string[], userIdType = "email") => ({
  userIds,
  userIdType,
  withIdentities: true,
});

/** A guard in the test's own process, its emulator, and a client at its socket. */
export interface Guarded {
  readonly emulator: Emulator;
  readonly session: GuardSession;
  /** Sends a request as the provider does, unless options say otherwise. */
  readonly send: (path: string, body: unknown, options?: RequestOptions) => Promise<Answered>;
  readonly deleteByEmail: (...people: readonly Person[]) => Promise<Answered>;
  readonly deleteByUserId: (...people: readonly Person[]) => Promise<Answered>;
  readonly suspend: (...people: readonly Person[]) => Promise<Answered>;
  readonly reactivate: (...people: readonly Person[]) => Promise<Answered>;
  /** The system user ids of the accounts that there are still. */
  readonly idsLeft: () => string[];
  readonly statusOf: (person: Person) => string;
  /** The paths of the calls that GenAuth has received. */
  readonly callsReceived: () => string[];
  /** How many of these would change somebody. */
  readonly changesReceived: () => number;
  readonly close: () => Promise<void>;
}

/** How a request differs from the provider's. */
export interface RequestOptions {
  readonly method?: string;
  /** Undefined ones are left out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

/** An answer of the guard. */
export interface Answered {
  readonly status: number;
  readonly cause: string | undefined;
  readonly text: string;
}

/** Opens a guard, which is closed once all tests of the file have ended, unless they close it. */
export async function openGuard(
  options: Partial<Parameters<typeof startSession>[0]> = {},
  emulatorOptions: Parameters<typeof startEmulator>[0] = {},
): Promise<Guarded> {
  const emulator = await startEmulator({ users: [...pool], ...emulatorOptions });
  const environment = { ...emulator.environment(), ...options.environment };
  const session = await startSession({ ...options, environment }).catch(async (error: unknown) => {
    await emulator.close();
    throw error;
  });
  const send: Guarded["send"] = (path, body, request) =>
    sendTo(session.socket, emulator.url, path, body, request);
  const callsReceived = () => emulator.calls.map(({ path }) => path);
  return closing({
    emulator,
    session,
    send,
    deleteByEmail: (...people) => send(DELETE, deletion(people.map(({ email }) => email))),
    deleteByUserId: (...people) =>
      send(
        DELETE,
        deletion(
          people.map(({ id }) => id),
          "user_id",
        ),
      ),
    suspend: (...people) => send(SET_STATUS, statusOf("Suspended", ...people)),
    reactivate: (...people) => send(SET_STATUS, statusOf("Activated", ...people)),
    idsLeft: () => emulator.pool.list().map(({ userId }) => userId),
    statusOf: ({ id }) => emulator.pool.find(id)?.status ?? "Activated",
    callsReceived,
    changesReceived: () => callsReceived().filter((path) => path === DELETE || path === SET_STATUS).length,
    async close() {
      await session.close();
      await emulator.close();
    },
  });
}

/** Sends a request to the guard at a socket, as the provider does for a host, unless options say otherwise. */
export async function sendTo(
  socketPath: string,
  host: string,
  path: string,
  body: unknown,
  { method = "POST", headers = {}, signal }: RequestOptions = {},
): Promise<Answered> {
  const all = { [GuardHeader.VERSION]: GUARD_VERSION, [GuardHeader.HOST]: host, ...headers };
  const given = Object.entries<string | undefined>(all).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  // Node.js passes the options of an agent on to the connection; its types omit that.
  const options = { keepAlive: false, socketPath };
  const response = await fetch(`http://guard${path}`, {
    method,
    headers: given,
    agent: new http.Agent(options),
    redirect: "manual",
    ...(method !== "GET" && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    ...(signal && { signal }),
  });
  const cause = response.headers.get(GuardHeader.CAUSE) ?? undefined;
  return { status: response.status, cause, text: await response.text() };
}

/** The environment of a guard whose operator protects users. */
export function protecting(users: Readonly<Record<string, unknown>>) {
  const file = join(newFolder(), "protected.json");
  writeFileSync(file, JSON.stringify(users));
  return { environment: { GENAUTH_PROTECTED_USERS_FILE: file } };
}

/** Expects that the guard sent a call on, and that GenAuth carried it out. */
export function expectDone(answer: Answered): void {
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.text)).toMatchObject({ statusCode: 200 });
}

/** Expects that the guard did not send a call, and says why. */
export function expectRefused(answer: Answered, why: string): void {
  expect(answer).toMatchObject({ status: 403, text: expect.stringContaining(why) });
}
