import { setTimeout as delay } from "node:timers/promises";
import type { Emulator } from "../../../support/emulator";
import type { Child } from "../../../support/workspace";
import { argumentsOf, childrenOf } from "../../../support/faults/processes";

/** How and where an apply is cut. */
export interface Cut {
  /** The call, counted from 1 over the whole run: refresh, look-up, deletion, read-back. */
  readonly call: number;
  /** Whether to wait until the call has been answered, or only received. */
  readonly answered: boolean;
  /** The process that deletes (provider or the null resource's command), the engine, or all of them. */
  readonly victim: "provider" | "command" | "engine" | "both";
  /** The signals, one after the other; default one SIGKILL. */
  readonly signals?: readonly NodeJS.Signals[];
}

/**
 * Waits for the call, or for the end of a run with fewer calls, and sends the signals.
 *
 * @returns whether a process received the first signal
 */
export async function cutRun(
  { call, answered, ...signals }: Cut,
  child: Child,
  emulator: Emulator,
): Promise<boolean> {
  const isDue = (): boolean => {
    const due = emulator.calls[call - 1];
    return due !== undefined && (!answered || due.statusCode !== undefined);
  };
  await until(isDue, child);
  return await sendSignals(signals, child);
}

/** Waits until a condition holds, or the process has ended. */
export async function until(holds: () => boolean, child: Child): Promise<void> {
  const end = child.finished.then(() => "ended" as const);
  let happened: unknown;
  while (happened !== "ended" && !holds()) happened = await Promise.race([delay(1), end]);
}

/**
 * Sends signals at once.
 *
 * @returns whether a process received the first of them
 */
export async function sendSignals(
  { victim, signals = ["SIGKILL"] }: Pick<Cut, "victim" | "signals">,
  child: Child,
): Promise<boolean> {
  let met = false;
  for (const [index, name] of signals.entries()) {
    const signalled = victims(victim, child.pid).filter((pid) => trySignal(pid, name));
    if (index === 0) met = signalled.length > 0;
    // The process must handle the first signal before it gets the second.
    if (signals.length > 1) await delay(50);
  }
  return met;
}

function victims(victim: Cut["victim"], engine: number): number[] {
  switch (victim) {
    case "engine":
      return [engine];
    case "command":
      return childrenOf(engine).filter(isCommand);
    case "provider":
      return childrenOf(engine);
    case "both":
      return [engine, ...childrenOf(engine)];
  }
}

function isCommand(pid: number): boolean {
  try {
    return argumentsOf(pid).includes("apply-null-resource");
  } catch {
    // It ended after it was listed.
    return false;
  }
}

function trySignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    // It has already ended.
    return false;
  }
}
