import type { ChangeContext } from "../change/set-change";
import { detectWrongPool } from "../change/wrong-pool";
import type { UserIdType } from "../directory";
import { findOtherTypes, type OtherType } from "../look-up/other-types";
import { failuresOf, findOutage, type Resolution, resolutionOf } from "../look-up/resolution";
import { type LookUpContext, resolveIds, type UserLookUps } from "../look-up/user-look-ups";
import type { Message } from "../wording";

/** A set of which only the state is known, as a report has it. All maps are by id. */
export interface SetOfState {
  readonly userIdType: UserIdType;
  readonly declared: ReadonlyMap<string, unknown>;
  readonly survivors: ReadonlyMap<string, unknown>;
  /** Users who wait for their deletion. */
  readonly suspended: ReadonlyMap<string, unknown>;
  /** Declared ids that were not in the pool at the last look-up. */
  readonly missingBefore: ReadonlySet<string>;
}

/** A set, and which user each of its ids names. */
interface SetLookedUp<S extends SetOfState> {
  readonly set: S;
  readonly resolutions: ReadonlyMap<string, Resolution>;
}

/** Why look-ups say nothing about the sets. */
export type Doubt<S extends SetOfState> =
  | { readonly kind: "outage"; readonly why: string; readonly failed: number; readonly asked: number }
  /** No id of the set is found, and a sample of them is found by another type. */
  | { readonly kind: "wrong_type"; readonly set: S; readonly likely: OtherType }
  | {
      readonly kind: "wrong_pool";
      readonly set: S;
      readonly message: Message;
      /** How many of the ids that were looked up name somebody. */
      readonly found: number;
      readonly asked: number;
    };

/**
 * Looks the users of several sets up, and finds out whether the answers can be trusted: neither an outage nor
 * a wrong pool is drift.
 */
export async function lookUpSets<S extends SetOfState>(
  sets: readonly S[],
  context: LookUpContext & Pick<ChangeContext, "acceptEmptyPool">,
): Promise<{ readonly resolved: readonly SetLookedUp<S>[] } | { readonly doubt: Doubt<S> }> {
  const resolved = await Promise.all(
    sets.map(async (set): Promise<SetLookedUp<S>> => {
      const ids = [...set.declared.keys(), ...set.survivors.keys(), ...set.suspended.keys()];
      return { set, resolutions: await resolveIds(context, ids, set.userIdType, "looking up users") };
    }),
  );
  const doubt =
    doubtOutage(resolved) ??
    (await doubtType(resolved, context.lookUps)) ??
    (context.acceptEmptyPool ? undefined : doubtPool(resolved));
  return doubt ? { doubt } : { resolved };
}

/** A failure that concerns everyone. One for a single id says nothing about the others. */
function doubtOutage<S extends SetOfState>(resolved: readonly SetLookedUp<S>[]): Doubt<S> | undefined {
  const failures = resolved.flatMap(({ resolutions }) => [...failuresOf(resolutions).values()]);
  const asked = resolved.reduce((sum, { resolutions }) => sum + resolutions.size, 0);
  const outage = findOutage(failures, asked);
  return outage && { kind: "outage", why: outage.message, failed: failures.length, asked };
}

/** Ids declared with the wrong type would make everyone appear missing. */
async function doubtType<S extends SetOfState>(
  resolved: readonly SetLookedUp<S>[],
  lookUps: UserLookUps,
): Promise<Doubt<S> | undefined> {
  for (const { set, resolutions } of resolved) {
    const ids = [...set.declared.keys()];
    if (ids.some((id) => resolutionOf(id, resolutions).kind !== "absent")) continue;
    const [likely] = (await findOtherTypes(ids, set.userIdType, { lookUps })).types;
    if (likely) return { kind: "wrong_type", set, likely };
  }
  return undefined;
}

function doubtPool<S extends SetOfState>(resolved: readonly SetLookedUp<S>[]): Doubt<S> | undefined {
  for (const { set, resolutions } of resolved) {
    const knownIds = { has: (id: string) => !set.missingBefore.has(id) };
    // A deployment may hide suspended users, which must not look like another pool.
    const shown = new Map([...resolutions].filter(([id]) => !set.suspended.has(id)));
    const message = detectWrongPool({ knownIds }, shown);
    if (!message) continue;
    const found = [...shown.values()].filter(({ kind }) => kind !== "absent").length;
    return { kind: "wrong_pool", set, message, found, asked: shown.size };
  }
  return undefined;
}
