import { compact } from "../../lists";
import { error, UNKNOWN, type Diagnostic, type PlanRequest, type PlanResponse } from "../../plugin";
import { count, describeIds, refuseReleaseByTypeChange } from "../../users";
import type { ProviderContext } from "../context";
import { changeContextOf } from "./change";
import { newSetOf, plannedCreation } from "./create";
import { refusalOf } from "./diagnostics";
import { decodeMemory, type LostUsers, type ReplacementMark } from "./memory-codec";
import { idTypeOf, retainedOf, usersOf } from "./model";
import { pendingRemovals, releaseWarning, staySuspended } from "./release";
import type { UserSetModel, userSetSchema } from "./schema";

/**
 * Plans a changed id type, which replaces the set. A replaced set deletes nobody and loses track of its removals, so it is
 * refused if a removal is pending, or if the same change removes somebody.
 */
export async function planReplacement(
  { privateData, context }: PlanRequest<typeof userSetSchema, ProviderContext>,
  prior: UserSetModel,
  proposed: UserSetModel,
): Promise<PlanResponse<typeof userSetSchema>> {
  const lost = refuseLosses(markOfPending(prior, proposed), [{ attribute: "user_id_type" }]);
  const refused = lost.length > 0 ? lost : await refuseRemovals(prior, proposed, privateData, context);
  return {
    planned: plannedCreation(proposed),
    privateData: new Uint8Array(),
    requiresReplace: [[{ attribute: "user_id_type" }]],
    // Beside a refusal, the release warning would read as advice to delete everybody.
    diagnostics: refused.length > 0 ? refused : releaseWarning(prior),
  };
}

async function refuseRemovals(
  prior: UserSetModel,
  proposed: UserSetModel,
  privateData: Uint8Array,
  context: ProviderContext,
): Promise<Diagnostic[]> {
  const declared = usersOf(proposed);
  if (proposed.user_id_type === UNKNOWN) return refuseUnknownType(prior, proposed);
  const users = usersOf(prior) ?? new Map<string, string>();
  if (!declared) return refuseUnknownUsers(proposed, users.size);
  const { bindings } = decodeMemory(privateData, users.keys());
  const refusals = await refuseReleaseByTypeChange(
    {
      prior: { type: idTypeOf(prior), users, bindings },
      next: newSetOf(proposed, declared),
      retained: retainedOf(proposed),
    },
    { ...changeContextOf(context, false), pool: context.pool?.name },
  );
  return refusals.map(refusalOf);
}

/** The engine takes an unknown id type for a changed one, and a replacement forgets the removals of the same change. */
function refuseUnknownType(prior: UserSetModel, proposed: UserSetModel): Diagnostic[] {
  const declared = usersOf(proposed);
  const retained = new Set(retainedOf(proposed));
  const removed = [...(usersOf(prior)?.keys() ?? [])].filter((id) => !declared?.has(id) && !retained.has(id));
  if (removed.length === 0) return [];
  const whom = declared ? `${count(removed.length, "user")} that this change removes` : "its removed users";
  const fact = `The type of the ids is known only during apply. Until then the set counts as replaced, and a replaced set releases ${whom} instead of deleting them.`;
  const advice =
    "First apply what user_id_type comes from (-target), then plan this set. Better: write the type as a constant.";
  return [error("The id type is not known at plan", `${fact} ${advice}`, [{ attribute: "user_id_type" }])];
}

function refuseUnknownUsers({ allow_unknown_users: allowed }: UserSetModel, size: number): Diagnostic[] {
  if (allowed === true || size === 0) return [];
  const detail = `The set holds ${count(size, "user")}, and its new users are known only during apply. Nobody can tell who leaves together with the changed id type, and would keep their account. First apply what the users come from (-target), then plan this set. To accept such a plan, set allow_unknown_users = true.`;
  return [error("Users are not known at plan", detail, [{ attribute: "users" }])];
}

/**
 * Refuses to replace a set of whose users the new one would know nothing: those who are still to be deleted, and those whom the set suspended, whom
 * the new one would neither delete nor reactivate.
 *
 * @param path of the attribute that replaces the set, if one does
 */
export function refuseLosses(mark: ReplacementMark | undefined, path?: Diagnostic["path"]): Diagnostic[] {
  if (!mark) return [];
  const { removals, suspended } = mark;
  return compact(
    removals.count > 0 &&
      error(
        `Replacing this set would lose ${count(removals.count, "removal")}`,
        `Whoever was removed from the set is still to be deleted or suspended, but a replaced set loses track of them. Nobody was: what this plan says that apply does to them holds only without the replacement. First apply the removal without a replacement, or add the ids to retained_ids to keep the accounts:\n${list(removals)}`,
      ),
    suspended.count > 0 &&
      error(
        `${count(suspended.count, "suspended user")} would be forgotten`,
        `A set that is replaced forgets whom it suspended, or may have. They would stay suspended:\n${list(suspended)}\nReplace the set, or change its user_id_type, after the last of them is deleted, or is active again: an apply without a replacement reactivates whoever is declared again or protected. Or put the ids of those who wait for their deletion into retained_ids in a change before this one.`,
        path,
      ),
  );
}

function list({ count: all, first }: LostUsers): string {
  const beyond = all > first.length ? `\n  and ${all - first.length} more` : "";
  const ids = first.map(([id]) => id);
  return `${describeIds(ids, new Map(first))}${beyond}`;
}

/** How many ids a mark names. */
const MOST_NAMED = 20;

/**
 * The mark that the plan of an update leaves for a creation that may replace the set.
 *
 * @param unreviewed removed ids that the update would keep in the set
 */
export function markOfUpdate(
  prior: UserSetModel,
  planned: UserSetModel | null,
  unreviewed: readonly string[] = [],
): ReplacementMark | undefined {
  const removals = planned?.removals;
  // While the new users are not known, the removed ones are not known either.
  if (removals === undefined || removals === null || removals === UNKNOWN)
    return markOfPending(prior, planned);
  const { suspensions = null } = planned ?? {};
  const elements = [...removals, ...(suspensions === null || suspensions === UNKNOWN ? [] : suspensions)];
  // Those whose deletion is due among them: they would stay suspended, although the plan of the update says that they are deleted.
  const leaving = elements.flatMap(([id, value]) => (value === UNKNOWN ? [id] : []));
  return markOf(prior, [...leaving, ...unreviewed]);
}

/**
 * The mark for the removals that an earlier change left pending, if no others are known. Those that the new set retains are no
 * longer to be done.
 */
function markOfPending(prior: UserSetModel, planned: UserSetModel | null): ReplacementMark | undefined {
  const retained = new Set(planned ? retainedOf(planned) : []);
  const pending = pendingRemovals(prior, usersOf(prior) ?? new Map<string, string>());
  const left = pending.filter((id) => !retained.has(id));
  return markOf(prior, left);
}

function markOf(prior: UserSetModel, removals: readonly string[]): ReplacementMark | undefined {
  const labels = usersOf(prior) ?? new Map<string, string>();
  const lost = (ids: readonly string[]): LostUsers => ({
    count: ids.length,
    first: ids.slice(0, MOST_NAMED).map((id) => [id, labels.get(id) ?? ""]),
  });
  const isRemoved = new Set(removals);
  const suspended = staySuspended(prior).filter((id) => !isRemoved.has(id));
  return removals.length + suspended.length === 0
    ? undefined
    : { removals: lost(removals), suspended: lost(suspended) };
}
