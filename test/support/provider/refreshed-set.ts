import { createLogger, fillModel, type StateResponse, UNKNOWN } from "../../../src/plugin";
import type { ProviderContext, UserPool } from "../../../src/provider/context";
import { logProgress } from "../../../src/provider/configure";
import { applyUserSet } from "../../../src/provider/user-set/apply";
import { createUserSet } from "../../../src/provider/user-set/create";
import { decodeMemory } from "../../../src/provider/user-set/memory-codec";
import { readUserSet } from "../../../src/provider/user-set/read";
import { type UserSetModel, userSetSchema } from "../../../src/provider/user-set/schema";
import {
  PlannedSets,
  ProtectedUsers,
  type UserDirectory,
  type RecordList,
  UserIdType,
  UserLookUps,
} from "../../../src/users";
import { FirstChange } from "../../../src/users/calls/first-change";
import type { DeletionRequest } from "../../../src/users/calls/delete-users";
import type { TimedPool } from "./timed-pool";

/** A set in Terraform's state. */
export interface KeptSet {
  readonly state: UserSetModel;
  readonly privateData: Uint8Array;
}

/**
 * The context of a provider process. `now` is its clock in seconds; without it, every refresh is full. `key` stands for the
 * access key.
 */
export function contextOf(pool: TimedPool, now?: number, key = "key"): ProviderContext {
  return contextOver(
    pool,
    now === undefined
      ? {}
      : {
          incremental: {
            archive: pool,
            now: Math.floor(now),
            pool: "pool",
            key,
            fullLasts: 7 * 24 * 3600,
          },
        },
  );
}

/** For contexts of sets, which list nobody. */
export const NO_LIST: RecordList = {
  listRecords: notExpected,
  listMembers: notExpected,
  readRecords: notExpected,
};

function notExpected(): never {
  throw new Error("A set lists nobody.");
}

/** The same with any directory. `changes` override the pool, `context` the rest. */
export function contextOver(
  directory: UserDirectory,
  changes: Partial<UserPool> & Pick<DeletionRequest, "sleep"> = {},
  context: Partial<ProviderContext> = {},
): ProviderContext {
  const logger = createLogger("test", { environment: {} });
  return {
    pool: {
      name: "the pool",
      host: "https://pool.example.com",
      directory,
      lookUps: new UserLookUps(directory),
      list: NO_LIST,
      maxAttempts: 1,
      confirmWithinMs: 0,
      readFullUsers: async (userIds, stop) => {
        const outcome = await directory.findUsers(userIds, UserIdType.USER_ID, stop);
        return outcome.ok ? { ok: true, value: outcome.value.map((user) => ({ ...user })) } : outcome;
      },
      firstSuspension: new FirstChange("Suspended"),
      firstReactivation: new FirstChange("Activated"),
      ...changes,
    },
    protectedUsers: ProtectedUsers.of(new Map()),
    operatorProtected: ProtectedUsers.of(new Map()),
    protectedUsersKnown: true,
    plannedSets: new PlannedSets(),
    takenOver: new Map(),
    refreshed: new Set(),
    limits: { protectedUsers: new Map(), acceptEmptyPool: true },
    ledger: (_set, deletions) => deletions,
    stop: new AbortController().signal,
    logger,
    progress: logProgress(logger),
    ...context,
  };
}

export async function create(
  type: UserIdType,
  ids: readonly string[],
  context: ProviderContext,
): Promise<KeptSet> {
  const planned = fillModel(userSetSchema, {
    users: new Map(ids.map((id) => [id, ""])),
    user_id_type: type,
    max_deletions: 1000,
  });
  return keptOf(await createUserSet(planned, context));
}

/** The result of a refresh: what Terraform stores, and what a person sees. */
export async function refresh(set: KeptSet, context: ProviderContext) {
  const response = await readUserSet({ ...set, context });
  const kept = keptOf(response);
  const users = kept.state.users as ReadonlyMap<string, string>;
  const { bindings, rebindings, undeclared } = decodeMemory(kept.privateData, users.keys());
  const { diagnostics } = response;
  return { kept, seen: { drift: kept.state.drift, diagnostics, bindings, rebindings, undeclared } };
}

/** Applies a set with other ids, with a plan that deletes all removed users. */
export async function update(
  set: KeptSet,
  ids: readonly string[],
  context: ProviderContext,
): Promise<KeptSet> {
  const left = [...(set.state.users as ReadonlyMap<string, string>).keys()].filter((id) => !ids.includes(id));
  const planned: UserSetModel = {
    ...set.state,
    users: new Map(ids.map((id) => [id, ""])),
    removals: new Map(left.map((id) => [id, UNKNOWN])),
    drift: UNKNOWN,
  };
  const { privateData } = set;
  return keptOf(await applyUserSet({ prior: set.state, planned, config: planned, privateData, context }));
}

function keptOf({ state, privateData }: StateResponse<typeof userSetSchema>): KeptSet {
  if (!state) throw new Error("The set is gone from the state.");
  return { state, privateData };
}
