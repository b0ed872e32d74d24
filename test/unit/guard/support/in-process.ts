import { expect } from "@jest/globals";
import { writeFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import fetch from "node-fetch";
import { GUARD_VERSION, GuardHeader } from "../../../../src/api";
import { closing, newFolder } from "../../../support/at-end";
import { type Emulator, type PoolUser, seedUsers, startEmulator } from "../../../support/emulator";
import { type GuardSession, startSession } from "../../../../src/guard";
import { parsePlan, type PlanJson } from "../../../../src/terraform-json";

/** A guard in the test's own process, before an emulator. */

/** Users of the emulator, of whom a plan of {@link planOf} declares all but those whom it changes. */
export const pool: readonly PoolUser[] = seedUsers(6);

/** A user's e-mail address, by its place in the pool. */
export const emailOf = (index: number): string => pool[index]?.email ?? "";

/** A user's system user id, by its place in the pool. */
export const userIdOf = (index: number): string => pool[index]?.userId ?? "";

/** A plan of one set of e-mail addresses, as `terraform show -json` writes it. */
export function planOf({
  deleted = [],
  due = [],
  suspended = [],
  reactivated = [],
  staying = [],
  declared = [],
  retained = [],
  userPoolName,
  provider = {},
  deleteBy = "declared_id",
  timestamp = new Date().toISOString(),
  users: namedUsers = pool,
}: {
  readonly deleted?: readonly string[];
  /** Whom the set suspended earlier, and deletes now. */
  readonly due?: readonly string[];
  readonly suspended?: readonly string[];
  /** System user ids of those who are declared again. */
  readonly reactivated?: readonly string[];
  /** The same of those who stay suspended. */
  readonly staying?: readonly string[];
  readonly declared?: readonly string[];
  readonly retained?: readonly string[];
  /** The name of the set's user pool; default none. */
  readonly userPoolName?: string;
  /** Arguments of the provider. */
  readonly provider?: Readonly<Record<string, unknown>>;
  readonly deleteBy?: string;
  /** When it was made; default now. */
  readonly timestamp?: string | undefined;
  /** Whom the ids meant for the state; default the pool. */
  readonly users?: readonly PoolUser[];
}): PlanJson {
  const users = (ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, "x"]));
  const marks = (ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, true]));
  const meant = (id: string) => namedUsers.find(({ email }) => email === id)?.userId ?? null;
  const set = {
    user_id_type: "email",
    user_pool_name: userPoolName ?? null,
    delete_by: deleteBy,
    retained_ids: retained,
    suspend_days: suspended.length === 0 ? 0 : 14,
  };
  const change = {
    address: "genauth_user_set.staff",
    type: "genauth_user_set",
    change: {
      actions: ["update"],
      before: {
        ...set,
        users: users([...deleted, ...suspended, ...declared]),
        suspended: Object.fromEntries(due.map((id) => [id, "2026-01-01"])),
      },
      after: {
        ...set,
        users: users(declared),
        leaver_user_ids: Object.fromEntries([...deleted, ...due, ...suspended].map((id) => [id, meant(id)])),
        reactivations: Object.fromEntries(
          [...reactivated, ...staying].map((id) => [
            `former ${id}`,
            { user_id: id, outcome: staying.includes(id) ? "not reactivated" : undefined },
          ]),
        ),
      },
      after_unknown: {
        removals: marks([...deleted, ...due]),
        suspensions: marks(suspended),
        reactivations: Object.fromEntries(reactivated.map((id) => [`former ${id}`, { outcome: true }])),
      },
    },
  };
  const configuration = {
    provider_config: {
      genauth: {
        full_name: "terraform.local/genauth/genauth",
        expressions: Object.fromEntries(
          Object.entries(provider).map(([name, value]) => [name, { constant_value: value }]),
        ),
      },
    },
  };
  return parsePlan(
    JSON.stringify({ format_version: "1.2", timestamp, configuration, resource_changes: [change] }),
  );
}

/** A plan of a `null_resource` that replaces it, and names nobody's system user id. */
export function nullPlanOf(deleted: readonly string[]): PlanJson {
  const triggers = (ids: readonly string[]) => ({
    triggers: { user_id_type: "email", ...Object.fromEntries(ids.map((id) => [`user:${id}`, "x"])) },
  });
  const change = {
    address: "null_resource.staff",
    type: "null_resource",
    change: {
      actions: ["delete", "create"],
      before: triggers(deleted),
      after: triggers([]),
      after_unknown: {},
    },
  };
  const timestamp = new Date().toISOString();
  return parsePlan(JSON.stringify({ format_version: "1.2", timestamp, resource_changes: [change] }));
}

/** A guard, its emulator, and a client at its socket. */
export interface Guarded {
  readonly emulator: Emulator;
  readonly session: GuardSession;
  /** Sends a request as the provider does, unless options say otherwise. */
  readonly send: (path: string, body: unknown, options?: RequestOptions) => Promise<Answered>;
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
  return closing({
    emulator,
    session,
    send: (path, body, request) => sendTo(session.socket, emulator.url, path, body, request),
    async close() {
      await session.close();
      await emulator.close();
    },
  });
}

async function sendTo(
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

/** The body of a deletion. */
export const deletion = (userIds: readonly string[], userIdType = "email") => ({
  userIds,
  options: { userIdType },
});

/** The body of a call that sets statuses. */
export const statusesOf = (...list: readonly (readonly [userId: string, status: string])[]) => ({
  list: list.map(([userId, status]) => ({ userId, status })),
});

/** The environment of a guard whose operator protects users. */
export function protecting(users: Readonly<Record<string, unknown>>) {
  const file = join(newFolder(), "protected.json");
  writeFileSync(file, JSON.stringify(users));
  return { environment: { GENAUTH_PROTECTED_USERS_FILE: file } };
}

/** The paths of the calls that change users. */
export const DELETE = "/api/v3/delete-users-batch";
export const SET_STATUS = "/api/v3/update-user-batch";

/** Expects that the guard did not send a call, and says why. */
export function expectRefused(answer: { readonly status: number; readonly text: string }, why: string): void {
  expect(answer).toMatchObject({ status: 403, text: expect.stringContaining(why) });
}
