import {
  type ChangeContext,
  type DirectoryFailure,
  type Outcome,
  completeChange,
  type SetChange,
  type SetMemory,
  UserLookUps,
} from "../../users";
import { openRunCount } from "../../operator";
import type { ProviderContext } from "../context";
import { decodeMemory } from "./memory-codec";
import { datesIn, idTypeOf, lastDrift, retainedOf, suspendDaysOf, usersOf } from "./model";
import type { UserSetModel } from "./schema";

/** An update of a set as the domain decides it: the change, and what the set remembers from before. */
export interface SetUpdate {
  readonly change: SetChange;
  readonly memory: SetMemory;
}

/**
 * Reads the change of a set from its states. Plan and apply see the same change.
 *
 * @param planned the proposed state at plan, the planned one at apply
 * @returns `undefined` while the users after the change are not known
 * @throws DiagnosticError if the private data cannot be read
 */
export function changeOf(
  prior: UserSetModel,
  planned: UserSetModel,
  privateData: Uint8Array,
): SetUpdate | undefined {
  const declared = usersOf(planned);
  if (!declared) return undefined;
  const before = usersOf(prior) ?? new Map<string, string>();
  const dates = datesIn(prior);
  const type = idTypeOf(prior);
  const { missing: lastMissing = [], locked_out: lastLockedOut = [] } = lastDrift(prior) ?? {};
  const memory = decodeMemory(privateData, before.keys());
  const waiting = dates.map(([id, deleteFrom]) => ({ id, deleteFrom, user: memory.waiting.get(id) }));
  const { max_deletions: most, max_deletions_percent: percent } = planned;
  return {
    memory,
    change: completeChange({
      name: String(prior.id),
      type,
      prior: before,
      declared,
      retained: retainedOf(planned),
      bindings: memory.bindings,
      lastMissing,
      lastLockedOut,
      allowMissingUsers: planned.allow_missing_users === true,
      guards: {
        maxDeletions: typeof most === "number" ? most : undefined,
        maxDeletionsPercent: typeof percent === "number" ? percent : undefined,
      },
      suspendDays: suspendDaysOf(planned),
      waiting: waiting.flatMap(({ id, deleteFrom, user }) => (user ? [{ ...user, id, deleteFrom }] : [])),
      lost: waiting.flatMap(({ id, user }) => (user ? [] : [id])),
      undeclared: memory.undeclared,
    }),
  };
}

/**
 * How the domain looks users up for a change, and what the configuration and the pipeline allow.
 *
 * @param isApply whether users who are gone already are confirmed, because the set then forgets them
 */
export function changeContextOf(context: ProviderContext, isApply: boolean): ChangeContext {
  const { protectedUsers, operatorProtected, pool, stop, progress, limits, ledger } = context;
  return {
    lookUps: pool?.lookUps ?? new UserLookUps({ findUsers: notKnownYet, findUser: notKnownYet }),
    stop,
    progress,
    archive: pool?.directory,
    serviceTime: pool && (() => pool.directory.serviceTime()),
    confirmWithinMs: isApply ? pool?.confirmWithinMs : undefined,
    protectedUsers,
    operatorProtected,
    acceptEmptyPool: limits.acceptEmptyPool,
    holdDueDeletions: limits.holdDueDeletions,
    countInRun: openRunCount(ledger, limits),
  };
}

const failure: DirectoryFailure = {
  message: "The provider's configuration is not known before apply, so no user could be looked up.",
  reach: "every_call",
  effect: "none",
  transient: true,
};

/** Answers look-ups while the provider's configuration refers to a value that is not known before apply. */
function notKnownYet(): Promise<Outcome<never>> {
  return Promise.resolve({ ok: false, failure });
}
