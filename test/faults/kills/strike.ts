import { setTimeout as delay } from "node:timers/promises";
import type { Emulator } from "../../../src/emulator";
import type { Child } from "../../support/workspace";
import { argumentsOf, childrenOf } from "../support/processes";

/** How and where an apply is cut. */
export interface Cut {
  /** The call at which it happens, counted from 1 over the whole run: refresh, look-up, deletion, read-back. */
  readonly call: number;
  /** Whether that call has been answered by then, or only received. */
  readonly answered: boolean;
  /** The process that deletes, which is the provider or the null resource's command; Terraform; or all of them. */
  readonly victim: "provider" | "command" | "engine" | "both";
  /** What the victim gets, one after the other; default one SIGKILL. */
  readonly signals?: readonly NodeJS.Signals[];
}

/**
 * Waits for the call, then strikes; or for the end, where the run makes fewer calls.
 *
 * @returns whether a process was there to be struck
 */
export async function strike(
  { call, answered, ...blow }: Cut,
  child: Child,
  emulator: Emulator,
): Promise<boolean> {
  const isDue = (): boolean => {
    const due = emulator.calls[call - 1];
    return due !== undefined && (!answered || due.statusCode !== undefined);
  };
  await until(isDue, child);
  return await signal(blow, child);
}

/** Waits until something holds, or the process has ended. */
export async function until(holds: () => boolean, child: Child): Promise<void> {
  const end = child.finished.then(() => "ended" as const);
  let happened: unknown;
  while (happened !== "ended" && !holds()) happened = await Promise.race([delay(1), end]);
}

/**
 * Sends the signals, whatever the run is doing.
 *
 * @returns whether a process took the first of them
 */
export async function signal(
  { victim, signals = ["SIGKILL"] }: Pick<Cut, "victim" | "signals">,
  child: Child,
): Promise<boolean> {
  let met = false;
  for (const [index, name] of signals.entries()) {
    const told = victims(victim, child.pid).filter((pid) => tell(pid, name));
    if (index === 0) met = told.length > 0;
    // A second signal counts as such only once the first one has been taken.
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
    // It ended between the listing and the reading.
    return false;
  }
}

function tell(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    // It has ended by itself.
    return false;
  }
}
