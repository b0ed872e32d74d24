import { createHash } from "node:crypto";
import { UNKNOWN } from "../../plugin";
import { checkDeletionLimit, LedgerError } from "../../operator";
import {
  mayDelete,
  NOT_DELETED,
  planRemovals,
  ProtectedUsers,
  UserLookUps,
  type DeletionOptions,
  type DirectoryFailure,
  type Message,
  type Removal,
  type RemovalPlan,
  type UserDirectory,
  type UserSetDifference,
} from "../../users";
import type { ProviderContext } from "../context";
import { idTypeOf, lastDrift, retainedOf, suspensionOf, usersOf } from "./model";
import type { PrivateData } from "./private-data";
import type { UserSetModel } from "./schema";

/** An update of a set, from which plan and apply derive who may be deleted. */
export interface SetUpdate {
  readonly prior: UserSetModel;
  /** The proposed state at plan, the planned one at apply. */
  readonly planned: UserSetModel;
  readonly declared: ReadonlyMap<string, string>;
  readonly difference: UserSetDifference;
  /** As written, to tell an explicit guard from a default. */
  readonly config: UserSetModel | null;
  readonly data: PrivateData;
  readonly context: ProviderContext;
}

/**
 * Plans the removals of a set.
 *
 * @param atApply enforces the planned `removals`, and confirms the users that are already gone, because the set then
 *   forgets them
 */
export async function planSetRemovals(update: SetUpdate, atApply = false): Promise<RemovalPlan> {
  const { prior, planned, declared, difference, data, context } = update;
  const { protectedUsers, pool, stop, progress, limits } = context;
  const held = usersOf(prior) ?? new Map<string, string>();
  const suspension = suspensionOf(planned, context, data.seen);
  const { max_deletions: most, max_deletions_percent: percent } = planned;
  return planRemovals(
    {
      type: idTypeOf(prior),
      prior: held,
      declared,
      difference,
      retained: retainedOf(planned),
      bindings: data.bindings,
      ...(atApply && {
        isPlanned: (id: string) =>
          suspension ? isPlannedSuspension(planned, id) : isPlannedDeletion(planned, id),
      }),
    },
    {
      protectedUsers,
      heldBefore: held.size,
      lastMissing: lastDrift(prior)?.missing,
      ...(typeof most === "number" && { maxDeletions: most }),
      ...(typeof percent === "number" && { maxDeletionsPercent: percent }),
      acceptEmptyPool: limits.acceptEmptyPool,
      allowMissingUsers: planned.allow_missing_users === true,
      suspension,
      checkRunLimit: (deletions) => checkRunLimit(update, deletions),
    },
    {
      lookUps: pool?.lookUps ?? new UserLookUps(NOT_KNOWN_YET),
      stop,
      progress,
      ...(atApply && { confirmWithinMs: pool?.confirmWithinMs }),
    },
  );
}

/**
 * `removals` in a plan. The engine plans again before it applies: a known element must then be the same, and an unknown
 * one may take any value. So the engine itself refuses an apply that would delete a user that the plan does not delete
 * (seen on Terraform 1.11.4 and OpenTofu 1.12.6).
 */
export function plannedRemovals(
  removals: readonly Removal[],
  otherwise: string = NOT_DELETED,
): Map<string, string | typeof UNKNOWN> {
  return new Map(removals.map((removal) => [removal.id, mayDelete(removal) ? UNKNOWN : otherwise]));
}

/**
 * `removals` or `suspensions` after an apply: elements with a known planned value keep it.
 *
 * @param otherwise for an id whose call was not attempted
 */
export function endingsAfter(
  planned: UserSetModel["removals"],
  endings: ReadonlyMap<string, string>,
  otherwise: string,
): UserSetModel["removals"] {
  if (planned === UNKNOWN) return new Map(endings);
  if (planned === null) return endings.size === 0 ? null : new Map(endings);
  return new Map(
    [...planned].map(([id, value]) => [id, value === UNKNOWN ? (endings.get(id) ?? otherwise) : value]),
  );
}

/** What is checked once more right before a call that deletes or suspends somebody. */
export function lateChecks({
  planned,
  prior,
  context,
}: SetUpdate): Required<Pick<DeletionOptions, "findProtectedId" | "isRetained">> {
  const retained = ProtectedUsers.of(new Map([[idTypeOf(prior), retainedOf(planned)]]));
  return {
    findProtectedId: (user) => context.protectedUsers.match(user),
    isRetained: (user) => retained.match(user) !== undefined,
  };
}

/** Whether the plan allows the deletion of an id's user: only an unknown element does. */
export function isPlannedDeletion({ removals }: UserSetModel, id: string): boolean {
  return removals instanceof Map && removals.get(id) === UNKNOWN;
}

/** The same for the suspension of a removed id's user. */
function isPlannedSuspension({ suspensions }: UserSetModel, id: string): boolean {
  return suspensions instanceof Map && suspensions.get(id) === UNKNOWN;
}

/** Refuses the change if all sets of the run together would delete more users than the operator allows, or cannot be counted. */
function checkRunLimit(update: SetUpdate, deletions: number): readonly Message[] {
  const { ledger, limits } = update.context;
  if (limits.maxDeletions === undefined) return [];
  try {
    return checkDeletionLimit(ledger(ledgerKey(update), deletions), limits);
  } catch (cause) {
    if (!(cause instanceof LedgerError)) throw cause;
    return [{ summary: "Deletions cannot be counted", detail: cause.message }];
  }
}

/**
 * The key of a set in the ledger. The `id` alone does not suffice: an import that is given twice, or a copied state,
 * makes several sets with one `id`, which must all count. So the key also contains the removed ids and their bindings.
 * Plan and apply of one change have the same key.
 */
function ledgerKey({ prior, declared, data }: SetUpdate): string {
  const removed = [...(usersOf(prior)?.keys() ?? [])].filter((id) => !declared.has(id)).sort();
  const leaving = removed.map((id) => [id, data.bindings.get(id) ?? ""]);
  const digest = createHash("sha256").update(JSON.stringify(leaving)).digest("hex").slice(0, 16);
  return `${typeof prior.id === "string" ? prior.id : ""} ${digest}`;
}

const failure: DirectoryFailure = {
  message: "The provider's configuration is not known before apply, so no user could be looked up.",
  reach: "every_call",
  effect: "none",
  transient: true,
};

/** Replaces the directory while the provider's configuration refers to a value that is not known before apply. */
export const NOT_KNOWN_YET: UserDirectory = {
  parallelism: 1,
  findUsers: () => Promise.resolve({ ok: false, failure }),
  findUser: () => Promise.resolve({ ok: false, failure }),
  deleteUsers: () => Promise.resolve({ ok: false, failure }),
  setStatus: () => Promise.resolve({ ok: false, failure }),
  serviceTime: () => undefined,
};
