import { missingOf } from "./drift";
import { describeDrift, type DriftFindings } from "./messages/describe-drift";
import { describePlan } from "./messages/describe-plan";
import { failuresOf } from "./look-up/resolution";
import { resolveIds } from "./look-up/user-look-ups";
import { count, type Refusal } from "./wording";
import { carryOut, type ChangeCalls } from "./change/carry-out";
import { decideChange } from "./change/decide";
import { type ChangeContext, completeChange, type GivenChange } from "./change/set-change";
import { meaningOf, reasonOf, survivorsOf } from "./fate";
import { notConfirmedGone } from "./messages/describe-leavers";

/** How a removal ended, and who of the declared users is missing. */
export interface RemovalReport extends Omit<DriftFindings, "labels"> {
  /** Who left the set and stays in the pool, with the kind of the reason. */
  readonly kept: readonly {
    readonly id: string;
    readonly label: string;
    readonly reason: string | undefined;
  }[];
  /** Declared ids that could not be looked up; they may be missing. */
  readonly unchecked: readonly string[];
  /** Says how many of the removed users are not confirmed gone; absent if all of them are. */
  readonly notGone?: string;
}

/** Why nobody was deleted. */
interface RefusedRemoval {
  readonly refusals: readonly Refusal[];
}

/**
 * Applies a change of a set that remembers nothing from one run to the next, and that nobody has reviewed by
 * name. Decides who is deleted, deletes them, and looks the declared users up.
 *
 * @param say hears who it deletes before the first call, and the drift after the last
 */
export async function removeUsers(
  given: GivenChange,
  context: ChangeContext,
  calls: ChangeCalls,
  say: (text: string) => void,
): Promise<RemovalReport | RefusedRemoval> {
  const change = completeChange(given);
  const { declared, prior } = change;
  const decided = await decideChange(change, context);
  if (decided.refusals.length > 0) return { refusals: decided.refusals };
  const plan = describePlan({ leavers: decided.leaving, kept: declared.size, isBinding: false });
  say(`${plan.summary}\n\n${plan.detail}`);
  const { leaving } = await carryOut(change, decided, context, calls);
  const doing = "looking up declared users";
  const resolutions = await resolveIds(context, declared.keys(), change.type, doing);
  const unchecked = [...failuresOf(resolutions).keys()].sort();
  const survivors = survivorsOf(leaving);
  const findings = {
    gone: leaving.flatMap(({ id, ending }) => (ending.kind === "gone" ? [id] : [])),
    survivors,
    missing: missingOf(declared.keys(), resolutions),
    leavers: leaving,
  };
  say(describeDrift({ ...findings, labels: new Map([...prior, ...declared]) }));
  if (unchecked.length > 0)
    say(`${count(unchecked.length, "declared user")} could not be looked up, so they may be missing.`);
  const notGone = survivors.length > 0 ? notConfirmedGone(survivors.length, leaving.length) : undefined;
  const kept = leaving.flatMap((leaver) => {
    const { id, label } = leaver;
    return meaningOf(leaver).keepsAccount ? [{ id, label, reason: reasonOf(leaver)?.kind }] : [];
  });
  return { ...findings, kept, unchecked, notGone };
}
