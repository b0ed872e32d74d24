import { randomBytes } from "node:crypto";
import { setMaxListeners } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { type Key, type KeyPair, PUBLISHED_RATE_LIMIT, type RateLimit, RateLimiter } from "./admission";
import { ENDPOINTS } from "./endpoints";
import {
  answerCall,
  type Hook,
  type OpenCall,
  type ReceivedCall,
  type RequestContext,
  send,
} from "./handle-request";
import { refusal } from "./answer";
import { EmulatedUserPool } from "./pool";
import type { PoolUser } from "./pool-user";

/** The options of an emulator. All have defaults. */
export interface EmulatorOptions {
  /** The port on 127.0.0.1; default: a free one. */
  readonly port?: number;
  /** The initial users; default none. */
  readonly users?: readonly PoolUser[];
  /** Default 24 random hexadecimal digits. */
  readonly accessKeyId?: string;
  /** Default 32 random hexadecimal digits. */
  readonly accessKeySecret?: string;
  /** The rate limit; default: that of the public cloud, `false` for none. */
  readonly rateLimit?: RateLimit | false;
  /** Milliseconds before each answer; default 0. */
  readonly latencyMs?: number;
  /**
   * For how many milliseconds look-ups still show a user as it was before a change or deletion; default 0.
   */
  readonly consistencyDelayMs?: number;
  /**
   * How far a request's date may be from the server's clock, in milliseconds; default 300,000 (five minutes).
   */
  readonly clockSkewMs?: number;
  /** What answers the calls; default: the API, as GenAuth documents it. */
  readonly hook?: Hook;
  /**
   * The server's clock, in milliseconds since 1970; default: the machine's. See {@link Emulator.letDaysPass}.
   */
  readonly now?: () => number;
}

/** GenAuth on loopback: a user pool behind the part of the Management API that this project uses. */
export interface Emulator {
  /** Such as `http://127.0.0.1:41234`. */
  readonly url: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** A collaborator's key pair of the same pool: every call that changes the pool gives 403. */
  readonly readKey: KeyPair;
  /** A collaborator's key pair of the same pool that may read and delete: every other change gives 403. */
  readonly deletionKey: KeyPair;
  /** The users, to read or change them without the API. */
  readonly pool: EmulatedUserPool;
  /** The requests received so far, in order. */
  readonly calls: readonly ReceivedCall[];
  /**
   * The environment variables that direct the provider and the command to this emulator.
   *
   * @param key default: the pool's
   */
  environment(
    key?: KeyPair,
  ): Record<"GENAUTH_HOST" | "GENAUTH_ACCESS_KEY_ID" | "GENAUTH_ACCESS_KEY_SECRET", string>;
  /**
   * Lets days pass on the server's clock: in `Date` headers, and for what the pool does later. Requests that
   * are dated in the present are still accepted, as if the same days had passed for the client's machine.
   * From another process: `POST /let-days-pass/14`.
   */
  letDaysPass(days: number): void;
  /** Stops at once, even if a request hangs. */
  close(): Promise<void>;
}

/** Starts an emulator on 127.0.0.1. @throws Error if the port is taken */
export async function startEmulator({
  port = 0,
  users = [],
  accessKeyId = randomBytes(12).toString("hex"),
  accessKeySecret = randomBytes(16).toString("hex"),
  rateLimit = PUBLISHED_RATE_LIMIT,
  latencyMs = 0,
  consistencyDelayMs = 0,
  clockSkewMs = 300_000,
  hook = (call) => call.carryOut(),
  now: present = Date.now,
}: EmulatorOptions = {}): Promise<Emulator> {
  const readKey = randomKey();
  const deletionKey = randomKey();
  const keys: readonly Key[] = [
    { accessKeyId, accessKeySecret, may: ["create", "update", "delete"] },
    { ...readKey, may: [] },
    { ...deletionKey, may: ["delete"] },
  ];
  let passedMs = 0;
  const now = () => present() + passedMs;
  const letDaysPass = (days: number) => {
    if (!Number.isFinite(days) || days < 0) throw new Error(`${days} days cannot pass.`);
    passedMs += days * DAY_MS;
  };
  const pool = new EmulatedUserPool(now, consistencyDelayMs);
  // One by one: so many arguments at once would exceed the stack.
  for (const user of users) pool.add(user);
  const calls: OpenCall[] = [];
  const closing = new AbortController();
  // Each delayed answer listens to the signal, so hundreds of listeners are not a leak.
  setMaxListeners(0, closing.signal);

  const server = serveApi(
    {
      // In reality, the same days pass for the client's machine; here it stays in the present.
      authentication: { keys, clockSkewMs, now: present, nonces: new Set() },
      limiter: rateLimit ? new RateLimiter(rateLimit, present) : undefined,
      hook,
      callContext: { pool, now },
      receivedCalls: calls,
      latencyMs,
      sleep: (ms) =>
        delay(ms, undefined, { signal: closing.signal }).catch(() => new Promise<never>(() => undefined)),
    },
    letDaysPass,
  );
  const url = await listen(server, port);
  return {
    url,
    accessKeyId,
    accessKeySecret,
    readKey,
    deletionKey,
    pool,
    calls,
    environment: (key = { accessKeyId, accessKeySecret }) => ({
      GENAUTH_HOST: url,
      GENAUTH_ACCESS_KEY_ID: key.accessKeyId,
      GENAUTH_ACCESS_KEY_SECRET: key.accessKeySecret,
    }),
    letDaysPass,
    async close() {
      closing.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

const DAY_MS = 24 * 60 * 60 * 1000;

function randomKey(): KeyPair {
  return {
    accessKeyId: randomBytes(12).toString("hex"),
    accessKeySecret: randomBytes(16).toString("hex"),
  };
}

/** @throws Error if the port is taken */
async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function serveApi(context: RequestContext, letDaysPass: (days: number) => void): Server {
  const endpoints = new Map(
    ENDPOINTS.map((endpoint) => [`${endpoint.method} /api/v3/${endpoint.name}`, endpoint]),
  );
  const time = () => new Date(context.callContext.now()).toUTCString();
  return createServer((request, response) => {
    response.setHeader("date", time());
    const { method = "", url = "" } = request;
    const endpoint = endpoints.get(`${method} ${url.split("?", 1)[0] ?? ""}`);
    if (endpoint) {
      void answerCall(endpoint, request, response, context);
      return;
    }
    const refuse = (status: number, code: number, message: string) => {
      send(response, JSON.stringify(refusal(code, message)), { status });
    };
    // Not GenAuth's: for an emulator in another process, which only its URL reaches.
    const [, days] = (method === "POST" && /^\/let-days-pass\/([^/]+)$/.exec(url)) || [];
    if (days === undefined) {
      refuse(200, 404, "There is no such call.");
      return;
    }
    try {
      letDaysPass(Number(days));
      send(response, `The emulator's clock shows ${time()}.\n`, { contentType: "text/plain; charset=utf-8" });
    } catch {
      refuse(400, 400, "Give a number of days, such as /let-days-pass/14.");
    }
  });
}
