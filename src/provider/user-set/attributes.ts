import { isDeepStrictEqual } from "node:util";
import { UNKNOWN } from "../../plugin";
import { type ApprovedPlan, applyChange, type ChangePlan, NOT_DONE, reasonOf, UserIdType } from "../../users";
import type { ProviderContext } from "../context";
import type { SetUpdate } from "./change";
import type { UserSetModel } from "./schema";

type Elements = UserSetModel["removals"];
type Applied = Exclude<Awaited<ReturnType<typeof applyChange>>, { readonly refusals: unknown }>;
type Planned = string | typeof UNKNOWN;
type Reactivations = UserSetModel["reactivations"];
type Reactivation = { readonly user_id: string; readonly outcome: Planned };

/**
 * The planned state of an update. In `removals`, `suspensions` and `reactivations`, an element or its outcome is unknown for a user who may be
 * deleted, suspended or reactivated, and known for everybody else. The engine plans again before it applies: a known element must then be the
 * same, and an unknown one may take any value. So the engine itself refuses an apply that would delete a user that the plan does not delete
 * (seen on Terraform 1.11.4 and OpenTofu 1.12.6).
 */
export function planAttributes(
  prior: UserSetModel,
  proposed: UserSetModel,
  update: SetUpdate,
  plan: ChangePlan,
  context: ProviderContext,
): UserSetModel {
  const planned: UserSetModel = {
    ...proposed,
    drift: planDrift(prior, update, plan),
    suspended: plan.changesWaiting ? UNKNOWN : planSuspended(prior, plan),
  };
  const endings = planEndings(update, plan);
  if (mustSayEndings(endings, plan, context.refreshed.has(prior.id) && isDeepStrictEqual(planned, prior)))
    return { ...planned, ...endings };
  if (isDeepStrictEqual(planned, prior)) return planned;
  // Without a refresh, the change would carry the endings of the last apply on.
  const reported = withoutEndings(planned);
  if (endings.reactivations !== UNKNOWN) return reported;
  // The plan that the apply makes may turn out to change nothing else, and then carries them on.
  const open = (Object.keys(reported) as (keyof UserSetModel)[]).filter(
    (name) => !isDeepStrictEqual(reported[name], planned[name]),
  );
  return {
    ...reported,
    ...Object.fromEntries(open.map((name) => [name, UNKNOWN])),
    reactivations: UNKNOWN,
  };
}

/** A set whose endings of the last apply have been reported, which they are once. */
export function withoutEndings(set: UserSetModel): UserSetModel {
  return {
    ...set,
    removals: set.removals && new Map(),
    suspensions: set.suspensions && new Map(),
    reactivations: set.reactivations && new Map(),
    leaver_user_ids: set.leaver_user_ids && new Map(),
  };
}

/** What a plan says of each leaver, and of those who are declared again. */
interface PlannedEndings {
  readonly removals: ReadonlyMap<string, Planned>;
  readonly suspensions: ReadonlyMap<string, Planned>;
  readonly reactivations: ReadonlyMap<string, Reactivation> | typeof UNKNOWN;
  readonly leaver_user_ids: ReadonlyMap<string, string>;
}

function planEndings({ change }: SetUpdate, plan: ChangePlan): PlannedEndings {
  const { leaving, waiting, revoking } = plan;
  const suspends = change.suspendDays > 0;
  const endingsOf = (leavers: ChangePlan["leaving"], otherwise: string) =>
    leavers.map(({ id }): [string, Planned] => [id, revoking.has(id) ? UNKNOWN : otherwise]);
  const leavingLater = waiting.filter((leaver) => leaver.waiting?.isDue);
  const due = endingsOf(leavingLater, NOT_DONE.delete);
  const left = endingsOf(leaving, suspends ? NOT_DONE.suspend : NOT_DONE.delete);
  return {
    removals: new Map(suspends ? due : [...left, ...due]),
    suspensions: new Map(suspends ? left : []),
    reactivations: planReactivations(plan),
    leaver_user_ids: leaverUserIds(change, waiting),
  };
}

/**
 * Whom the ids of leavers, and of those who are due, name: the users to whom the state binds them. Nothing of it comes from a look-up of this run,
 * so the plan that an apply makes says the same, whatever has happened in the pool. Of type `user_id`, an id says it itself.
 */
function leaverUserIds(
  { type, difference, bindings = new Map<string, string>() }: SetUpdate["change"],
  leavers: ChangePlan["waiting"],
): ReadonlyMap<string, string> {
  if (type === UserIdType.USER_ID) return new Map();
  const due = leavers.flatMap(({ id, waiting }): [string, string][] =>
    waiting?.isDue ? [[id, waiting.userId]] : [],
  );
  const bound = [...difference.removed.keys()].flatMap((id): [string, string][] => {
    const userId = bindings.get(id);
    return userId === undefined ? [] : [[id, userId]];
  });
  return new Map([...due, ...bound]);
}

/**
 * Whether a plan says them. One without leavers that would only say `not deleted` of those who are due is empty, if a refresh has come before and
 * nothing else changes. An apply plans again, in a process that refreshes no set, and must say what becomes of everybody whom its plan deletes.
 *
 * @param isOtherwiseEmpty whether this is the plan after a refresh, and nothing else of the set changes
 */
