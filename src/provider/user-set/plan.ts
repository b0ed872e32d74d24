import { isDeepStrictEqual } from "node:util";
import { error, UNKNOWN, warning, type Diagnostic, type PlanRequest, type PlanResponse } from "../../plugin";
import { count, describeIds, diffUserSets, planChange } from "../../users";
import type { ProviderContext } from "../context";
import { planAttributes, rebindingsOf } from "./attributes";
import { changeContextOf, changeOf } from "./change";
import { planCreation, plannedCreation } from "./create";
import { toldDiagnostics } from "./diagnostics";
import { bindingsReader, isReadable } from "./memory-codec";
import { datesIn, idTypeOf, isOpen, retainedOf, usersOf } from "./model";
import { releaseWarning, warnDeclaredAgain } from "./release";
import { noteIfReplaced, refuseReplacement } from "./replaced";
import type { UserSetModel, userSetSchema } from "./schema";
import { refuseLostMove } from "./taken-over";
import { refuseNullUsers, refuseSuspendDays, warnUnknownLimits } from "./validate";

type Request = PlanRequest<typeof userSetSchema, ProviderContext>;
type Response = PlanResponse<typeof userSetSchema>;

/** Plans who is deleted, suspended or reactivated, and refuses what the guards of the set forbid. */
export async function planUserSet(request: Request): Promise<Response> {
  const { prior, privateData, context } = request;
  if (prior) context.takenOver.delete(prior.id);
  if (!request.proposed) return planRelease(prior, privateData, context);
  const proposed = { ...request.proposed, user_pool_name: context.userPoolName };
  const refused = [...refuseNullUsers(proposed), ...refuseSuspendDays(proposed, context.limits)];
  if (refused.length > 0) return { planned: proposed, privateData, diagnostics: refused };
  if (!prior) {
    const lost = refuseLostMove(proposed, context);
    const lossy = [...lost, ...refuseReplacement(privateData, context)];
    if (lossy.length > 0) return { planned: plannedCreation(proposed), privateData, diagnostics: lossy };
    return planCreation(proposed, context);
  }
  if (proposed.user_id_type !== prior.user_id_type) return planNewType(prior, proposed);
  noteIfReplaced(prior, proposed, privateData, context);
  if (!isReadable(privateData) && keepsUsers(prior, proposed)) {
    // Nothing changes, so the data is not needed. A destroy first plans like this, and must not fail.
    return { planned: request.proposed, privateData, diagnostics: [] };
  }
  const update =
    (await planUpdate(request, prior, proposed)) ?? planUnknownUsers(prior, proposed, privateData, context);
  const diagnostics = [...update.diagnostics, ...warnDeclaredAgain(prior, proposed)];
  return {
    ...update,
    // An apply plans again without a refresh, and the engine shows its warnings as if the apply were still to
    // come.
    diagnostics: context.refreshed.has(prior.id) ? diagnostics : diagnostics.filter(isError),
  };
}

function isError({ severity }: Diagnostic): boolean {
  return severity === "error";
}

/**
 * Plans a changed id type. The ids of two types cannot be compared, so it replaces the set, which deletes
 * nobody.
 */
function planNewType(prior: UserSetModel, proposed: UserSetModel): Response {
  return {
    planned: plannedCreation(proposed),
    privateData: new Uint8Array(),
    requiresReplace: [[{ attribute: "user_id_type" }]],
    diagnostics: releaseWarning(prior, "replaced"),
  };
}

/** Plans to destroy a set or to remove it from the configuration, which deletes nobody. */
function planRelease(
  prior: UserSetModel | null,
  privateData: Uint8Array,
  context: ProviderContext,
): Response {
  if (!prior) return { planned: null, privateData, diagnostics: [] };
  const released = [...(usersOf(prior)?.keys() ?? [])];
  const conflicts = context.plannedSets.add(
    { type: idTypeOf(prior), released, prior: released, readBindings: bindingsReader(privateData) },
    context,
  );
  const diagnostics = [...releaseWarning(prior), ...toldDiagnostics(conflicts)];
  return { planned: null, privateData, diagnostics };
}

function keepsUsers(prior: UserSetModel, proposed: UserSetModel): boolean {
  const before = usersOf(prior);
  const declared = usersOf(proposed);
  if (!before || !declared) return false;
  const { removed, added } = diffUserSets(before, declared);
  return removed.size + added.size === 0;
}

