import { randomBytes } from "node:crypto";
import { setMaxListeners } from "node:events";
import type { Server } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import {
  type Key,
  type KeyPair,
  Nonces,
  PUBLISHED_RATE_LIMIT,
  type RateLimit,
  RateLimiter,
  Tokens,
} from "./admission";
import { ServerClock } from "./clock";
import { ENDPOINTS } from "./endpoints";
import { createHandler, type OpenCall, type ReceivedCall, type RequestContext } from "./handle-request";
import { refusal } from "./answer";
import { EmulatedUserPool } from "./pool";
import type { PoolUser } from "./pool-user";
import { type FaultRule, Rules, type StepRule } from "./rules";
import { NO_SURROUNDINGS, type Surroundings } from "./surroundings";
import { DEFAULT_VARIANTS, type Variants } from "./variants";

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
  /** How a deletion treats an id without a user: it ignores the id (default), or refuses the whole call. */
  readonly unknownIds?: "ignore" | "refuse";
  /** The rate limit; default: that of the public cloud, `false` for none. */
  readonly rateLimit?: RateLimit | false;
  /** Milliseconds before each answer; default 0. */
  readonly latencyMs?: number;
  /** For how many milliseconds look-ups still show a user as it was before a change or deletion; default 0. */
  readonly consistencyDelayMs?: number;
  /** How far a request's date may be from the server's clock, in milliseconds; default 300,000 (five minutes). */
  readonly clockSkewMs?: number;
  /** The order of answers to a batch look-up; default as asked. The real API promises none. */
  readonly order?: "as_asked" | "reversed";
  /** How this deployment differs from others. */
  readonly variants?: Partial<Variants>;
  /** What the pool has besides users; default nothing. */
  readonly surroundings?: Partial<Surroundings>;
  /** The initial faults. */
  readonly faults?: readonly FaultRule[];
  /** The initial changes that others make to the pool between two calls. */
  readonly steps?: readonly StepRule[];
  /** The server's clock, in milliseconds since 1970; default: the machine's. See {@link Emulator.letDaysPass}. */
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
  /** The faults. */
  readonly faults: Rules<FaultRule>;
  /** The changes that others make to the pool between two calls. */
  readonly steps: Rules<StepRule>;
  /** The environment variables that direct the provider and the command to this emulator. @param key default: the pool's */
  environment(
    key?: KeyPair,
  ): Record<"GENAUTH_HOST" | "GENAUTH_ACCESS_KEY_ID" | "GENAUTH_ACCESS_KEY_SECRET", string>;
  /**
   * Lets days pass on the server's clock: in `Date` headers, and for what the pool does later. Requests that are dated in the
   * present are still accepted, as if the same days had passed for the client's machine. From another process:
   * `POST /let-days-pass/14`.
   */
  letDaysPass(days: number): void;
  /** Stops at once, even if a request hangs. */
  close(): Promise<void>;
}

/** Starts an emulator on 127.0.0.1. @throws Error if the port is taken */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const settings = fillDefaults(options);
  const { accessKeyId, accessKeySecret, readKey, deletionKey } = settings;
  const clock = new ServerClock(settings.now);
  const pool = new EmulatedUserPool({ ...settings, now: clock.now });
  // One by one: so many arguments at once would exceed the stack.
  for (const user of settings.users) pool.add(user);
  const faults = new Rules(pool, settings.faults);
  const steps = new Rules(pool, settings.steps);
  const received: OpenCall[] = [];
  const closing = new AbortController();
  // Each delayed answer listens to the signal, so hundreds of listeners are not a leak.
  setMaxListeners(0, closing.signal);

  const context = createContext(settings, clock, pool, { faults, steps }, received, closing.signal);
  const app = await createServer({ ...context, goOffline: (ms) => goOffline(app.server, ms, context.sleep) });
  const url = await app.listen({ host: "127.0.0.1", port: settings.port });
  return {
    url,
    accessKeyId,
    accessKeySecret,
    readKey,
    deletionKey,
    pool,
    calls: received,
    faults,
    steps,
    environment: (key = settings) => ({
      GENAUTH_HOST: url,
      GENAUTH_ACCESS_KEY_ID: key.accessKeyId,
      GENAUTH_ACCESS_KEY_SECRET: key.accessKeySecret,
    }),
    letDaysPass: (days) => clock.letPass(days),
    async close() {
      closing.abort();
      await app.close();
    },
  };
}

