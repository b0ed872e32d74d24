import { isDeepStrictEqual } from "node:util";
import { UNKNOWN } from "../../plugin";
import { type ApprovedPlan, type ChangePlan, NOT_DONE, UserIdType } from "../../users";
import type { ProviderContext } from "../context";
import type { SetUpdate } from "./change";
import type { UserSetModel } from "./schema";

/*
 * The planned values of the computed attributes. They are the contract between a plan and its apply, the same
 * on all engines: an apply plans once more, and the engine refuses it if a value that the plan knew is
 * another one then. A value that the plan did not know may become any (seen on Terraform 1.11.4 and OpenTofu
 * 1.12.6). So what is known here must follow from the state, its private data and the configuration alone.
 *
 * A plan without any change must be empty. Each attribute has one predicate that says when it changes, or
 * may:
 *
 * - `drift`: `mayChangeDrift`
 * - `suspended`: `suspendedMayChange` of the plan of the domain
 * - `removals`, `suspensions`, `reactivations`, `leaver_user_ids`, `rebindings`: `hasNews`, for all of them
 *   together
 */

/** A value in a map of endings. */
export type PlannedEnding = string | typeof UNKNOWN;

/** The attributes that say what one apply does. The refresh after it empties them. */
type Endings = Pick<
  UserSetModel,
  "removals" | "suspensions" | "reactivations" | "leaver_user_ids" | "rebindings"
>;

/**
 * The planned state of an update. In `removals`, `suspensions` and `reactivations`, an element or its outcome
 * is unknown for a user who may be deleted, suspended or reactivated, and known for everybody else. So the
 * engine itself refuses an apply that would delete a user that the plan does not delete.
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
    suspended: plan.suspendedMayChange ? UNKNOWN : planSuspended(prior, plan),
  };
  const isUnchanged = isDeepStrictEqual(planned, prior);
  const endings = planEndings(update, plan);
  if (hasNews(endings, plan, isUnchanged && context.refreshed.has(prior.id)))
    return { ...planned, ...endings };
  // Without a refresh, the state still has the endings of the last apply: an empty plan leaves them, and any
  // other one empties them.
  if (isUnchanged) return planned;
  return endings.reactivations === UNKNOWN ? openEndings(planned) : withoutEndings(planned);
}

/**
 * A planned set while it is not known who is declared again. The plan that the apply makes may turn out to
 * change nothing, and then leaves the endings of the last apply, so those cannot be known to be empty.
 */
function openEndings(planned: UserSetModel): UserSetModel {
  const emptied = withoutEndings(planned);
  const names = (Object.keys(emptied) as (keyof UserSetModel)[]).filter(
    (name) => !isDeepStrictEqual(emptied[name], planned[name]),
  );
  return { ...emptied, ...Object.fromEntries(names.map((name) => [name, UNKNOWN])), reactivations: UNKNOWN };
}

/** A set whose endings of the last apply have been reported, which they are once. */
export function withoutEndings(set: UserSetModel): UserSetModel {
  return {
    ...set,
    removals: set.removals && new Map(),
    suspensions: set.suspensions && new Map(),
    reactivations: set.reactivations && new Map(),
    leaver_user_ids: set.leaver_user_ids && new Map(),
    rebindings: set.rebindings && new Map(),
  };
}

/**
 * Whether a plan has to say what its apply does to somebody: to those who leave, to those who are due or
 * declared again, or to the user that an id is bound to. If all who are due wait on and nobody is
 * reactivated, that is said only beside another change, so that the plan is empty otherwise. An apply plans
 * again, in a process that refreshes no set, and must say what becomes of everybody that its plan deletes.
 *
 * @param isOtherwiseEmpty whether this is the plan after a refresh, and nothing else of the set changes
 */
function hasNews(endings: PlannedEndings, plan: ChangePlan, isOtherwiseEmpty: boolean): boolean {
  if (plan.leaving.length > 0 || endings.rebindings.size > 0) return true;
  const { returning = [] } = plan;
  // Where an apply may delete or reactivate somebody, `suspended` is open, so the plan is not empty.
  return endings.removals.size + returning.length > 0 && !isOtherwiseEmpty;
}

/**
 * What a plan says of each leaver, of those who are declared again, and of ids that mean somebody else from
 * now on.
 */
interface PlannedEndings extends Endings {
  readonly removals: ReadonlyMap<string, PlannedEnding>;
  readonly rebindings: Rebindings;
}

