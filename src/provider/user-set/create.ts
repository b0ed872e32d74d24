import { randomUUID } from "node:crypto";
import {
  UNKNOWN,
  type Diagnostic,
  type PlanRequest,
  type PlanResponse,
  type StateResponse,
} from "../../plugin";
import { checkNewSet, createSet } from "../../users";
import type { ProviderContext, UserPool } from "../context";
import { notKnownAtApply, refusalDiagnostics, toldDiagnostics } from "./diagnostics";
import { compareWithApproved } from "./approved-plan";
import { encodeMemory, withNotes } from "./memory-codec";
import { idTypeOf, usersOf } from "./model";
import { noteCreatedSet } from "./planned-sets";
import type { UserSetModel, userSetSchema } from "./schema";

/** The planned state of a new set: apply fills the computed attributes. */
export function plannedCreation(proposed: UserSetModel): UserSetModel {
  return {
    ...proposed,
    id: UNKNOWN,
    removals: new Map(),
    suspensions: new Map(),
    reactivations: new Map(),
    suspended: new Map(),
    drift: UNKNOWN,
  };
}

/**
 * Plans a new set. Looks up its users, so that a wrong id type or pool is reported at the start. A failed look-up is only a
 * warning.
 */
export async function planCreation(
  proposed: UserSetModel,
  request: PlanRequest<typeof userSetSchema, ProviderContext>,
): Promise<PlanResponse<typeof userSetSchema>> {
  const { context } = request;
  const { refused: unapproved, ...notes } = compareWithApproved(request, proposed);
  const response = { planned: plannedCreation(proposed), privateData: withNotes(new Uint8Array(), notes) };
  if (unapproved.length > 0) return { ...response, diagnostics: unapproved };
  const users = usersOf(proposed);
  if (!users || !context.pool || proposed.user_id_type === UNKNOWN) {
    return { ...response, diagnostics: noteCreatedSet(proposed, new Map(), context) };
  }
  const checked = await checkNewSet(newSetOf(proposed, users), newSetContext(context.pool, context));
  const { resolutions, refusals, told } = checked;
  const conflicts = noteCreatedSet(proposed, resolutions, context);
  return {
    ...response,
    diagnostics: [...refusalDiagnostics(refusals), ...toldDiagnostics(told), ...conflicts],
  };
}

/**
 * Adds a set to the state. Nobody is deleted, so it does not fail if a look-up fails: a failed create would taint the set, and
 * a tainted set loses its removals. The next refresh looks up the missing ids. Users that the plan looked up in this process
 * are not looked up again.
 */
export async function createUserSet(
  planned: UserSetModel,
  context: ProviderContext,
): Promise<StateResponse<typeof userSetSchema>> {
  const users = usersOf(planned);
  if (!users) return notKnownAtApply(null, new Uint8Array());
  const { pool } = context;
  const created = await createSet(newSetOf(planned, users), pool && newSetContext(pool, context));
  return {
    state: { ...planned, id: randomUUID(), drift: created.drift ?? null },
    privateData: encodeMemory(created.memory, users.keys(), idTypeOf(planned)),
    diagnostics: toldDiagnostics(created.told),
  };
}

/** Refuses the new set of a changed id type as a creation refuses it. Its look-ups are not repeated by the creation. */
export async function refuseWrongNewSet(
  proposed: UserSetModel,
  users: ReadonlyMap<string, string>,
  context: ProviderContext,
): Promise<Diagnostic[]> {
  if (!context.pool) return [];
  const checked = await checkNewSet(newSetOf(proposed, users), newSetContext(context.pool, context));
  return refusalDiagnostics(checked.refusals);
}

function newSetOf(set: UserSetModel, declared: ReadonlyMap<string, string>) {
  return { type: idTypeOf(set), declared, allowMissingUsers: set.allow_missing_users === true };
}

function newSetContext({ name, lookUps, incremental }: UserPool, { stop, progress }: ProviderContext) {
  return { pool: name, lookUps, check: incremental, stop, progress };
}
