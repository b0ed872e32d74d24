import { error, warning, type Diagnostic, type ReadRequest, type StateResponse } from "../../plugin";
import { printable } from "../../text";
import {
  count,
  describeIds,
  detectWrongPool,
  driftOf,
  findLockedOut,
  findOutage,
  isSameUserId,
  missingOf,
  type Resolution,
  type DirectoryFailure,
  UserIdType,
  selectIdsToRefresh,
  type SetMemory,
} from "../../users";
import type { ProviderContext, UserPool } from "../context";
import { errorOf } from "../configure";
import { datesIn, idTypeOf, lastDrift, usersOf } from "./model";
import { countNeverFound } from "./never-found";
import { decodeMemory, encodeMemory, isReadable } from "./memory-codec";
import type { UserSetModel, userSetSchema } from "./schema";
import { setWarning } from "./diagnostics";
import { seenAtRefresh } from "./suspend-days";
import { noteTakenOver } from "./taken-over";

type Request = ReadRequest<typeof userSetSchema, ProviderContext>;
type Response = StateResponse<typeof userSetSchema>;

/**
 * Looks up the ids of the state: all of them, or only those that may have changed. `users` stays the same, and `drift` lists
 * the missing ids. A failed look-up is an error and leaves the state unchanged, because an outage must never look like a
 * deletion.
 */
export async function readUserSet({ state, privateData, context }: Request): Promise<Response> {
  noteTakenOver(state, privateData, context);
  context.refreshed.add(state.id);
  if (!context.pool) return warnNotRefreshed(state, privateData);
  if (!isReadable(privateData)) return warnUnreadable(state, privateData);

  const type = idTypeOf(state);
  const users = usersOf(state) ?? new Map<string, string>();
  const data = decodeMemory(privateData, users.keys());
  const plan = await selectIds(state, [...users.keys()], data, context.pool, context);
  const resolutions = await context.pool.lookUps.resolve(plan.ids, type, {
    stop: context.stop,
    onProgress: context.progress.begin("refresh: looking up users"),
  });

  const waiting = await lookUpWaiting(data, context.pool, context);
  const undecided = selectUndecided(resolutions);
  const undecidedWaiting = selectUndecided(waiting);
  const outage = findOutage(failuresOf(undecided), users.size) ?? findOutage(failuresOf(undecidedWaiting));
  if (outage) {
    const failed = [
      ...(undecided.length > 0 ? [`${undecided.length} of ${count(users.size, "user")}`] : []),
      ...(undecidedWaiting.length > 0
        ? [`${undecidedWaiting.length} of ${count(waiting.size, "suspended user")}`]
        : []),
    ];
    const detail = `${outage.message} ${failed.join(" and ")} could not be looked up, so the state is unchanged.`;
    return { state, privateData, diagnostics: [error("Cannot look up the users", detail)] };
  }
  const wrongPool = detectWrongPool(
    { knownIds: data.bindings, ...(type !== UserIdType.USER_ID && { bindings: data.bindings }) },
    users.keys(),
    resolutions,
    data.undeclared,
  );
  if (wrongPool && !context.limits.acceptEmptyPool) {
    return { state, privateData, diagnostics: [errorOf(wrongPool)] };
  }
  const declared = [...users.keys()].filter((id) => !data.undeclared.has(id));
  const missing = missingOf(declared, resolutions);
  const survivors = lastDrift(state)?.survivors.filter((id) => resolutions.get(id)?.kind !== "absent") ?? [];
  const { undeclared, newcomers } = data;
  const { bindings, rebindings } = bindIds(data, users.keys(), resolutions, type);
  const lockedOut = lockedOutAt(
    { ...data, bindings, rebindings },
    declared,
    resolutions,
    waiting,
    state,
    context,
  );
  const isDecided =
    undecided.length === 0 && ![...resolutions.values()].some(({ kind }) => kind === "several");
  const checkpoint = plan.checkpoint && isDecided ? { checkpoint: plan.checkpoint } : {};
  return {
    // The endings of the last apply are reported once. The next plan must not mix old removals with new ones.
    state: {
      ...state,
      drift: driftOf(missing, survivors, lockedOut),
      removals: state.removals && new Map(),
      suspensions: state.suspensions && new Map(),
      reactivations: state.reactivations && new Map(),
    },
    privateData: encodeMemory(
      {
        bindings,
        undeclared,
        newcomers,
        rebindings,
        waiting: markDue(data, waiting, state, context),
        attempts: data.attempts,
        seen: seenAtRefresh(data, state, context),
        ...checkpoint,
      },
      users.keys(),
      type,
    ),
    diagnostics: [
      ...warnBindingsLost(state, privateData),
      ...warnVanished(
        missing.filter((id) => data.bindings.has(id)),
        users,
      ),
      ...countNeverFound(missing.filter((id) => !data.bindings.has(id)).length, declared.length, type),
      ...warnRebound(rebindings, data, users),
      ...warnUndecided(undecided, users),
    ],
  };
}

