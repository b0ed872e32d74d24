import { isDeepStrictEqual } from "node:util";
import { error, UNKNOWN, warning, type Diagnostic, type PlanRequest, type PlanResponse } from "../../plugin";
import {
  count,
  countDeletions,
  describePlan,
  diffUserSets,
  mayDelete,
  NOT_DELETED,
  NOT_SUSPENDED,
  PROTECTED_UNKNOWN,
  removalsOf,
  type Removal,
} from "../../users";
import type { ProviderContext } from "../context";
import { planCreation, plannedCreation } from "./create";
import { refusalDiagnostics, setWarning } from "./diagnostics";
import { diffSet, idTypeOf, suspendDaysOf, usersOf } from "./model";
import { refuseLostMove } from "./taken-over";
import { lookUpAdded, noteReleasedSet, noteUnknownSet, noteUpdatedSet } from "./planned-sets";
import { decodePrivateData, isReadable, markIn, withMark } from "./private-data";
import { releaseWarning, warnDeclaredAgain } from "./release";
import { markOfUpdate, planReplacement, refuseLostRemovals } from "./replacement";
import { planSetRemovals, plannedRemovals, type SetUpdate } from "./removals";
import type { UserSetModel, userSetSchema } from "./schema";
import { refuseSuspendDays, warnClocksDiffer } from "./suspend-days";
import { refuseNullUsers } from "./validate";
import {
  dueRemovals,
  dueResolutions,
  plannedDue,
  plannedSuspended,
  planWaiting,
  waitingDiagnostics,
  type WaitingPlan,
} from "./waiting";

type Request = PlanRequest<typeof userSetSchema, ProviderContext>;
type Response = PlanResponse<typeof userSetSchema>;

/** Plans which removed users are deleted, and refuses a change that the guards forbid. */
export async function planUserSet(request: Request): Promise<Response> {
  const { prior, proposed, privateData, context } = request;
  if (prior) context.takenOver.delete(prior.id);
  if (!proposed) return planRelease(prior, privateData, context);
  const refused = [...refuseNullUsers(proposed), ...refuseSuspendDays(proposed, context.limits)];
  if (refused.length > 0) return { planned: proposed, privateData, diagnostics: refused };
  if (!prior) {
    // A creation gets private data only if the engine replaces a set: the data that the preceding update planned.
    const lost = [...refuseLostRemovals(markIn(privateData)), ...refuseLostMove(proposed, context)];
    if (lost.length > 0) return { planned: plannedCreation(proposed), privateData, diagnostics: lost };
    return planCreation(proposed, context);
  }
  if (proposed.user_id_type !== prior.user_id_type) return planReplacement(request, prior, proposed);
  if (!isReadable(privateData) && keepsUsers(prior, proposed)) {
    // Nothing changes, so the data is not needed. A destroy first plans like this, and must not fail.
    return { planned: proposed, privateData, diagnostics: [] };
  }
  const { unreviewed, ...update } = await planUpdate(request, prior, proposed);
  return {
    ...update,
    privateData: withMark(update.privateData, markOfUpdate(prior, update.planned, unreviewed)),
    diagnostics: [...update.diagnostics, ...warnDeclaredAgain(prior, proposed)],
  };
}

/** Plans to destroy a set or to remove it from the configuration, which deletes nobody. */
function planRelease(
  prior: UserSetModel | null,
  privateData: Uint8Array,
  context: ProviderContext,
): Response {
  if (!prior) return { planned: null, privateData, diagnostics: [] };
  const conflicts = noteReleasedSet(prior, privateData, context);
  return { planned: null, privateData, diagnostics: [...releaseWarning(prior), ...conflicts] };
}

function keepsUsers(prior: UserSetModel, proposed: UserSetModel): boolean {
  const held = usersOf(prior);
  const declared = usersOf(proposed);
  if (!held || !declared) return false;
  const { removed, added } = diffUserSets(held, declared);
  return removed.size + added.size === 0;
}

/** The plan of an update. */
interface Update extends Response {
  /** Removed ids that stay in the set, because nobody has reviewed whom they name. */
  readonly unreviewed?: readonly string[];
}

