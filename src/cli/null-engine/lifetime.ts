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