/** Users who wait, or whom a call may have suspended, are looked up at every refresh; that also tells GenAuth's time. They never count towards a wrong pool. */
function lookUpWaiting(
  { waiting, attempts }: SetMemory,
  { lookUps }: UserPool,
  { stop, progress }: ProviderContext,
): Promise<ReadonlyMap<string, Resolution>> {
  const userIds = [...waiting.values(), ...attempts.values()].map(({ userId }) => userId);
  return lookUps.resolve(userIds, UserIdType.USER_ID, {
    stop,
    onProgress: progress.begin("refresh: looking up users who wait"),
  });
}

/** The ids of declared users who are suspended, perhaps by this set. */
function lockedOutAt(
  { waiting, attempts, bindings, rebindings }: SetMemory,
  declared: readonly string[],
  resolutions: ReadonlyMap<string, Resolution>,
  users: ReadonlyMap<string, Resolution>,
  state: UserSetModel,
  { protectedUsers, operatorProtected }: ProviderContext,
): string[] {
  if (waiting.size + attempts.size === 0) return [];
  return findLockedOut({
    type: idTypeOf(state),
    declared: new Map(declared.map((id) => [id, ""])),
    bindings: new Map([...bindings, ...rebindings]),
    resolutions,
    suspended: [...waiting, ...attempts],
    users,
    protectedUsers,
    operatorProtected,
    before: lastDrift(state)?.locked_out ?? [],
  });
}

/**
 * Marks the users whose day has come. Plan and apply go by the mark and not by a clock: with a clock of its own, an apply could delete
 * somebody whom its saved plan does not. A user whom no look-up shows is not due: nobody can delete the user, and the plan would never be
 * empty again.
 */
function markDue(
  { waiting }: SetMemory,
  found: ReadonlyMap<string, Resolution>,
  state: UserSetModel,
  { pool, limits }: ProviderContext,
): SetMemory["waiting"] {
  const now = limits.holdDueDeletions ? undefined : pool?.directory.serviceTime();
  const dates = new Map(datesIn(state));
  const isDue = (id: string): boolean => now !== undefined && now >= Date.parse(dates.get(id) ?? "");
  const isAbsent = ({ userId }: { readonly userId: string }): boolean => found.get(userId)?.kind === "absent";
  return new Map(
    [...waiting].map(([id, record]) => [id, { ...record, isDue: isDue(id) && !isAbsent(record) }]),
  );
}

interface Undecided {
  readonly id: string;
  readonly failure: DirectoryFailure;
}

function selectUndecided(resolutions: ReadonlyMap<string, Resolution>): Undecided[] {
  const undecided: Undecided[] = [];
  for (const [id, found] of resolutions) {
    if (found.kind === "undecided") undecided.push({ id, failure: found.failure });
  }
  return undecided;
}

function failuresOf(undecided: readonly Undecided[]): DirectoryFailure[] {
  return undecided.map(({ failure }) => failure);
}

function warnUndecided(undecided: readonly Undecided[], users: ReadonlyMap<string, string>): Diagnostic[] {
  const [first] = undecided;
  if (!first) return [];
  const ids = undecided.map(({ id }) => id);
  return [
    setWarning(
      `GenAuth could not identify ${count(ids.length, "user")}`,
      `${first.failure.message} Until this is resolved, they count as present and are not deleted:\n${describeIds(ids, users)}`,
      ids,
    ),
  ];
}

/**
 * Binds ids that are found for the first time, including those of survivors: the next plan names that user for review. A
 * declared id that now names another user is noted, and the next apply binds it to that user.
 */
function bindIds(
  data: SetMemory,
  ids: Iterable<string>,
  resolutions: ReadonlyMap<string, Resolution>,
  type: UserIdType,
): Pick<SetMemory, "bindings" | "rebindings"> {
  const bindings = new Map(data.bindings);
  const rebindings = new Map<string, string>();
  // A system user id is its own binding and never names another user, but a server may accept more spellings of it.
  const isBound = (bound: string, userId: string): boolean =>
    type === UserIdType.USER_ID || isSameUserId(bound, userId);
  for (const id of ids) {
    const found = resolutions.get(id);
    if (found?.kind !== "found") continue;
    const bound = bindings.get(id);
    if (bound === undefined) bindings.set(id, found.userId);
    else if (!data.undeclared.has(id) && !isBound(bound, found.userId)) rebindings.set(id, found.userId);
  }
  return { bindings, rebindings };
}

