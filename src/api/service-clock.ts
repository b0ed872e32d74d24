import type { Clock } from "../timing";
import type { Reply } from "./transport";

/**
 * GenAuth's clock, as its answers tell it.
 *
 * The rule: the `Date` of an answer is right to some seconds, and does not step back while a process runs. So
 * the latest answer counts, and between two answers this machine's clock runs on. The header has whole
 * seconds, so the time is never ahead of GenAuth's.
 */
export class ServiceClock {
  readonly #clock: Pick<Clock, "elapsed">;
  /** GenAuth's time in the latest answer, and this machine's {@link Clock.elapsed} then. */
  #latest: { readonly serviceMs: number; readonly elapsedMs: number } | undefined;

  constructor(clock: Pick<Clock, "elapsed">) {
    this.#clock = clock;
  }

  /**
   * Learns from an answer that has just arrived. To be called with GenAuth's own answers: a gateway's page
   * tells a gateway's time.
   */
  learn(reply: Reply): void {
    const serviceMs = readDate(reply);
    if (serviceMs !== undefined) this.#latest = { serviceMs, elapsedMs: this.#clock.elapsed() };
  }

  /** GenAuth's time, in milliseconds since 1970; `undefined` before the first answer. */
  now(): number | undefined {
    return this.#latest && this.#latest.serviceMs + this.#clock.elapsed() - this.#latest.elapsedMs;
  }
}

/** The time of the server in an answer's `Date`, in milliseconds since 1970. */
export function readDate(reply: Reply): number | undefined {
  const date = reply.kind === "answer" ? Date.parse(reply.date ?? "") : NaN;
  return Number.isNaN(date) ? undefined : date;
}
