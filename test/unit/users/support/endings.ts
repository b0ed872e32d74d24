import { type Leaver, reasonOf } from "../../../../src/users/change/fate";
import type { Kept, Survival, Target } from "../../../../src/users/calls/call-run";
import type { DeletionEnding } from "../../../../src/users/calls/deletion-call";
import type { SuspensionEnding } from "../../../../src/users/calls/suspend-users";

type Ending = DeletionEnding | SuspensionEnding;

/** Targets with one kind of ending, each with what the ending says. */
function endedAs<E extends Ending, K extends E["kind"]>(endings: ReadonlyMap<Target, E>, kind: K) {
  return [...endings].flatMap(([target, ending]) =>
    ending.kind === kind ? [{ ...target, ...(ending as Extract<E, { kind: K }>) }] : [],
  );
}

/** Who is gone, who survived and who was kept, each list in the order of the targets. */
export function deletionsIn(endings: ReadonlyMap<Target, DeletionEnding>) {
  return {
    gone: endedAs(endings, "gone").map(({ id }) => id),
    survivors: endedAs(endings, "survivor").map(survivorOf),
    kept: endedAs(endings, "kept").map(keptOf),
  };
}

/** Who waits, who survived and who was kept. */
export function suspensionsIn(endings: ReadonlyMap<Target, SuspensionEnding>) {
  return {
    waiting: endedAs(endings, "waiting").map(({ id, label, user }) => ({ id, label, ...user })),
    survivors: endedAs(endings, "survivor").map(survivorOf),
    kept: endedAs(endings, "kept").map(keptOf),
  };
}

function survivorOf({ id, label, reason, failure, deletedInstead }: Target & Survival) {
  return { id, label, reason, failure, deletedInstead };
}

function keptOf({ id, label, reason }: Target & Kept) {
  return { id, label, reason };
}

/** What becomes of a leaver: the call, or why there is none. */
export function kindOf(leaver: Leaver): string {
  return (reasonOf(leaver) ?? leaver.fate).kind;
}

/** Equal neighbours as one: `a*3`. */
export function inRuns(values: readonly unknown[]): string {
  const parts: [string, number][] = [];
  for (const value of values.map(String)) {
    const last = parts.at(-1);
    if (last?.[0] === value) last[1] += 1;
    else parts.push([value, 1]);
  }
  return parts.map(([value, count]) => (count > 1 ? `${value}*${count}` : value)).join(" ");
}

/** What a row of a table says of an end: a reason in brackets is a part of it, and `…` stands for anything. */
export function asPattern(end: string): RegExp {
  const escaped = end.replace(/[.*+?^${}()|\\]/g, "\\$&").replace(/\[(.*?)\]/g, "\\[[^\\]]*?$1[^\\]]*\\]");
  return new RegExp(`^${escaped.replaceAll("…", ".*")}$`, "s");
}
