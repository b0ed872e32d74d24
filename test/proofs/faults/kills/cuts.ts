import type { ResourceType } from "../../../support/scenario";
import type { Cut } from "./send-signals";

/** The process that deletes users. */
const DELETER = { genauth_user_set: "provider", null_resource: "command" } as const satisfies Record<
  ResourceType,
  Cut["victim"]
>;

/**
 * How many calls an undisturbed apply makes: four for every 50 removed users. In addition, the provider looks up the whole
 * set at refresh, and the null resource looks up the remaining users at the end.
 */
export function callsOf(resourceType: ResourceType, size: number, staying: number): number {
  const lookedUp = resourceType === "genauth_user_set" ? size : staying;
  return Math.ceil(lookedUp / 50) + 4 * Math.ceil((size - staying) / 50);
}

function victimsOf(resourceType: ResourceType): readonly [Cut["victim"], Cut["victim"], Cut["victim"]] {
  return [DELETER[resourceType], "engine", "both"];
}

/** Cuts at every call, received and answered, for every victim. */
export function everyCut(resourceType: ResourceType, calls: number): Cut[] {
  return Array.from({ length: calls }, (_, index) => index + 1).flatMap((call) =>
    [false, true].flatMap((answered) =>
      victimsOf(resourceType).map((victim): Cut => ({ call, answered, victim })),
    ),
  );
}

/** `count` cuts, spread evenly over the calls; the victims take turns. */
export function spreadCuts(resourceType: ResourceType, count: number, calls: number): Cut[] {
  const victims = victimsOf(resourceType);
  return Array.from({ length: count }, (_, index): Cut => ({
    call: 1 + Math.floor((index * calls) / count),
    answered: index % 2 === 1,
    victim: victims[index % victims.length] ?? "both",
  }));
}

/** SIGINT and SIGTERM, once and twice, for every victim at each of some calls. */
export function signalCuts(resourceType: ResourceType, calls: readonly number[]): Cut[] {
  const signals = (["SIGINT", "SIGTERM"] as const).flatMap((signal) => [[signal], [signal, signal]]);
  return victimsOf(resourceType).flatMap((victim) =>
    signals.flatMap((sent) => calls.map((call): Cut => ({ victim, signals: sent, call, answered: false }))),
  );
}

/** Describes a cut. */
export function titleOf({ call, answered, victim, signals = ["SIGKILL"] }: Cut): string {
  return `${signals.join(", ")} to ${victim} when call ${call} is ${answered ? "answered" : "received"}`;
}
