import type { UserSetEngine } from "../../support/scenario";
import type { Cut } from "./strike";

/** What deletes the users of a set. */
const WORKER = { provider: "provider", null_resource: "command" } as const satisfies Record<
  UserSetEngine,
  Cut["victim"]
>;

/**
 * How many calls an undisturbed apply makes: three for each 50 who leave; the provider looks the whole set up at
 * refresh, the null engine those who stay, at the end.
 */
export function callsOf(engine: UserSetEngine, size: number, staying: number): number {
  const lookedUp = engine === "provider" ? size : staying;
  return Math.ceil(lookedUp / 50) + 3 * Math.ceil((size - staying) / 50);
}

function victimsOf(engine: UserSetEngine): readonly [Cut["victim"], Cut["victim"], Cut["victim"]] {
  return [WORKER[engine], "engine", "both"];
}

/** A cut at every single call, received and answered, of every victim. */
export function everyCut(engine: UserSetEngine, calls: number): Cut[] {
  return Array.from({ length: calls }, (_, index) => index + 1).flatMap((call) =>
    [false, true].flatMap((answered) => victimsOf(engine).map((victim): Cut => ({ call, answered, victim }))),
  );
}

/** `count` cuts, spread evenly over the calls; the victims take turns. */
export function spreadCuts(engine: UserSetEngine, count: number, calls: number): Cut[] {
  const victims = victimsOf(engine);
  return Array.from({ length: count }, (_, index): Cut => ({
    call: 1 + Math.floor((index * calls) / count),
    answered: index % 2 === 1,
    victim: victims[index % victims.length] ?? "both",
  }));
}

/** Ctrl-C and a pipeline's end, once and twice, of every victim at each of some calls. */
export function signalCuts(engine: UserSetEngine, calls: readonly number[]): Cut[] {
  const signals = (["SIGINT", "SIGTERM"] as const).flatMap((signal) => [[signal], [signal, signal]]);
  return victimsOf(engine).flatMap((victim) =>
    signals.flatMap((sent) => calls.map((call): Cut => ({ victim, signals: sent, call, answered: false }))),
  );
}

/** A cut in words. */
export function titleOf({ call, answered, victim, signals = ["SIGKILL"] }: Cut): string {
  return `${signals.join(", ")} to ${victim} when call ${call} is ${answered ? "answered" : "received"}`;
}
