import { setMaxListeners } from "node:events";

/** How often to look whether Terraform is still there, in milliseconds. */
const PARENT_CHECK_INTERVAL_MS = 500;

/** Until when this run may begin something. */
export interface Lifetime {
  /** Fires on Ctrl-C, when something else asks the process to end, and when Terraform is gone. */
  readonly stop: AbortSignal;
  /** Looks no longer. */
  end(): void;
}

/** Ties a run to the Terraform that started it: with nobody there to keep the state, nothing new is begun. */
export function lifetime(): Lifetime {
  const stopping = new AbortController();
  // Each call that waits listens to it: Node.js would warn of a leak from the eleventh on.
  setMaxListeners(0, stopping.signal);
  const stop = (): void => stopping.abort();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  // Nobody reads the log any more.
  process.stdout.on("error", stop);
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== parent) stop();
  }, PARENT_CHECK_INTERVAL_MS);
  watch.unref();
  return { stop: stopping.signal, end: () => clearInterval(watch) };
}
