import { randomBytes } from "node:crypto";
import { setMaxListeners } from "node:events";
import type { Server } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import fastify from "fastify";
import type { FastifyInstance } from "fastify";
import { Nonces, PUBLISHED_RATE_LIMIT, type RateLimit, RateLimiter, Tokens } from "./admission";
import { ENDPOINTS } from "./endpoints";
import { createHandler, type OpenCall, type ReceivedCall, type RequestContext } from "./handle-request";
import { refusal } from "./messages";
import { EmulatedUserPool } from "./pool";
import type { PoolUser } from "./pool-user";
import { type FaultRule, Rules, type StepRule } from "./rules";

/** How an emulator is set up. Everything has a default. */
export interface EmulatorOptions {
  /** The port on 127.0.0.1; default a free one. */
  readonly port?: number;
  /** The users that are there from the start; default none. */
  readonly users?: readonly PoolUser[];
  /** Default 24 random hexadecimal digits. */
  readonly accessKeyId?: string;
  /** Default 32 random hexadecimal digits. */
  readonly accessKeySecret?: string;
  /** What happens to a deletion that names an id without a user: passed over (default), or the whole call refused. */
  readonly unknownIds?: "ignore" | "refuse";
  /** The rate limit; default what the public cloud publishes, `false` for none. */
  readonly rateLimit?: RateLimit | false;
  /** Milliseconds before each answer; default 0. */
  readonly latencyMs?: number;
  /** For how many milliseconds look-ups still show a deleted user; default 0. */
  readonly consistencyDelayMs?: number;
  /** How far a request's date may be from the server's clock, in milliseconds; default 300,000 (five minutes). */
  readonly clockSkewMs?: number;
  /** In which order a batch look-up answers; default as asked. The real API promises none. */
  readonly order?: "as_asked" | "reversed";
  /** What goes wrong from the start; more can be added later. */
  readonly faults?: readonly FaultRule[];
  /** What others do to the pool between two calls; more can be added later. */
  readonly steps?: readonly StepRule[];
  /** The server's clock, in milliseconds since 1970; default the machine's. */
  readonly now?: () => number;
}

/** GenAuth on loopback: a user pool behind the part of the Management API that this project uses. */
export interface Emulator {
  /** Such as `http://127.0.0.1:41234`. */
  readonly url: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** The users, for those who act beside the API. */
  readonly pool: EmulatedUserPool;
  /** The requests received so far, in order. */
  readonly calls: readonly ReceivedCall[];
  /** What goes wrong. */
  readonly faults: Rules<FaultRule>;
  /** What others do to the pool between two calls. */
  readonly steps: Rules<StepRule>;
  /** The variables that make the provider and the command talk to this emulator. */
  environment(): Record<"GENAUTH_HOST" | "GENAUTH_ACCESS_KEY_ID" | "GENAUTH_ACCESS_KEY_SECRET", string>;
  /** Stops at once, whatever hangs. */
  close(): Promise<void>;
}

/** Starts an emulator on 127.0.0.1. Fails if the port is taken. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const settings = fillDefaults(options);
  const { accessKeyId, accessKeySecret } = settings;
  const pool = new EmulatedUserPool(settings);
  // One by one: so many arguments at once would not fit the stack.
  for (const user of settings.users) pool.add(user);
  const faults = new Rules(pool, settings.faults);
  const steps = new Rules(pool, settings.steps);
  const received: OpenCall[] = [];
  const closing = new AbortController();
  // Every answer that is late listens to it: hundreds of listeners are no leak here.
  setMaxListeners(0, closing.signal);

  const context = createContext(settings, pool, { faults, steps }, received, closing.signal);
  const app = createServer({ ...context, goAway: (ms) => goAway(app.server, ms, context.sleep) });
  const url = await app.listen({ host: "127.0.0.1", port: settings.port });
  return {
    url,
    accessKeyId,
    accessKeySecret,
    pool,
    calls: received,
    faults,
    steps,
    environment: () => ({
      GENAUTH_HOST: url,
      GENAUTH_ACCESS_KEY_ID: accessKeyId,
      GENAUTH_ACCESS_KEY_SECRET: accessKeySecret,
    }),
    async close() {
      closing.abort();
      await app.close();
    },
  };
}

function createContext(
  settings: EmulatorSettings,
  pool: EmulatedUserPool,
  rules: Pick<RequestContext, "faults" | "steps">,
  received: OpenCall[],
  closing: AbortSignal,
): Omit<RequestContext, "goAway"> {
  const { accessKeyId, accessKeySecret, unknownIds, order, clockSkewMs, latencyMs, rateLimit, now } =
    settings;
  const tokens = new Tokens(now);
  const nonces = new Nonces(now, 2 * clockSkewMs);
  return {
    authentication: { accessKeyId, accessKeySecret, clockSkewMs, now, nonces, tokens },
    limiter: rateLimit ? new RateLimiter(rateLimit, now) : undefined,
    ...rules,
    callContext: { pool, tokens, accessKeyId, accessKeySecret, unknownIds, order },
    receivedCalls: received,
    latencyMs,
    sleep: (ms) => delay(ms, undefined, { signal: closing }).catch(() => new Promise<never>(() => undefined)),
  };
}

/** Is down for a while, like a server that restarts: connections are refused. */
async function goAway(server: Server, ms: number, sleep: RequestContext["sleep"]): Promise<void> {
  const address = server.address();
  if (typeof address !== "object" || address === null) return;
  server.close();
  server.closeAllConnections();
  await sleep(ms);
  server.listen(address.port, address.address);
}

function createServer(context: RequestContext): FastifyInstance {
  const app = fastify({ forceCloseConnections: true });
  app.addHook("onRequest", (_request, reply, done) => {
    reply.raw.setHeader("date", new Date(context.authentication.now()).toUTCString());
    done();
  });
  for (const endpoint of ENDPOINTS)
    app.route({
      method: endpoint.method,
      url: `/api/v3/${endpoint.name}`,
      handler: createHandler(endpoint, context),
    });
  app.setNotFoundHandler((_request, reply) => reply.send(refusal(404, "There is no such call.")));
  app.setErrorHandler((error: Error, _request, reply) => reply.status(200).send(refusal(400, error.message)));
  return app;
}

/** Options with every default filled in. */
type EmulatorSettings = Required<EmulatorOptions>;

/** Fills the defaults in. */
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
  faults = [],
  steps = [],
  now = Date.now,
}: EmulatorOptions): EmulatorSettings {
  return {
    port,
    users,
    accessKeyId,
    accessKeySecret,
    unknownIds,
    rateLimit,
    latencyMs,
    consistencyDelayMs,
    clockSkewMs,
    order,
    faults,
    steps,
    now,
  };
}
