import { canonicalId, ProtectedUsers } from "../../users";
import type { PlanProtection } from "../terraform/protected-ids";
import type { SetSnapshot } from "../terraform/user-set";

/**
 * What becomes of an id that leaves a set, as far as the plan alone can tell. Apply looks everybody up once more, so
 * `already_gone`, whom the last refresh did not find, is deleted if found again.
 */
export type LeaverFate = "deleted" | "retained" | "protected" | "still_declared" | "already_gone";

/** An id that leaves a set. */
export interface Leaver {
  readonly id: string;
  /** As it was while it was declared; may be empty. */
  readonly label: string;
  readonly fate: LeaverFate;
  /** An id of the same set that may be the same user: for `still_declared` surely, else by an equal label. */
  readonly otherId?: string;
  /** The last apply was to delete this user and could not. */
  readonly survivor: boolean;
}

/** Everybody who leaves a set whose users are known, in the order of the prior state. */
export function leaversOf(prior: SetSnapshot, planned: SetSnapshot, protection: PlanProtection): Leaver[] {
  const { userIdType: type } = prior;
  const retained = ProtectedUsers.of(new Map([[type, planned.retained]]));
  const declared = new Map([...planned.users.keys()].map((id) => [canonicalId(id, type), id]));
  const gone = new Set(prior.drift.missing);
  const survivors = new Set(prior.drift.survivors);
  const joinersByLabel = new Map(joinersOf(prior, planned).map(([id, label]) => [label.trim(), id]));
  const fateOf = (id: string): LeaverFate => {
    if (retained.matchId(id, type)) return "retained";
    if (protection.users.matchId(id, type)) return "protected";
    if (declared.has(canonicalId(id, type))) return "still_declared";
    return gone.has(id) ? "already_gone" : "deleted";
  };
  return [...prior.users]
    .filter(([id]) => !planned.users.has(id))
    .map(([id, label]) => {
      const otherId =
        declared.get(canonicalId(id, type)) ??
        (label.trim() === "" ? undefined : joinersByLabel.get(label.trim()));
      return {
        id,
        label,
        fate: fateOf(id),
        ...(otherId !== undefined && { otherId }),
        survivor: survivors.has(id),
      };
    });
}

/** Everybody who comes into a set, with their labels. */
export function joinersOf(prior: SetSnapshot | undefined, planned: SetSnapshot): [string, string][] {
  return [...planned.users].filter(([id]) => !prior?.users.has(id));
}