function createContext(
  settings: EmulatorSettings,
  clock: ServerClock,
  pool: EmulatedUserPool,
  rules: Pick<RequestContext, "faults" | "steps">,
  received: OpenCall[],
  closing: AbortSignal,
): Omit<RequestContext, "goOffline"> {
  const { accessKeyId, accessKeySecret, unknownIds, order, variants, surroundings } = settings;
  const { clockSkewMs, latencyMs, rateLimit } = settings;
  const now = clock.clientNow;
  const tokens = new Tokens(clock.now);
  const nonces = new Nonces(now, 2 * clockSkewMs);
  return {
    clock,
    authentication: { accessKeyId, keys: keysOf(settings), clockSkewMs, now, nonces, tokens },
    limiter: rateLimit ? new RateLimiter(rateLimit, now) : undefined,
    ...rules,
    callContext: {
      pool,
      tokens,
      accessKeyId,
      accessKeySecret,
      unknownIds,
      order,
      variants,
      surroundings,
      now: clock.now,
    },
    receivedCalls: received,
    latencyMs,
    sleep: (ms) => delay(ms, undefined, { signal: closing }).catch(() => new Promise<never>(() => undefined)),
  };
}

function keysOf({ accessKeyId, accessKeySecret, readKey, deletionKey }: EmulatorSettings): readonly Key[] {
  return [
    { accessKeyId, accessKeySecret, may: ["create", "update", "delete"] },
    { ...readKey, may: [] },
    { ...deletionKey, may: ["delete"] },
  ];
}

/** Refuses connections for a while, like a server that restarts. */
async function goOffline(server: Server, ms: number, sleep: RequestContext["sleep"]): Promise<void> {
  const address = server.address();
  if (typeof address !== "object" || address === null) return;
  server.close();
  server.closeAllConnections();
  await sleep(ms);
  server.listen(address.port, address.address);
}

async function createServer(context: RequestContext): Promise<FastifyInstance> {
  // Loaded here: each start of the command would load it otherwise.
  const { default: fastify } = await import("fastify");
  const app = fastify({ forceCloseConnections: true });
  app.addHook("onRequest", (_request, reply, done) => {
    reply.raw.setHeader("date", new Date(context.clock.now()).toUTCString());
    done();
  });
  app.addHook("onRequest", (request, reply, done) => {
    if (request.url.length <= context.callContext.variants.longestUrl) done();
    else reply.code(414).type("text/html").send("<html><h1>414 Request-URI Too Large</h1></html>");
  });
  for (const endpoint of ENDPOINTS)
    app.route({
      method: endpoint.method,
      url: `/api/v3/${endpoint.name}`,
      handler: createHandler(endpoint, context),
    });
  // Not GenAuth's: for an emulator in another process, which only its URL reaches.
  app.post<{ Params: { days: string } }>("/let-days-pass/:days", (request, reply) => {
    const days = Number(request.params.days);
    if (!Number.isFinite(days) || days < 0)
      return reply.status(400).send(refusal(400, "Give a number of days, such as /let-days-pass/14."));
    context.clock.letPass(days);
    return reply.send(`The emulator's clock shows ${new Date(context.clock.now()).toUTCString()}.\n`);
  });
  app.setNotFoundHandler((_request, reply) => reply.send(refusal(404, "There is no such call.")));
  app.setErrorHandler((error: Error, _request, reply) => reply.status(200).send(refusal(400, error.message)));
  return app;
}

type EmulatorSettings = Required<EmulatorOptions> & {
  readonly readKey: KeyPair;
  readonly deletionKey: KeyPair;
  readonly variants: Variants;
  readonly surroundings: Surroundings;
};

function fillDefaults({
  port = 0,
  users = [],
  accessKeyId = randomBytes(12).toString("hex"),
  accessKeySecret = randomBytes(16).toString("hex"),
  unknownIds = "ignore",
  rateLimit = PUBLISHED_RATE_LIMIT,
  latencyMs = 0,
  consistencyDelayMs = 0,
  clockSkewMs = 300_000,
  order = "as_asked",
  variants = {},
  surroundings = {},
  faults = [],
  steps = [],
  now = Date.now,
}: EmulatorOptions): EmulatorSettings {
  return {
    port,
    users,
    accessKeyId,
    accessKeySecret,
    readKey: randomKey(),
    deletionKey: randomKey(),
    unknownIds,
    rateLimit,
    latencyMs,
    consistencyDelayMs,
    clockSkewMs,
    order,
    variants: { ...DEFAULT_VARIANTS, ...variants },
    surroundings: { ...NO_SURROUNDINGS, ...surroundings },
    faults,
    steps,
    now,
  };
}

function randomKey(): KeyPair {
  return {
    accessKeyId: randomBytes(12).toString("hex"),
    accessKeySecret: randomBytes(16).toString("hex"),
  };
}
