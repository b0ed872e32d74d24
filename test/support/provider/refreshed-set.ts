import { createLogger, type Diagnostic, fillModel } from "../../../src/plugin";
import type { ProviderContext, UserPool } from "../../../src/provider/context";
import { logProgress } from "../../../src/provider/configure";
import { decodeMemory } from "../../../src/provider/user-set/memory-codec";
import { type UserSetModel, userSetSchema } from "../../../src/provider/user-set/schema";
import {
  FirstSuspension,
  PlannedSets,
  ProtectedUsers,
  type UserDirectory,
  type RecordList,
  UserIdType,
  UserLookUps,
} from "../../../src/users";
import { readerOf } from "../users/model-directory";
import type { DeletionRequest } from "../../../src/users/calls/delete-users";
import { applySet, type KeptSet, NO_SET, planSet, refreshSet } from "../engine-model/user-set";

/** A set that is in the state. */
export type PresentSet = KeptSet & { readonly state: UserSetModel };

/** For contexts of sets, which list nobody. */
const NO_LIST: RecordList = { listRecords: notExpected, readRecords: notExpected };

function notExpected(): never {
  throw new Error("A set lists nobody.");
}

/** The context of a provider process. `changes` override the pool, `context` the rest. */
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
      firstSuspension: new FirstSuspension(readerOf(directory)),
      ...changes,
    },
    userPoolName: null,
    protectedUsers: ProtectedUsers.of(new Map()),
    operatorProtected: ProtectedUsers.of(new Map()),
    protectedUsersKnown: true,
    plannedSets: new PlannedSets(),
    takenOver: new Map(),
    lostIfReplaced: new Map(),
    refreshed: new Set(),
    limits: { protectedUsers: new Map(), acceptEmptyPool: true },
    ledger: (people) => people.length,
    stop: new AbortController().signal,
    logger,
    progress: logProgress(logger),
    ...context,
  };
}

/** Creates a set without labels. */
export function create(
  type: UserIdType,
  ids: readonly string[],
  context: ProviderContext,
): Promise<PresentSet> {
  return change(NO_SET, type, ids, context);
}

/** Applies a set with other ids. */
export function update(
  set: PresentSet,
  ids: readonly string[],
  context: ProviderContext,
): Promise<PresentSet> {
  return change(set, String(set.state.user_id_type), ids, context);
}

/** The result of a refresh: what the engine stores, and what a person sees. */
export async function refresh(set: PresentSet, context: ProviderContext) {
  const diagnostics: Diagnostic[] = [];
  const kept = presentIn(await refreshSet(set, context, diagnostics), diagnostics);
  const users = kept.state.users as ReadonlyMap<string, string>;
  const { bindings, rebindings, undeclared } = decodeMemory(kept.privateData, users.keys());
  return { kept, seen: { drift: kept.state.drift, diagnostics, bindings, rebindings, undeclared } };
}

/** Plans and applies in the same process, as an engine never does, so that both see the same pool. */
async function change(
  prior: KeptSet,
  type: string,
  ids: readonly string[],
  context: ProviderContext,
): Promise<PresentSet> {
  const config = fillModel(userSetSchema, {
    users: new Map(ids.map((id) => [id, ""])),
    user_id_type: type,
    max_deletions: 1000,
    max_deletions_percent: 100,
  });
  const diagnostics: Diagnostic[] = [];
  const plan = await planSet(prior, config, context, diagnostics);
  return presentIn(await applySet(plan, context, diagnostics), diagnostics);
}

/** @throws Error if there is no set, or the engine would refuse an answer. Errors about users are expected. */
function presentIn({ state, privateData }: KeptSet, diagnostics: readonly Diagnostic[]): PresentSet {
  const summaries = diagnostics.map(({ summary }) => summary);
  if (state && !summaries.some((summary) => summary.startsWith("Provider "))) return { state, privateData };
  throw new Error(`The set is not in the state as planned: ${summaries.join("; ")}`);
}
