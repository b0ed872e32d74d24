import type { FaultRule } from "../../src/emulator";

/** How the emulator of a measurement is set up. */
export interface EmulatedPool {
  /** How many users it holds. */
  readonly users: number;
  /** Milliseconds before each answer; default 0. */
  readonly latencyMs?: number;
  /** Whether the published rate limit holds; default no. */
  readonly limited?: boolean;
  readonly faults?: readonly FaultRule[];
}

/** Where an emulator is reached. */
export interface EmulatorReady {
  readonly kind: "ready";
  readonly url: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

/** What it received since it was asked last. */
export interface CallsReceived {
  readonly kind: "calls";
  /** By the last part of the path. */
  readonly byCall: Readonly<Record<string, number>>;
  /** How many of them were refused with 429. */
  readonly throttled: number;
  /** How many of them a fault struck. */
  readonly struck: number;
  /** The most that came within any second. */
  readonly mostInASecond: number;
  /** How many users the pool holds now. */
  readonly users: number;
}