/** @returns `undefined` while the users after the change are not known */
async function planUpdate(
  request: Request,
  prior: UserSetModel,
  proposed: UserSetModel,
): Promise<Response | undefined> {
  const { privateData, context } = request;
  const update = changeOf(prior, proposed, privateData);
  if (!update) return undefined;
  const { protectedUsersKnown, plannedSets, pool } = context;
  const plan = await planChange(
    {
      change: update.change,
      isChanged: !isDeepStrictEqual(proposed, prior),
      isRefreshed: context.refreshed.has(prior.id),
      isOpen: isOpen(proposed),
      readBindings: bindingsReader(privateData),
      rebound: new Set(rebindingsOf(update).keys()),
    },
    { ...changeContextOf(context, false), protectedUsersKnown, plannedSets, pool: pool?.host },
  );
  const planned = planAttributes(prior, proposed, update, plan, context);
  const leaving = [...update.change.difference.removed.keys(), ...plan.revoking];
  const moved = refuseInOtherPool(prior, proposed, leaving);
  // Alone: the messages are about the other pool.
  if (moved.length > 0) return { planned, privateData, diagnostics: moved };
  const unknownLimits = plan.revoking.size > 0 ? warnUnknownLimits(proposed) : [];
  return { planned, privateData, diagnostics: [...toldDiagnostics(plan.told), ...unknownLimits] };
}

function planUnknownUsers(
  prior: UserSetModel,
  proposed: UserSetModel,
  privateData: Uint8Array,
  context: ProviderContext,
): Response {
  const users = usersOf(prior) ?? new Map<string, string>();
  const told = reportUnknownUsers(prior, users.size, proposed.allow_unknown_users === true);
  // Any of them may be removed, and apply does not plan unchanged sets again, which may declare that user.
  const set = {
    type: idTypeOf(prior),
    retained: retainedOf(proposed),
    isOpen: isOpen(proposed),
    mayLeave: users,
    prior: users.keys(),
    readBindings: bindingsReader(privateData),
  };
  const isRefused = told.some(({ severity }) => severity === "error");
  // Alone: whatever else could be said follows from it.
  const conflicts = isRefused ? [] : context.plannedSets.add(set, context);
  return {
    planned: {
      ...proposed,
      drift: UNKNOWN,
      removals: UNKNOWN,
      suspensions: UNKNOWN,
      suspended: UNKNOWN,
      reactivations: UNKNOWN,
      leaver_user_ids: UNKNOWN,
      rebindings: UNKNOWN,
    },
    privateData,
    diagnostics: [
      ...told,
      ...refuseInOtherPool(prior, proposed, users.keys()),
      ...toldDiagnostics(conflicts),
    ],
  };
}

/**
 * Refuses that anybody leaves in a change that names another pool. A moved set finds other people under its
 * ids there; under another name, sets of the former one no longer protect anybody who moves between them.
 *
 * @param leaving the ids that are removed, and those whose deletion is due
 */
function refuseInOtherPool(
  prior: UserSetModel,
  proposed: UserSetModel,
  leaving: Iterable<string>,
): Diagnostic[] {
  const ids = [...new Set(leaving)];
  if (proposed.user_pool_name === prior.user_pool_name || ids.length === 0) return [];
  const named = (name: UserSetModel["user_pool_name"]) =>
    typeof name === "string" ? `"${name}"` : "without a name";
  const detail = `The set was in the user pool ${named(prior.user_pool_name)}, and the one of its provider is now ${named(proposed.user_pool_name)}. It may be another pool, or one whose other sets no longer protect these users. So a change that names another user pool deletes nobody, and this one removes:\n${describeIds(ids, usersOf(prior) ?? new Map<string, string>())}\nNobody was deleted. Apply the change of the name alone, and remove users afterwards. For deletions that are due, set GENAUTH_DUE_DELETIONS=hold for that one apply.`;
  return [error(`The user pool changes, and ${count(ids.length, "user")} would leave`, detail)];
}

function reportUnknownUsers(prior: UserSetModel, size: number, allowed: boolean): Diagnostic[] {
  const waiting = datesIn(prior).map(([id]) => id);
  if (size + waiting.length === 0) return [];
  const path = [{ attribute: "users" }];
  const fact = `The set holds ${count(size, "user")}, and its new users are known only during apply. Any of the current users may be deleted or suspended then, and nobody can review who.`;
  const ofWaiting = `Any of those who wait for their deletion may be deleted, too, if the day has come, or reactivated:\n${describeIds(waiting)}`;
  const facts = waiting.length === 0 ? fact : `${fact}\n\n${ofWaiting}`;
  if (allowed) return [warning("The removed users are not known yet", facts, path)];
  const advice =
    "First apply what the users come from (-target), then plan this set. To accept such a plan, set allow_unknown_users = true.";
  return [error("Users are not known at plan", `${facts}\n\n${advice}`, path)];
}
