import { UNKNOWN } from "../../plugin";
import { type AppliedSet, NOT_DONE, reasonOf } from "../../users";
import { leaverUserIds, rebindingsOf } from "./attributes";
import type { SetUpdate } from "./change";
import type { UserSetModel } from "./schema";

type Elements = UserSetModel["removals"];
type Reactivations = UserSetModel["reactivations"];

/**
 * The state after an apply: declared users and survivors, how each leaver ended, and the drift between the
 * set and the pool.
 */
export function attributesAfter(
  planned: UserSetModel,
  update: SetUpdate,
  { leaving, waiting, stillWaiting, drift }: AppliedSet,
): UserSetModel {
  const users = new Map(planned.users === UNKNOWN ? [] : planned.users);
  for (const { id, label, ending } of leaving) if (ending.kind === "survivor") users.set(id, label);
  const { change } = update;
  const suspends = change.suspendDays > 0;
  const due = waiting.filter((leaver) => leaver.waiting?.isDue);
  return {
    ...planned,
    users,
    drift: driftAfter(planned.drift, drift),
    removals: endingsAfter(planned.removals, suspends ? due : [...leaving, ...due], "delete"),
    suspensions: endingsAfter(planned.suspensions, suspends ? leaving : [], "suspend"),
    reactivations: reactivationsAfter(planned.reactivations, waiting),
    leaver_user_ids:
      planned.leaver_user_ids === UNKNOWN ? leaverUserIds(change, waiting) : planned.leaver_user_ids,
    rebindings: planned.rebindings === UNKNOWN ? rebindingsOf(update) : planned.rebindings,
    suspended:
      planned.suspended === UNKNOWN
        ? new Map(stillWaiting.map(({ id, deleteFrom }) => [id, deleteFrom]))
        : planned.suspended,
  };
}

/** Elements with a known planned value keep it. */
function endingsAfter(
  planned: Elements,
  leavers: AppliedSet["leaving"],
  kind: "delete" | "suspend",
): Elements {
  const endings = new Map(leavers.map((leaver) => [leaver.id, endingOf(leaver, kind)]));
  if (planned === UNKNOWN) return endings;
  if (planned === null) return null;
  return new Map(
    [...planned].map(([id, value]) => [id, value === UNKNOWN ? (endings.get(id) ?? NOT_DONE[kind]) : value]),
  );
}

/** How it ended for those who are declared again. A known outcome stays. */
function reactivationsAfter(planned: Reactivations, leavers: AppliedSet["waiting"]): Reactivations {
  const reactivated = leavers.filter(({ ending }) => ending.kind === "reactivated");
  const outcomes = new Map(
    reactivated.map(({ id, waiting }): [string, { readonly user_id: string; readonly outcome: string }] => [
      id,
      { user_id: waiting?.userId ?? "", outcome: REACTIVATED },
    ]),
  );
  if (planned === UNKNOWN) return outcomes;
  if (planned === null) return planned;
  return new Map(
    [...planned].map(([id, element]) => {
      if (element === UNKNOWN || element?.outcome !== UNKNOWN) return [id, element];
      return [id, { ...element, outcome: outcomes.has(id) ? REACTIVATED : NOT_DONE.reactivate }];
    }),
  );
}

const REACTIVATED = "reactivated";

/** The values of a survivor. Only an apply sets them: a plan leaves them unknown. */
const NOT_CONFIRMED = { delete: "not confirmed gone", suspend: "not confirmed suspended" } as const;

function endingOf(leaver: AppliedSet["leaving"][number], kind: "delete" | "suspend"): string {
  const { ending } = leaver;
  if (ending.kind === "suspended") return ending.user.isOurs ? "suspended" : "not suspended by this set";
  if (ending.kind === "gone") return "deleted";
  if (ending.kind === "survivor") return NOT_CONFIRMED[kind];
  const reason = reasonOf(leaver);
  if (reason?.kind === "gone" || (reason?.kind === "released" && reason.isGone)) return "already gone";
  return reason?.kind === "never_found" ? "never found" : NOT_DONE[kind];
}

type Drift = UserSetModel["drift"];

/** The drift after an apply. The engine requires what was known at plan to stay the same. */
function driftAfter(planned: Drift, drift: AppliedSet["drift"]): Drift {
  if (planned === UNKNOWN || planned?.missing === UNKNOWN) return drift;
  return planned;
}
