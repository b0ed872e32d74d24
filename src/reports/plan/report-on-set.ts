import { MAX_IDS_PER_CALL } from "../../users";
import type { Disguise } from "../disguise";
import type { ListedUser } from "../listed-user";
import { joinersOf, leaversOf } from "./leaver";
import type { ReportedLeaver, ReportedSet } from "./plan-report";
import type { SetChange } from "./set-change";

/** A set's part of a plan's report. */
export interface SetPart {
  readonly set: ReportedSet;
  readonly leavers: readonly ReportedLeaver[];
  readonly joiners: readonly ListedUser[];
  readonly missing: readonly ListedUser[];
}

/** Reports on one set of a plan. */
export function reportOnSet(change: SetChange, disguise: Disguise): SetPart {
  const { address, action, prior, planned } = change;
  const snapshot = planned ?? prior;
  if (!snapshot) throw new Error(`${address} is in the plan, but neither before nor after it.`);
  const sensitive = (prior?.sensitive ?? false) || (planned?.sensitive ?? false);
  const show = (id: string, label: string): ListedUser => ({
    set: address,
    user_id_type: snapshot.userIdType,
    ...disguise({ id, label }, snapshot.userIdType, sensitive),
  });

  const { leavers, joiners, missing } = movementsOf(change);
  const alreadyGone = leavers.filter(({ fate }) => fate === "already_gone").length;
  // One refresh is not enough to say that somebody is gone: apply looks again, and deletes whom it finds.
  const deleted = leavers.filter(({ fate }) => fate === "deleted").length + alreadyGone;
  const held = prior?.users.size ?? 0;
  return {
    set: {
      address,
      engine: snapshot.engine,
      user_id_type: snapshot.userIdType,
      action,
      users_known: planned?.usersKnown ?? true,
      held,
      deleted,
      already_gone: alreadyGone,
      calls: Math.ceil(deleted / MAX_IDS_PER_CALL),
      kept: leavers.length - deleted,
      let_go: action === "let_go" ? held : 0,
      stay: isComparison(change) ? held - leavers.length : 0,
      join: joiners.length,
      missing: missing.length,
      ...(snapshot.maxDeletions !== undefined && { max_deletions: snapshot.maxDeletions }),
      ...(snapshot.maxDeletionsPercent !== undefined && {
        max_deletions_percent: snapshot.maxDeletionsPercent,
      }),
    },
    leavers: leavers.map(({ id, label, fate, otherId, survivor }) => ({
      ...show(id, label),
      fate,
      ...(otherId !== undefined && { other_id: show(otherId, "").id }),
      survivor,
    })),
    joiners: joiners.map(([id, label]) => show(id, label)),
    missing: missing.map(([id, label]) => show(id, label)),
  };
}

/** Whether the users before and after can be held against each other. */
function isComparison({ action, prior, planned }: SetChange): boolean {
  return (action === "update" || action === "none") && prior !== undefined && planned?.usersKnown === true;
}

function movementsOf(change: SetChange) {
  const { prior, planned, protection } = change;
  if (!planned?.usersKnown) return { leavers: [], joiners: [], missing: [] };
  if (!prior || !isComparison(change)) return { leavers: [], joiners: [...planned.users], missing: [] };
  const missing = prior.drift.missing.flatMap((id): [string, string][] => {
    const label = planned.users.get(id);
    return label === undefined ? [] : [[id, label]];
  });
  return { leavers: leaversOf(prior, planned, protection), joiners: joinersOf(prior, planned), missing };
}