function planEndings(update: SetUpdate, plan: ChangePlan): PlannedEndings {
  const { leaving, waiting, revoking } = plan;
  const suspends = update.change.suspendDays > 0;
  const endingsOf = (leavers: ChangePlan["leaving"], otherwise: string) =>
    leavers.map(({ id }): [string, PlannedEnding] => [id, revoking.has(id) ? UNKNOWN : otherwise]);
  const leavingLater = waiting.filter((leaver) => leaver.waiting?.isDue);
  const due = endingsOf(leavingLater, NOT_DONE.delete);
  const left = endingsOf(leaving, suspends ? NOT_DONE.suspend : NOT_DONE.delete);
  return {
    removals: new Map(suspends ? due : [...left, ...due]),
    suspensions: new Map(suspends ? left : []),
    reactivations: planReactivations(plan),
    leaver_user_ids: leaverUserIds(update.change, waiting),
    rebindings: rebindingsOf(update),
  };
}

/**
 * The users that the state binds to the ids of leavers, and of those who are due. Nothing of it comes from a
 * look-up of this run, so the plan that an apply makes says the same, whatever has happened in the pool. Of
 * type `user_id`, an id says it itself.
 */
export function leaverUserIds(
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
 * Of each declared id that has passed on: the user that it is bound to, and the one that an apply binds it
 * to. Known in a plan, because the state holds both.
 */
type Rebindings = ReadonlyMap<string, { readonly former_user_id: string; readonly user_id: string }>;

/** The ids that an apply binds to somebody else, as the last refresh found them. */
export function rebindingsOf({ change, memory }: Pick<SetUpdate, "change" | "memory">): Rebindings {
  return new Map(
    [...memory.rebindings].flatMap(([id, userId]) => {
      const former = memory.bindings.get(id);
      return former !== undefined && change.declared.has(id)
        ? [[id, { former_user_id: former, user_id: userId }]]
        : [];
    }),
  );
}

/**
 * `drift` in a plan. Who joins a set may be in the pool at plan and not at apply, or the other way round, so
 * `missing` is open although the plan has looked everybody up.
 */
function planDrift(prior: UserSetModel, update: SetUpdate, plan: ChangePlan): UserSetModel["drift"] {
  if (mayChangeDrift(update, plan)) return UNKNOWN;
  if (update.change.difference.added.size === 0) return prior.drift;
  return prior.drift === null ? UNKNOWN : { missing: UNKNOWN, survivors: [], locked_out: UNKNOWN };
}

/** Whether an apply may change more of `drift` than who of those who join is missing or locked out. */
function mayChangeDrift({ change, memory }: SetUpdate, plan: ChangePlan): boolean {
  const mayLeave = change.difference.removed.size + memory.undeclared.size > 0;
  return mayLeave || memory.rebindings.size > 0 || plan.suspendedMayChange;
}

/** What becomes of those who are declared again. */
function planReactivations({ returning }: ChangePlan): UserSetModel["reactivations"] {
  if (!returning) return UNKNOWN;
  return new Map(
    returning.map(({ id, userId, mayReturn }) => [
      id,
      { user_id: userId, outcome: mayReturn ? UNKNOWN : NOT_DONE.reactivate },
    ]),
  );
}

/**
 * `suspended` in a plan that changes nothing for those who wait, but for a postponed day. In any other plan,
 * all of it is unknown, although an engine then shows everybody who waits with a minus sign. Single elements
 * cannot be (tried on Terraform 1.11.4 and OpenTofu 1.12.6): one that is absent in the plan may not come back
 * if the deletion fails ("new element has appeared"), and an unknown one may not leave ("element has
 * vanished"). One that becomes null is accepted, but stays in the state of somebody who is gone. And
 * everybody who waits is looked up at apply, so a status that changes after the plan would make the engine
 * refuse the apply of all others.
 */
function planSuspended({ suspended }: UserSetModel, { waiting }: ChangePlan): UserSetModel["suspended"] {
  if (suspended === null) return suspended;
  return new Map(
    waiting.flatMap((leaver) => (leaver.waiting ? [[leaver.id, leaver.waiting.deleteFrom]] : [])),
  );
}

/** What an approved plan allows, by its unknown elements. */
export function approvedPlanOf(planned: UserSetModel): ApprovedPlan {
  const isUnknown = (elements: UserSetModel["removals"], id: string): boolean =>
    elements instanceof Map && elements.get(id) === UNKNOWN;
  return {
    allows: (id, kind) => {
      if (kind === "reactivate") return isReactivatedIn(planned.reactivations, id);
      return isUnknown(kind === "delete" ? planned.removals : planned.suspensions, id);
    },
    changesWaiting: planned.suspended === UNKNOWN,
  };
}

function isReactivatedIn(reactivations: UserSetModel["reactivations"], id: string): boolean {
  if (reactivations === null || reactivations === UNKNOWN) return reactivations === UNKNOWN;
  const element = reactivations.get(id);
  return element === UNKNOWN || element?.outcome === UNKNOWN;
}
