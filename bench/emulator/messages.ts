import type { FaultRule } from "../../test/support/emulator";

/** The options of a measurement's emulator. */
export interface EmulatedPool {
  /** How many users it starts with. */
  readonly users: number;
  /** Milliseconds before each answer; default 0. */
  readonly latencyMs?: number;
  /** Whether it enforces the published rate limit; default no. */
  readonly limited?: boolean;
  readonly faults?: readonly FaultRule[];
}

/** The emulator's address and keys. */
export interface EmulatorReady {
  readonly kind: "ready";
  readonly url: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

/** The calls it received since the last request for them. */
export interface CallsReceived {
  readonly kind: "calls";
  /** Counted by the last part of the path. */
  readonly byCall: Readonly<Record<string, number>>;
  /** How many of them were refused with 429. */
  readonly throttled: number;
  /** How many calls had a fault since the start. */
  readonly faulty: number;
  /** The most calls within any second. */
  readonly mostInASecond: number;
  /** The current number of users. */
  readonly users: number;
}
