import type { Cut } from "./cut-apply";

const VICTIMS = ["provider", "engine", "both"] as const;

/** A cut at every single call, received and answered, of every victim. */
export function everyCut(calls: number): Cut[] {
  return Array.from({ length: calls }, (_, index) => index + 1).flatMap((call) =>
    [false, true].flatMap((answered) => VICTIMS.map((victim): Cut => ({ call, answered, victim }))),
  );
}

/** `count` cuts, spread evenly over the calls; the victims take turns. */
export function spreadCuts(count: number, calls: number): Cut[] {
  return Array.from({ length: count }, (_, index): Cut => ({
    call: 1 + Math.floor((index * calls) / count),
    answered: index % 2 === 1,
    victim: VICTIMS[index % VICTIMS.length] ?? "both",
  }));
}

/** Signals as a person or a pipeline sends them: Ctrl-C reaches all, a pipeline's SIGTERM the engine alone. */
export const SIGNALS: readonly Pick<Cut, "victim" | "signals">[] = [
  { victim: "both", signals: ["SIGINT"] },
  { victim: "both", signals: ["SIGINT", "SIGINT"] },
  { victim: "engine", signals: ["SIGTERM"] },
  { victim: "engine", signals: ["SIGTERM", "SIGTERM"] },
  { victim: "both", signals: ["SIGTERM"] },
  { victim: "both", signals: ["SIGTERM", "SIGTERM"] },
  { victim: "provider", signals: ["SIGTERM"] },
];

/** A cut in words. */
export function titleOf({ call, answered, victim, signals = ["SIGKILL"] }: Cut): string {
  return `${signals.join(", ")} to ${victim} when call ${call} is ${answered ? "answered" : "received"}`;
}