function warnVanished(ids: readonly string[], users: ReadonlyMap<string, string>): Diagnostic[] {
  if (ids.length === 0) return [];
  const [vanished, fact, advice] =
    ids.length === 1
      ? [
          "user has",
          "The user is declared and was in the pool before. Somebody else deleted the user, or the id changed in the pool:",
          "Remove the user from the set, or create the user again in the pool.",
        ]
      : [
          "users have",
          "They are declared and were in the pool before. Somebody else deleted them, or their ids changed in the pool:",
          "Remove them from the set, or create them again in the pool.",
        ];
  return [
    setWarning(
      `${ids.length} declared ${vanished} vanished from GenAuth`,
      `${fact}\n${describeIds(ids, users)}\n${advice}`,
      ids,
    ),
  ];
}

function warnRebound(
  rebindings: ReadonlyMap<string, string>,
  data: SetMemory,
  users: ReadonlyMap<string, string>,
): Diagnostic[] {
  if (rebindings.size === 0) return [];
  const lines = [...rebindings].map(
    ([id, now]) =>
      `${describeIds([id], users)}: was user ${printable(data.bindings.get(id) ?? "")}, is user ${printable(now)} now`,
  );
  return [
    setWarning(
      `${rebindings.size} declared ${rebindings.size === 1 ? "id means" : "ids mean"} somebody else now`,
      `In GenAuth, another user has taken over the id since it was declared:\n${lines.join("\n")}\nThe next apply accepts the new user as the declared one. Remove the ids of users that must not have an account. Until an apply has accepted the new user, removing the id deletes nobody.`,
      rebindings.keys(),
    ),
  ];
}

/**
 * Warns if a set that was applied before has no private data: the engine stores none if the provider is killed during an apply
 * (seen on Terraform 1.11.4 and OpenTofu 1.12.6). An import has none either, but no drift yet.
 */
function warnBindingsLost(state: UserSetModel, privateData: Uint8Array): Diagnostic[] {
  if (privateData.length > 0 || lastDrift(state) === undefined || idTypeOf(state) === UserIdType.USER_ID)
    return [];
  const detail =
    "The state has no private data of this set. Terraform drops it if the provider is killed during an apply. Each id now counts as the user that it names at present, even if it named somebody else before, and users that the interrupted apply deleted count as never found. Check the name of each user before you approve a deletion, or restore the state from before that apply and plan again.";
  return [warning("The set no longer knows whom its ids named before", detail)];
}

/**
 * Only a warning, so that a set with damaged data can still be destroyed or removed, which deletes nobody. A plan that changes
 * its users also reads the data, and fails.
 */
function warnUnreadable(state: Request["state"], privateData: Uint8Array): Response {
  const detail =
    "Its private data in the state is damaged, or was written by a later version of the GenAuth provider. Nothing was looked up, and no plan can add or remove users. Use that version, restore the state from a backup, or destroy the set with -refresh=false, which deletes nobody, and create it again.";
  return {
    state,
    privateData,
    diagnostics: [warning("The set cannot be read, and was not refreshed", detail)],
  };
}

function warnNotRefreshed(state: Request["state"], privateData: Uint8Array): Response {
  const detail =
    "The provider's configuration refers to a value that is not known before apply, so no user could be looked up. Drift is as of the last refresh.";
  return { state, privateData, diagnostics: [warning("The set was not refreshed", detail)] };
}

/**
 * Selects the ids that a refresh looks up, and logs why an incremental refresh looks up all users.
 *
 * @returns the ids, and the checkpoint to keep if the look-ups decide every id
 */
async function selectIds(
  state: UserSetModel,
  ids: readonly string[],
  data: SetMemory,
  { incremental, lookUps }: UserPool,
  { stop, logger }: Pick<ProviderContext, "stop" | "logger">,
): Promise<{ readonly ids: readonly string[]; readonly checkpoint?: SetMemory["checkpoint"] }> {
  if (!incremental) return { ids };
  const drift = lastDrift(state);
  const set = {
    ids,
    bindings: data.bindings,
    unsettled: new Set([...(drift?.missing ?? []), ...data.undeclared, ...data.rebindings.keys()]),
  };
  // Without a drift, it is not known which users were missing.
  const plan = await selectIdsToRefresh(set, drift && data.checkpoint, { ...incremental, lookUps }, stop);
  if (plan.fallback) {
    const { why, archiveFailed } = plan.fallback;
    logger[archiveFailed ? "warn" : "info"](`refresh looks up all users: ${why}`, { users: ids.length });
  } else {
    logger.info("refresh is incremental", { users: ids.length, lookedUp: plan.ids.length });
  }
  return plan;
}
