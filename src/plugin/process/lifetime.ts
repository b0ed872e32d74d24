import { watchParent } from "../../parent-watch";

/** Exit codes by which a process tells that a signal ended it: 128 and the signal's number. */
const ENDING_SIGNALS = { SIGTERM: 128 + 15, SIGHUP: 128 + 1 } as const;

/**
 * Ties this process to the one that started it: it goes when Terraform goes, in whatever way, and cleans up. Ctrl-C
 * reaches the whole process group, but only Terraform decides what it means, so SIGINT alone does nothing.
 */
export function liveWithParent(cleanUp: () => void): void {
  process.on("exit", cleanUp);
  process.on("SIGINT", () => undefined);
  for (const [signal, code] of Object.entries(ENDING_SIGNALS)) process.on(signal, () => process.exit(code));
  watchParent(() => process.exit(1));
}

/** Ends the process when nobody reads its log any more: the same sign, seen earlier. */
export function liveWithReader(): void {
  process.stderr.on("error", () => process.exit(1));
}
