import { randomUUID } from "node:crypto";
import {
  UNKNOWN,
  type Diagnostic,
  type PlanRequest,
  type PlanResponse,
  type StateResponse,
} from "../../plugin";
import {
  checkpointOf,
  count,
  driftOf,
  NO_MEMORY,
  type Resolution,
  type SetMemory,
  type UserIdType,
} from "../../users";
import type { ProviderContext } from "../context";
import { notKnownAtApply, setWarning } from "./diagnostics";
import { compareWithApproved } from "./approved-plan";
import { encodeMemory, withNotes } from "./memory-codec";
import { idTypeOf, usersOf } from "./model";
import { refuseUnknownSet, warnNeverFound } from "./never-found";
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

  const type = idTypeOf(proposed);
  const lookUp = await lookUpNewSet([...users.keys()], type, context);
  const { absent, undecided, resolutions } = lookUp;
  const warnings = [...warnNeverFound(absent, users, type), ...warnNotLookedUp(undecided, resolutions)];
  const refused = await refuseIfNoneFound(proposed, users, lookUp, context);
  const conflicts = noteCreatedSet(proposed, resolutions, context);
  return { ...response, diagnostics: [...(refused.length > 0 ? refused : warnings), ...conflicts] };
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
  const type = idTypeOf(planned);
  const ids = [...users.keys()];
  const { absent, undecided, resolutions } = await lookUpNewSet(ids, type, context);
  const found = [...resolutions].flatMap(([id, resolution]) =>
    resolution.kind === "found" ? [[id, resolution.userId] as const] : [],
  );
  const check = undecided.length === 0 ? context.pool?.incremental : undefined;
  const memory: SetMemory = {
    ...NO_MEMORY,
    bindings: new Map(found),
    ...(check && { checkpoint: checkpointOf(check) }),
  };
  return {
    state: {
      ...planned,
      id: randomUUID(),
      drift: undecided.length > 0 ? null : driftOf(absent, []),
    },
    privateData: encodeMemory(memory, ids, type),
    diagnostics: warnNotChecked(undecided, ids.length, resolutions),
  };
}

/** Refuses the new set of a changed id type as a creation refuses it. Its look-ups are not repeated by the creation. */
export async function refuseWrongNewSet(
  proposed: UserSetModel,
  users: ReadonlyMap<string, string>,
  context: ProviderContext,
): Promise<Diagnostic[]> {
  const lookUp = await lookUpNewSet([...users.keys()], idTypeOf(proposed), context);
  return refuseIfNoneFound(proposed, users, lookUp, context);
}

async function refuseIfNoneFound(
  proposed: UserSetModel,
  users: ReadonlyMap<string, string>,
  { absent, undecided }: NewSetLookUp,
  context: ProviderContext,
): Promise<Diagnostic[]> {
  // If half of the answers are missing, the set may be right. A single refused id must not hide that the others are wrong.
  const noneFound = absent.length + undecided.length === users.size && absent.length > undecided.length;
  return context.pool && noneFound && proposed.allow_missing_users !== true
    ? refuseUnknownSet(absent, users, idTypeOf(proposed), context.pool, context)
    : [];
}

interface NewSetLookUp {
  readonly absent: readonly string[];
  /** Ids that could not be looked up: all of them if no pool can be reached. */
  readonly undecided: readonly string[];
  readonly resolutions: ReadonlyMap<string, Resolution>;
}

async function lookUpNewSet(
  ids: readonly string[],
  type: UserIdType,
  { pool, stop, progress }: ProviderContext,
): Promise<NewSetLookUp> {
  const resolutions: ReadonlyMap<string, Resolution> = pool
    ? await pool.lookUps.resolve(ids, type, {
        stop,
        onProgress: progress.begin("looking up the users of a new set"),
      })
    : new Map<string, Resolution>();
  const kindOf = (id: string): Resolution["kind"] => resolutions.get(id)?.kind ?? "undecided";
  return {
    absent: ids.filter((id) => kindOf(id) === "absent"),
    undecided: ids.filter((id) => kindOf(id) === "undecided"),
    resolutions,
  };
}

function warnNotLookedUp(
  undecided: readonly string[],
  resolutions: ReadonlyMap<string, Resolution>,
): Diagnostic[] {
  if (undecided.length === 0) return [];
  return [
    setWarning(
      `${undecided.length} of ${count(resolutions.size, "declared user")} could not be looked up`,
      `${whyUndecided(undecided, resolutions)}The set can still be created: apply looks them up again, and so does each refresh.`,
      undecided,
    ),
  ];
}

function warnNotChecked(
  undecided: readonly string[],
  size: number,
  resolutions: ReadonlyMap<string, Resolution>,
): Diagnostic[] {
  if (undecided.length === 0) return [];
  return [
    setWarning(
      "The set was created without looking up its users",
      `${whyUndecided(undecided, resolutions)}${undecided.length} of ${count(size, "user")} could not be looked up, so drift is not known yet. The next refresh tries again.`,
      undecided,
    ),
  ];
}

function whyUndecided([first = ""]: readonly string[], resolutions: ReadonlyMap<string, Resolution>): string {
  const resolution = resolutions.get(first);
  return resolution?.kind === "undecided" ? `${resolution.failure.message} ` : "";
}
