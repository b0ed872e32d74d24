import { error, UNKNOWN, type Diagnostic, type StateResponse } from "../../plugin";
import {
  applyRemovals,
  DeleteBy,
  describeKept,
  describeSurvivors,
  driftOf,
  outlastsApply,
  removalsOf,
  type Check,
  type Checkpoint,
  type Drift,
  type Removal,
  type RemovalEnding,
  type Resolution,
  type Survivor,
  type UserSetDifference,
} from "../../users";
import { notKnownAtApply, refusalDiagnostics, setWarning } from "./diagnostics";
import { diffSet, idTypeOf, lastDrift, usersOf, type Change } from "./model";
import { decodePrivateData, encodePrivateData, type PrivateData } from "./private-data";
import { planSetRemovals, removalsAfter, type SetUpdate } from "./removals";
import type { UserSetModel, userSetSchema } from "./schema";

type Response = StateResponse<typeof userSetSchema>;

/**
 * Deletes the removed users that may be deleted, reads back until they are gone, and puts survivors back into the state, so
 * that the next plan shows them again.
 */
export async function updateUserSet(prior: UserSetModel, change: Change): Promise<Response> {
  const { planned, config, privateData, context } = change;
  const held = usersOf(prior) ?? new Map<string, string>();
  const declared = usersOf(planned);
  if (!declared) return notKnownAtApply(prior, privateData);

  const data = decodePrivateData(privateData, held.keys());
  const difference = diffSet(held, declared, data.newcomers);
  const update = { prior, planned, declared, difference, config, data, context };
  const plan = await planSetRemovals(update, true);
  const { resolutions, refusals } = plan;
  if (refusals.length > 0) return { state: prior, privateData, diagnostics: refusalDiagnostics(refusals) };

  const { pool, stop, logger, progress } = context;
  const tell = progress.begin("deleting users");
  const { gone, survivors, endings, removals } = await applyRemovals(
    plan.removals,
    pool && {
      ...pool,
      type: idTypeOf(prior),
      ...(planned.delete_by === DeleteBy.USER_ID && { deleteBy: DeleteBy.USER_ID }),
      findProtectedId: (user) => context.protectedUsers.match(user),
      stop,
      onProgress: ({ gone, survivors, kept, total }) => tell({ done: gone + survivors + kept, total }),
    },
  );
  logger.info("user set applied", {
    removed: removals.length,
    gone: gone.length,
    survivors: survivors.length,
    declared: declared.size,
  });
  return stateAfter({ ...update, removals, resolutions, survivors, endings, check: pool?.incremental });
}

/** The input of the state after an apply. */
interface Applied extends SetUpdate {
  readonly removals: readonly Removal[];
  /** Of the removed and the added ids. */
  readonly resolutions: ReadonlyMap<string, Resolution>;
  readonly survivors: readonly Survivor[];
  readonly endings: ReadonlyMap<string, RemovalEnding>;
  /** Absent if this run does not refresh incrementally. */
  readonly check: Check | undefined;
}

/** The state after apply: declared users and survivors, with the drift between them and the pool. */
function stateAfter({
  prior,
  planned,
  declared,
  difference,
  data,
  removals,
  resolutions,
  survivors,
  endings,
  check,
}: Applied): StateResponse<typeof userSetSchema> {
  const users = new Map(planned.users === UNKNOWN ? [] : planned.users);
  for (const { id, label } of survivors) users.set(id, label);

  const survived = new Set(survivors.map(({ id }) => id));
  const state: UserSetModel = {
    ...planned,
    users,
    // Terraform requires a drift that was known at plan to stay the same.
    drift: planned.drift === UNKNOWN ? driftAfter(prior, declared, resolutions, survived) : planned.drift,
    removals: removalsAfter(planned.removals, endings),
  };
  const bindings = bindingsAfter(declared, data, resolutions, survived);
  const kept = removalsOf(removals, "kept");
  const diagnostics: Diagnostic[] = [];
  if (kept.length > 0) {
    const { summary, detail } = describeKept(kept);
    const ids = kept.map(({ id }) => id);
    diagnostics.push(setWarning(summary, detail, ids));
  }
  if (survivors.length > 0) {
    const { summary, detail } = describeSurvivors(survivors, removals.length);
    diagnostics.push(error(summary, detail));
  }
  return {
    state,
    privateData: encodePrivateData(
      {
        bindings,
        undeclared: survived,
        ...newcomersAfter(difference, survived),
        rebindings: new Map(),
        ...checkpointAfter(data, declared, check, resolutions),
      },
      users.keys(),
      idTypeOf(planned),
    ),
    diagnostics,
  };
}

function driftAfter(
  prior: UserSetModel,
  declared: ReadonlyMap<string, string>,
  resolutions: ReadonlyMap<string, Resolution>,
  survived: ReadonlySet<string>,
): Drift {
  const missingBefore = new Set(lastDrift(prior)?.missing ?? []);
  const missing = [...declared.keys()].filter((id) => {
    const found = resolutions.get(id);
    return found && found.kind !== "undecided" ? found.kind === "absent" : missingBefore.has(id);
  });
  return driftOf(missing, survived);
}

/**
 * Ids that were added while survivors remain. A survivor that could not be looked up may be one of these users under its old
 * id, and the next apply must still detect that.
 */
function newcomersAfter(
  { added }: UserSetDifference,
  survived: ReadonlySet<string>,
): { newcomers?: ReadonlySet<string> } {
  return survived.size === 0 || added.size === 0 ? {} : { newcomers: new Set(added.keys()) };
}

/**
 * Keeps the checkpoint: added users were looked up in this run, or are unbound and looked up by the next refresh. Drops it if
 * a removed id is declared again, because its user may be gone, or if this run may have used another pool.
 */
function checkpointAfter(
  { checkpoint, undeclared, bindings }: PrivateData,
  declared: ReadonlyMap<string, string>,
  check: Check | undefined,
  resolutions: ReadonlyMap<string, Resolution>,
): { checkpoint?: Checkpoint } {
  const isReturned = (id: string): boolean => declared.has(id);
  if (!checkpoint || [...undeclared].some(isReturned)) return {};
  return outlastsApply(checkpoint, check, bindings, resolutions) ? { checkpoint } : {};
}

/**
 * Remaining ids keep their bindings, ids that passed to another user get that user, and new ids are bound to the users that
 * were found.
 */
function bindingsAfter(
  declared: ReadonlyMap<string, string>,
  data: PrivateData,
  resolutions: ReadonlyMap<string, Resolution>,
  survived: ReadonlySet<string>,
): Map<string, string> {
  const bindings = new Map<string, string>();
  for (const id of [...declared.keys(), ...survived]) {
    const found = resolutions.get(id);
    const before = survived.has(id)
      ? data.bindings.get(id)
      : (data.rebindings.get(id) ?? data.bindings.get(id));
    const bound = before ?? (found?.kind === "found" ? found.userId : undefined);
    if (bound !== undefined) bindings.set(id, bound);
  }
  return bindings;
}