async function planUpdate(request: Request, prior: UserSetModel, proposed: UserSetModel): Promise<Update> {
  const { config, privateData, context } = request;
  const held = usersOf(prior) ?? new Map<string, string>();
  const declared = usersOf(proposed);
  if (!declared) {
    const planned: UserSetModel = {
      ...proposed,
      drift: UNKNOWN,
      removals: UNKNOWN,
      suspensions: UNKNOWN,
      suspended: UNKNOWN,
    };
    const allowed = proposed.allow_unknown_users === true;
    const conflicts = allowed ? noteUnknownSet(prior, proposed, privateData, context) : [];
    return {
      planned,
      privateData,
      diagnostics: [...reportUnknownUsers(held.size, allowed), ...conflicts],
    };
  }
  const data = decodePrivateData(privateData, held.keys());
  const difference = diffSet(held, declared, data.newcomers);
  const { removed, added } = difference;
  const driftStays = removed.size + added.size + data.undeclared.size + data.rebindings.size === 0;
  const update = { prior, planned: proposed, declared, difference, config, data, context };
  const leavers = removed.size > 0 ? await planSetRemovals(update) : undefined;
  const resolutions = leavers?.resolutions ?? (await lookUpAdded(added.keys(), idTypeOf(prior), context));
  const removals = leavers?.removals ?? [];
  const waiting = await planWaiting(update, resolutions, countDeletions(removals));
  const refused = [
    ...refusalDiagnostics(leavers?.refusals ?? []),
    ...noteUpdatedSet(update, privateData, {
      removals: [...removals, ...dueRemovals(waiting)],
      resolutions: new Map([...resolutions, ...dueResolutions(waiting)]),
    }),
  ];
  const otherwise: UserSetModel = { ...proposed, ...(!driftStays && { drift: UNKNOWN }) };
  const planned: UserSetModel = {
    ...otherwise,
    ...plannedEndings({ ...update, planned: otherwise }, removals, waiting),
  };
  const isSuspending = suspendDaysOf(proposed) > 0 && removals.some(mayDelete);
  const isDated = isSuspending || dueRemovals(waiting).length > 0;
  const said = [...waitingDiagnostics(waiting, declared.size), ...(isDated ? warnClocksDiffer(context) : [])];
  if (!leavers?.toReview) return { planned, privateData, diagnostics: [...said, ...refused] };
  const message = describePlan(
    leavers.toReview,
    refused.some(({ severity }) => severity === "error"),
  );
  const deleted = removals.filter(mayDelete);
  const whom = (deleted.length > 0 ? deleted : removals).map(({ id }) => id);
  return {
    planned,
    privateData,
    unreviewed: removalsOf(removals, "unreviewed").map(({ id }) => id),
    // Without a path: Terraform would print the whole map beneath it, which hides the message of a large set.
    diagnostics: [
      setWarning(message.summary, message.detail, whom),
      ...said,
      ...warnProtectedUnknown(context),
      ...refused,
    ],
  };
}

/** The attributes that say what happens to each user who leaves the set, or waits for the deletion. */
function plannedEndings(
  update: SetUpdate,
  removals: readonly Removal[],
  waiting: WaitingPlan,
): Partial<UserSetModel> {
  const due = plannedDue(waiting);
  const isSuspending = suspendDaysOf(update.planned) > 0;
  const suspended = plannedSuspended(update, waiting, isSuspending && removals.some(mayDelete));
  if (removals.length === 0 && isOnlyHeld(update, suspended, due)) return { suspended };
  const leaving = plannedRemovals(removals, isSuspending ? NOT_SUSPENDED : NOT_DELETED);
  return {
    suspended,
    removals: new Map([...(isSuspending ? [] : leaving), ...due]),
    suspensions: isSuspending ? leaving : new Map(),
  };
}

/**
 * Whether a change would consist only of `not deleted` for users who are due, or of nothing: then the plan is empty, and its warning tells
 * why they are not deleted. An apply plans again, and must then say what becomes of everybody whom its plan deletes; that process
 * refreshes no set.
 */
function isOnlyHeld(
  { prior, planned, context }: SetUpdate,
  suspended: UserSetModel["suspended"],
  due: ReturnType<typeof plannedDue>,
): boolean {
  if (due.length === 0) return true;
  if (due.some(([, value]) => value === UNKNOWN) || !context.refreshed.has(prior.id)) return false;
  return isDeepStrictEqual({ ...planned, suspended }, prior);
}

function reportUnknownUsers(held: number, allowed: boolean): Diagnostic[] {
  if (held === 0) return [];
  const path = [{ attribute: "users" }];
  const fact = `The set holds ${count(held, "user")}, and its new users are known only during apply. Any of the current users may be deleted then, and nobody can review who.`;
  if (allowed) return [warning("The removed users are not known yet", fact, path)];
  const advice =
    "First apply what the users come from (-target), then plan this set. To accept such a plan, set allow_unknown_users = true.";
  return [error("Users are not known at plan", `${fact} ${advice}`, path)];
}

function warnProtectedUnknown({ protectedUsersKnown }: ProviderContext): Diagnostic[] {
  if (protectedUsersKnown) return [];
  return [warning(PROTECTED_UNKNOWN.summary, PROTECTED_UNKNOWN.detail)];
}