function mustSayEndings(
  { removals: due }: PlannedEndings,
  plan: ChangePlan,
  isOtherwiseEmpty: boolean,
): boolean {
  if (plan.leaving.length > 0) return true;
  const { returning = [] } = plan;
  if (due.size + returning.length === 0) return false;
  const isDone = [...due.values()].includes(UNKNOWN) || returning.some(({ mayReturn }) => mayReturn);
  return isDone || !isOtherwiseEmpty;
}

/**
 * `drift` in a plan. What is known of it must hold at apply, so it follows from the state and the configuration alone. Who joins a set may be in
 * the pool at plan and not at apply, or the other way round, so `missing` is open although the plan has looked everybody up.
 */
function planDrift(prior: UserSetModel, { change, memory }: SetUpdate, plan: ChangePlan): Drift {
  const { removed, added } = change.difference;
  if (removed.size + memory.undeclared.size + memory.rebindings.size > 0 || plan.changesWaiting)
    return UNKNOWN;
  if (added.size === 0) return prior.drift;
  return prior.drift === null ? UNKNOWN : { missing: UNKNOWN, survivors: [], locked_out: UNKNOWN };
}

type Drift = UserSetModel["drift"];

/** The drift after an apply. Terraform requires what was known at plan to stay the same. */
function driftAfter(planned: Drift, drift: Applied["drift"]): Drift {
  if (planned === UNKNOWN || planned?.missing === UNKNOWN) return drift;
  return planned;
}

/** What becomes of those who are declared again. */
function planReactivations({ returning }: ChangePlan): PlannedEndings["reactivations"] {
  if (!returning) return UNKNOWN;
  return new Map(
    returning.map(({ id, userId, mayReturn }) => [
      id,
      { user_id: userId, outcome: mayReturn ? UNKNOWN : NOT_DONE.reactivate },
    ]),
  );
}

/**
 * `suspended` in a plan that changes nothing for those who wait, but for a postponed day. In any other plan, all of it is unknown, although an
 * engine then shows everybody who waits with a minus sign. Single elements cannot be (tried on Terraform 1.11.4 and OpenTofu 1.12.6): one that
 * is absent in the plan may not come back if the deletion fails ("new element has appeared"), and an unknown one may not leave ("element has
 * vanished"). One that becomes null is accepted, but stays in the state of somebody who is gone. And everybody who waits is looked up at apply,
 * so a status that changes after the plan would make the engine refuse the apply of all others.
 */
function planSuspended({ suspended }: UserSetModel, { waiting }: ChangePlan): UserSetModel["suspended"] {
  if (suspended === null) return suspended;
  return new Map(
    waiting.flatMap((leaver) => (leaver.waiting ? [[leaver.id, leaver.waiting.deleteFrom]] : [])),
  );
}

/** What an approved plan allows, by its unknown elements. */
export function approvedPlanOf(planned: UserSetModel): ApprovedPlan {
  const isUnknown = (elements: Elements, id: string): boolean =>
    elements instanceof Map && elements.get(id) === UNKNOWN;
  return {
    allows: (id, kind) => {
      if (kind === "reactivate") return isReactivatedIn(planned.reactivations, id);
      return isUnknown(kind === "delete" ? planned.removals : planned.suspensions, id);
    },
    changesWaiting: planned.suspended === UNKNOWN,
  };
}

function isReactivatedIn(reactivations: Reactivations, id: string): boolean {
  if (reactivations === null || reactivations === UNKNOWN) return reactivations === UNKNOWN;
  const element = reactivations.get(id);
  return element === UNKNOWN || element?.outcome === UNKNOWN;
}

/** The state after an apply: declared users and survivors, how each leaver ended, and the drift between the set and the pool. */
export function attributesAfter(
  planned: UserSetModel,
  { change }: SetUpdate,
  { leaving, waiting, stillWaiting, drift }: Applied,
): UserSetModel {
  const users = new Map(planned.users === UNKNOWN ? [] : planned.users);
  for (const { id, label, ending } of leaving) if (ending.kind === "survivor") users.set(id, label);
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
    suspended:
      planned.suspended === UNKNOWN
        ? new Map(stillWaiting.map(({ id, deleteFrom }) => [id, deleteFrom]))
        : planned.suspended,
  };
}

/** Elements with a known planned value keep it. */
function endingsAfter(planned: Elements, leavers: Applied["leaving"], kind: "delete" | "suspend"): Elements {
  const endings = new Map(leavers.map((leaver) => [leaver.id, endingOf(leaver, kind)]));
  if (planned === UNKNOWN) return endings;
  if (planned === null) return null;
  return new Map(
    [...planned].map(([id, value]) => [id, value === UNKNOWN ? (endings.get(id) ?? NOT_DONE[kind]) : value]),
  );
}

/** How it ended for those who are declared again. A known outcome stays. */
function reactivationsAfter(planned: Reactivations, leavers: Applied["waiting"]): Reactivations {
  const reactivated = leavers.filter(({ ending }) => ending.kind === "reactivated");
  const outcomes = new Map(
    reactivated.map(({ id, waiting }): [string, Reactivation] => [
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

function endingOf(leaver: Applied["leaving"][number], kind: "delete" | "suspend"): string {
  const { ending } = leaver;
  if (ending.kind === "suspended") return ending.user.isOurs ? "suspended" : "not suspended by this set";
  if (ending.kind === "gone") return "deleted";
  if (ending.kind === "survivor") return NOT_CONFIRMED[kind];
  const reason = reasonOf(leaver);
  if (reason?.kind === "gone" || (reason?.kind === "released" && reason.isGone)) return "already gone";
  return reason?.kind === "never_found" ? "never found" : NOT_DONE[kind];
}
