import { describeEndings } from "../messages/describe-change";
import { type Drift, driftOf } from "../drift";
import type { Resolution } from "../look-up/resolution";
import type { WaitingUser } from "../waiting-user";
import { carryOut, type ChangeCalls } from "./carry-out";
import { decideChange } from "./decide";
import type { ChangeContext, ApprovedPlan, SetChange } from "./set-change";
import { type Endings, survivorsOf } from "../fate";
import type { Refusal, Told } from "../wording";
import { findLockedOut } from "./locked-out";
import { nextMemory, type SetMemory } from "./memory";

/** How a change of a set was applied: whole, or not at all. */
export type AppliedChange = { readonly refusals: readonly Refusal[] } | AppliedSet;

/** A set after a change was applied. */
export interface AppliedSet extends Endings {
  /** What the set remembers from now on. */
  readonly memory: SetMemory;
  /** Who waits from now on. */
  readonly stillWaiting: readonly WaitingUser[];
  /** The difference between the set and the pool, as this change leaves it. */
  readonly drift: Drift;
  /** What the apply has to report. */
  readonly told: readonly Told[];
}

/** How a change of a set that has a memory is applied. */
export interface ChangeToApply {
  readonly change: SetChange;
  /** What the set remembers from before. */
  readonly memory: SetMemory;
  /** What the approved plan lets this apply do. */
  readonly approved: ApprovedPlan;
}

/**
 * Applies a change of a set: decides once more, within the approved plan (docs/guides/trust.md, P13), carries
 * that out, and says what the set remembers, how it differs from the pool and what to report.
 *
 * @param calls absent if no pool can be reached yet
 */
export async function applyChange(
  { change, memory: before, approved }: ChangeToApply,
  context: ChangeContext,
  calls: ChangeCalls | undefined,
): Promise<AppliedChange> {
  const decided = await decideChange(change, context, approved);
  const { refusals, resolutions } = decided;
  if (refusals.length > 0) return { refusals };
  const endings = await carryOut(change, decided, context, calls);
  const { memory, waiting } = nextMemory(change, before, endings, resolutions);
  const drift = driftAfter(change, resolutions, endings);
  const lockedOutBefore = new Set(change.lastLockedOut);
  const newlyLockedOut = drift.locked_out.filter((id) => !lockedOutBefore.has(id));
  return {
    ...endings,
    memory,
    stillWaiting: waiting,
    drift,
    told: describeEndings(change, endings, newlyLockedOut),
  };
}

/** Of ids that this change did not look up, the last check decides. */
function driftAfter(
  change: SetChange,
  resolutions: ReadonlyMap<string, Resolution>,
  endings: Endings,
): Drift {
  const { declared, lastMissing } = change;
  const missingBefore = new Set(lastMissing);
  const missing = [...declared.keys()].filter((id) => {
    const found = resolutions.get(id);
    return found && found.kind !== "undecided" ? found.kind === "absent" : missingBefore.has(id);
  });
  const survived = survivorsOf(endings.leaving).map(({ id }) => id);
  const reactivated = endings.waiting.flatMap(({ ending, waiting }) =>
    ending.kind === "reactivated" && waiting ? [waiting.userId] : [],
  );
  return driftOf(missing, survived, findLockedOut(change, resolutions, reactivated));
}
