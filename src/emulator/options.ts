import { randomBytes } from "node:crypto";
import type { FaultRule } from "./faults";
import type { PoolUser } from "./pool-user";
import { PUBLISHED_RATE_LIMIT } from "./rate-limit";
import type { RateLimit } from "./rate-limit";
import type { StepRule } from "./steps";

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

/** Options with every default filled in. */
export type EmulatorSettings = Required<EmulatorOptions>;

/** Fills the defaults in. */
export function settingsOf({
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
