import { setMaxListeners } from "node:events";
import type { Server } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import fastify from "fastify";
import type { FastifyInstance } from "fastify";
import { refusal } from "./answer";
import { CALLS } from "./calls";
import { type FaultRule, Rules } from "./faults";
import { handlerOf } from "./handler";
import type { Desk } from "./handler";
import type { OpenRecord, ReceivedCall } from "./journal";
import { Nonces } from "./nonces";
import { settingsOf } from "./options";
import type { EmulatorOptions, EmulatorSettings } from "./options";
import { UserPool } from "./pool";
import { RateLimiter } from "./rate-limit";
import type { StepRule } from "./steps";
import { Tokens } from "./tokens";

/** GenAuth on loopback: a user pool behind the part of the Management API that this project uses. */
export interface Emulator {
  /** Such as `http://127.0.0.1:41234`. */
  readonly url: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** The users, for those who act beside the API. */
  readonly pool: UserPool;
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
  const settings = settingsOf(options);
  const { accessKeyId, accessKeySecret } = settings;
  const pool = new UserPool(settings);
  // One by one: so many arguments at once would not fit the stack.
  for (const user of settings.users) pool.add(user);
  const faults = new Rules(pool, settings.faults);
  const steps = new Rules(pool, settings.steps);
  const journal: OpenRecord[] = [];
  const closing = new AbortController();
  // Every answer that is late listens to it: hundreds of listeners are no leak here.
  setMaxListeners(0, closing.signal);

  const desk = deskOf(settings, pool, { faults, steps }, journal, closing.signal);
  const app = serverOf({ ...desk, goAway: (ms) => goAway(app.server, ms, desk.sleep) });
  const url = await app.listen({ host: "127.0.0.1", port: settings.port });
  return {
    url,
    accessKeyId,
    accessKeySecret,
    pool,
    calls: journal,
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

function deskOf(
  settings: EmulatorSettings,
  pool: UserPool,
  rules: Pick<Desk, "faults" | "steps">,
  journal: OpenRecord[],
  closing: AbortSignal,
): Omit<Desk, "goAway"> {
  const { accessKeyId, accessKeySecret, unknownIds, order, clockSkewMs, latencyMs, rateLimit, now } =
    settings;
  const tokens = new Tokens(now);
  const nonces = new Nonces(now, 2 * clockSkewMs);
  return {
    gate: { accessKeyId, accessKeySecret, clockSkewMs, now, nonces, tokens },
    limiter: rateLimit ? new RateLimiter(rateLimit, now) : undefined,
    ...rules,
    scene: { pool, tokens, accessKeyId, accessKeySecret, unknownIds, order },
    journal,
    latencyMs,
    sleep: (ms) => delay(ms, undefined, { signal: closing }).catch(() => new Promise<never>(() => undefined)),
  };
}

/** Is gone for a while, as a server that is started anew: whoever comes is refused. */
async function goAway(server: Server, ms: number, sleep: Desk["sleep"]): Promise<void> {
  const address = server.address();
  if (typeof address !== "object" || address === null) return;
  server.close();
  server.closeAllConnections();
  await sleep(ms);
  server.listen(address.port, address.address);
}

function serverOf(desk: Desk): FastifyInstance {
  const app = fastify({ forceCloseConnections: true });
  app.addHook("onRequest", (_request, reply, done) => {
    reply.raw.setHeader("date", new Date(desk.gate.now()).toUTCString());
    done();
  });
  for (const call of CALLS)
    app.route({ method: call.method, url: `/api/v3/${call.name}`, handler: handlerOf(call, desk) });
  app.setNotFoundHandler((_request, reply) => reply.send(refusal(404, "There is no such call.")));
  app.setErrorHandler((error: Error, _request, reply) => reply.status(200).send(refusal(400, error.message)));
  return app;
}
