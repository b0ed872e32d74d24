import { randomUUID } from "node:crypto";
import { UNKNOWN, type PlanResponse, type StateResponse } from "../../plugin";
import { createSet, planNewSet } from "../../users";
import type { ProviderContext } from "../context";
import { notKnownAtApply, toldDiagnostics } from "./diagnostics";
import { encodeMemory } from "./memory-codec";
import { idTypeOf, isOpen, retainedOf, usersOf } from "./model";
import type { UserSetModel, userSetSchema } from "./schema";

/** The planned state of a new set: apply fills the computed attributes. */
export function plannedCreation(proposed: UserSetModel): UserSetModel {
  return {
    ...proposed,
    id: UNKNOWN,
    removals: new Map(),
    suspensions: new Map(),
    reactivations: new Map(),
    leaver_user_ids: new Map(),
    rebindings: new Map(),
    suspended: new Map(),
    drift: UNKNOWN,
  };
}

/**
 * Plans a new set. Looks up its users, so that a wrong id type or pool is reported at the start. A failed
 * look-up is only a warning.
 */
export async function planCreation(
  proposed: UserSetModel,
  context: ProviderContext,
): Promise<PlanResponse<typeof userSetSchema>> {
  const told = await planNewSet(
    {
      ...newSetOf(proposed, usersOf(proposed)),
      retained: retainedOf(proposed),
      isOpen: isOpen(proposed),
    },
    proposed.user_id_type === UNKNOWN ? undefined : newSetContext(context),
    context,
  );
  return {
    planned: plannedCreation(proposed),
    privateData: new Uint8Array(),
    diagnostics: toldDiagnostics(told),
  };
}

/**
 * Adds a set to the state. Nobody is deleted, so it does not fail if a look-up fails: a failed create would
 * taint the set, and a tainted set loses its removals. The next refresh looks up the missing ids. Users that
 * the plan looked up in this process are not looked up again.
 */
export async function createUserSet(
  planned: UserSetModel,
  context: ProviderContext,
): Promise<StateResponse<typeof userSetSchema>> {
  const users = usersOf(planned);
  if (!users) return notKnownAtApply(null, new Uint8Array());
  const created = await createSet(newSetOf(planned, users), newSetContext(context));
  return {
    state: { ...planned, id: randomUUID(), drift: created.drift ?? null },
    privateData: encodeMemory(created.memory, users.keys(), idTypeOf(planned)),
    diagnostics: toldDiagnostics(created.told),
  };
}

/** A set to be created, as the domain sees it. */
function newSetOf<U extends ReadonlyMap<string, string> | undefined>(set: UserSetModel, declared: U) {
  return { type: idTypeOf(set), declared, allowMissingUsers: set.allow_missing_users === true };
}

/** `undefined` if no pool can be reached yet. */
function newSetContext({ pool, stop, progress }: ProviderContext) {
  return pool && { pool: pool.name, lookUps: pool.lookUps, stop, progress };
}
