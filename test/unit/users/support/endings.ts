import { type Leaver, reasonOf } from "../../../../src/users/fate";
import type { Target } from "../../../../src/users/calls/call-run";
import type { Ending } from "../../../../src/users/calls/ending";

/** Who is gone, who survived and who was left alone, each list in the order of the targets. */
export function deletionsIn(endings: ReadonlyMap<Target, Ending>) {
  const entries = [...endings];
  return {
    gone: entries.flatMap(([{ id }, { kind }]) => (kind === "gone" ? [id] : [])),
    survivors: entries.flatMap(([{ id, label }, ending]) =>
      ending.kind === "survivor" ? [{ id, label, reason: ending.reason, failure: ending.failure }] : [],
    ),
    kept: entries.flatMap(([{ id, label }, ending]) =>
      ending.kind === "unchanged" && ending.because ? [{ id, label, reason: ending.because }] : [],
    ),
  };
}

/** Who waits, who survived and who was left alone. */
export function suspensionsIn(endings: ReadonlyMap<Target, Ending>) {
  const { survivors, kept } = deletionsIn(endings);
  const waiting = [...endings.values()].flatMap((ending) =>
    ending.kind === "suspended" ? [ending.user] : [],
  );
  return { waiting, survivors, kept };
}

/** What becomes of a leaver: the call, or why there is none. */
export function kindOf(leaver: Leaver): string {
  return (reasonOf(leaver) ?? leaver.fate).kind;
}
