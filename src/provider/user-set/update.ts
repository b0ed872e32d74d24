import { error, UNKNOWN, warning, type Diagnostic, type StateResponse } from "../../plugin";
import {
  deleteUsers,
  describeKept,
  describeSurvivors,
  driftOf,
  type Drift,
  type Removal,
  type Resolution,
  type Survivor,
} from "../../users";
import { notKnownAtApply, type Change } from "./apply";
import { checkSetGuards } from "./guards";
import { judgeRemovals, type Judgement } from "./judge";
import { idTypeOf, lastDrift, retainedOf, usersOf } from "./model";
import { decodePrivateData, encodePrivateData, type PrivateData } from "./private-data";
import type { UserSetModel, userSetSchema } from "./schema";

type Response = StateResponse<typeof userSetSchema>;

/**
 * Deletes who leaves the set and may be deleted, reads back until they are gone, and puts the survivors back into the
 * state, so that the next plan shows just them again.
 */
export async function updateUserSet(prior: UserSetModel, change: Change): Promise<Response> {
  const { planned, config, privateData, context } = change;
  const held = usersOf(prior) ?? new Map<string, string>();
  const declared = usersOf(planned);
  if (!declared) return notKnownAtApply(prior, privateData);

  const type = idTypeOf(prior);
  const data = decodePrivateData(privateData, held.keys());
  const judgement = await judgeRemovals({
    type,
    prior: held,
    declared,
    retained: retainedOf(planned),
    data,
    context,
  });
  const guards = checkSetGuards({
    removals: judgement.removals,
    heldBefore: held.size,
    planned,
    config,
    prior,
    context,
  });
  const refused = [...judgement.doubts, ...guards];
  if (refused.length > 0) return { state: prior, privateData, diagnostics: refused };

  const { gone, survivors } = await carryOut(judgement.removals, change, type);
  context.logger.info("user set applied", {
    removed: judgement.removals.length,
    gone: gone.length,
    survivors: survivors.length,
    declared: declared.size,
  });
  return outcome({ prior, planned, declared, data, judgement, survivors });
}

/** Deletes those whose fate is deletion. Who could not be looked up is not deleted, and survives. */
async function carryOut(
  removals: readonly Removal[],
  { context }: Change,
  type: ReturnType<typeof idTypeOf>,
): Promise<{ gone: readonly string[]; survivors: readonly Survivor[] }> {
  const users = removals.flatMap(({ id, label, fate }) =>
    fate.kind === "delete" ? [{ id, label, user: fate.user }] : [],
  );
  const undecided = removals.flatMap(({ id, label, fate }): Survivor[] =>
    fate.kind === "undecided" ? [{ id, label, reason: fate.failure.message, failure: fate.failure }] : [],
  );
  const { pool, stop } = context;
  if (!pool || users.length === 0) return { gone: [], survivors: undecided };
  const { directory, maxAttempts, confirmWithinMs } = pool;
  const { gone, survivors } = await deleteUsers({
    directory,
    type,
    users,
    stop,
    maxAttempts,
    confirmWithinMs,
  });
  return { gone, survivors: [...undecided, ...survivors] };
}

interface Applied {
  readonly prior: UserSetModel;
  readonly planned: UserSetModel;
  readonly declared: ReadonlyMap<string, string>;
  readonly data: PrivateData;
  readonly judgement: Judgement;
  readonly survivors: readonly Survivor[];
}

/** The state after apply: the declared users and the survivors, with the drift between them and the pool. */
function outcome({ prior, planned, declared, data, judgement, survivors }: Applied): Response {
  const { removals, resolutions } = judgement;
  const users = new Map(planned.users === UNKNOWN ? [] : planned.users);
  for (const { id, label } of survivors) users.set(id, label);

  const survived = new Set(survivors.map(({ id }) => id));
  const state: UserSetModel = {
    ...planned,
    users,
    // A drift known at plan must come back as it was planned.
    drift: planned.drift === UNKNOWN ? driftAfter(prior, declared, resolutions, survived) : planned.drift,
  };
  const bindings = bindingsAfter(declared, data, resolutions, survived);
  const kept = removals.filter(({ fate }) => fate.kind === "kept");
  const diagnostics: Diagnostic[] = [];
  if (kept.length > 0) {
    const { summary, detail } = describeKept(kept);
    diagnostics.push(warning(summary, detail, [{ attribute: "users" }]));
  }
  if (survivors.length > 0) {
    const { summary, detail } = describeSurvivors(survivors, removals.length);
    diagnostics.push(error(summary, detail, [{ attribute: "users" }]));
  }
  return {
    state,
    privateData: encodePrivateData(
      { bindings, undeclared: survived, rebindings: new Map() },
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

/** Ids that stay keep whom they mean, those that changed hands take the new user, and new ones are bound to whom was found. */
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
    const bound = before ?? (found?.kind === "found" ? found.user.userId : undefined);
    if (bound !== undefined) bindings.set(id, bound);
  }
  return bindings;
}
