import { printable } from "../../text";
import {
  type DirectoryFailure,
  type DirectoryUser,
  doubtPool,
  type Resolution,
  type UserLookUps,
} from "../../users";
import { type Disguise, disguiseWith } from "../disguise";
import type { ListedUser } from "../listed-user";
import { count } from "../words";
import type { DeclaredSet } from "./declared-set";
import type { DriftReport } from "./drift-report";
import { undeclaredUsers } from "./undeclared-users";

/** What a drift check is made with. */
export interface DriftCheck {
  readonly sets: readonly DeclaredSet[];
  readonly lookUps: UserLookUps;
  /** Where the pool is, for the report. */
  readonly host: string;
  /** Everybody in the pool; where given, the report tells who of them is in no set. */
  readonly poolUsers?: readonly DirectoryUser[];
  /** None of the users who were there before is found, and that is true. */
  readonly acceptEmptyPool: boolean;
  /** For public places: replaces ids by a keyed hash and leaves labels out. */
  readonly redactKey?: string;
}

/**
 * Holds what is declared against the pool.
 *
 * @throws Error where the look-ups fail or look like those of another pool: an outage is not drift
 */
export async function checkDrift(check: DriftCheck): Promise<DriftReport> {
  const disguise = disguiseWith(check.redactKey);
  const resolved: ResolvedSet[] = await Promise.all(
    check.sets.map(async (set) => ({ set, resolutions: await resolve(set, check.lookUps) })),
  );
  refuseOutage(resolved);
  if (!check.acceptEmptyPool) refuseWrongPool(resolved);

  const parts = resolved.map((part) => partOf(part, disguise));
  const undeclared = check.poolUsers ? undeclaredUsers(check.poolUsers, resolved, disguise) : [];
  const missing = parts.flatMap((part) => part.missing);
  const survivors = parts.flatMap((part) => part.survivors);
  const unchecked = parts.flatMap((part) => part.unchecked);
  const found = missing.length + survivors.length + undeclared.length + unchecked.length;
  return {
    format_version: "1.0",
    kind: "drift",
    verdict: found === 0 ? "no_drift" : "drift",
    redacted: check.redactKey !== undefined,
    host: check.host,
    totals: {
      declared: check.sets.reduce((sum, { declared }) => sum + declared.size, 0),
      missing: missing.length,
      survivors: survivors.length,
      undeclared: undeclared.length,
      unchecked: unchecked.length,
    },
    sets: parts.map(({ set }) => set),
    missing,
    survivors,
    undeclared,
    unchecked,
  };
}

/** A set, and who each of its ids names. */
export interface ResolvedSet {
  readonly set: DeclaredSet;
  readonly resolutions: ReadonlyMap<string, Resolution>;
}

function resolve({ declared, survivors, userIdType }: DeclaredSet, lookUps: UserLookUps) {
  return lookUps.resolve([...declared.keys(), ...survivors.keys()], userIdType);
}

/** One id that GenAuth cannot say something of must not hold up the report; a failure that meets everybody must. */
function refuseOutage(resolved: readonly ResolvedSet[]): void {
  const all = resolved.flatMap(({ resolutions }) => [...resolutions.values()]);
  const failures = all.flatMap((resolution): DirectoryFailure[] =>
    resolution.kind === "undecided" ? [resolution.failure] : [],
  );
  const outage =
    failures.find(({ transient, reach }) => transient || reach === "every_call") ??
    (failures.length === all.length ? failures[0] : undefined);
  if (outage) {
    throw new Error(
      `${outage.message} ${failures.length} of ${count(all.length, "user")} could not be looked up, so there is no report.`,
    );
  }
}

function refuseWrongPool(resolved: readonly ResolvedSet[]): void {
  for (const { set, resolutions } of resolved) {
    const seenBefore = { has: (id: string) => !set.missingBefore.has(id) };
    const doubt = doubtPool(seenBefore, resolutions.keys(), resolutions);
    if (doubt) throw new Error(`${printable(set.name)}: ${doubt.summary}. ${doubt.detail}`);
  }
}

function partOf({ set, resolutions }: ResolvedSet, disguise: Disguise) {
  const list = (users: ReadonlyMap<string, string>, kinds: readonly Resolution["kind"][]): ListedUser[] =>
    [...users]
      .filter(([id]) => kinds.includes(resolutions.get(id)?.kind ?? "undecided"))
      .map(([id, label]) => ({
        set: set.name,
        user_id_type: set.userIdType,
        ...disguise({ id, label }, set.userIdType, set.sensitive),
      }));
  const missing = list(set.declared, ["absent"]);
  const survivors = list(set.survivors, ["found", "several"]);
  return {
    set: {
      name: set.name,
      user_id_type: set.userIdType,
      declared: set.declared.size,
      missing: missing.length,
      survivors: survivors.length,
    },
    missing,
    survivors,
    unchecked: [...list(set.declared, ["undecided"]), ...list(set.survivors, ["undecided"])],
  };
}
