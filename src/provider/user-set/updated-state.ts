import { error, UNKNOWN, type Diagnostic, type StateResponse } from "../../plugin";
import {
  describeKept,
  describeNotSuspended,
  describeSurvivors,
  driftOf,
  NOT_DELETED,
  NOT_SUSPENDED,
  outlastsApply,
  removalsOf,
  type Check,
  type Checkpoint,
  type Drift,
  type Removal,
  type Resolution,
  type Survivor,
  type UserSetDifference,
  type WaitingUser,
} from "../../users";
import { setWarning } from "./diagnostics";
import { idTypeOf, lastDrift } from "./model";
import { encodePrivateData, type PrivateData, waitingRecords } from "./private-data";
import { endingsAfter, type SetUpdate } from "./removals";
import type { UserSetModel, userSetSchema } from "./schema";
import { seenAfter } from "./suspend-days";

/** The input of the state after an apply. */
export interface Applied extends SetUpdate {
  /** Of removed ids; those whose users were suspended are left out. */
  readonly removals: readonly Removal[];
  /** How many ids were removed. */
  readonly removed: number;
  /** Of the removed and the added ids. */
  readonly resolutions: ReadonlyMap<string, Resolution>;
  readonly survivors: readonly Survivor[];
  readonly isSuspending: boolean;
  readonly deletionEndings: ReadonlyMap<string, string>;
  readonly suspensionEndings: ReadonlyMap<string, string>;
  readonly waiting: readonly WaitingUser[];
  /** Absent if this run does not refresh incrementally. */
  readonly check: Check | undefined;
}

/** The state after apply: declared users and survivors, with the drift between them and the pool. */
export function stateAfter(applied: Applied): StateResponse<typeof userSetSchema> {
  const { prior, planned, declared, difference, data, removals, resolutions, survivors, waiting } = applied;
  const users = new Map(planned.users === UNKNOWN ? [] : planned.users);
  for (const { id, label } of survivors) users.set(id, label);

  const survived = new Set(survivors.map(({ id }) => id));
  const state: UserSetModel = {
    ...planned,
    users,
    // Terraform requires a drift that was known at plan to stay the same.
    drift: planned.drift === UNKNOWN ? driftAfter(prior, declared, resolutions, survived) : planned.drift,
    removals: endingsAfter(planned.removals, applied.deletionEndings, NOT_DELETED),
    suspensions: endingsAfter(planned.suspensions, applied.suspensionEndings, NOT_SUSPENDED),
    suspended:
      planned.suspended === UNKNOWN
        ? new Map(waiting.map(({ id, deleteFrom }) => [id, deleteFrom]))
        : planned.suspended,
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
    const describe = applied.isSuspending ? describeNotSuspended : describeSurvivors;
    const { summary, detail } = describe(survivors, applied.removed);
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
        waiting: waitingRecords(waiting),
        ...seenAfter(data, planned, applied.context),
        ...checkpointAfter(data, declared, applied.check, resolutions),
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
