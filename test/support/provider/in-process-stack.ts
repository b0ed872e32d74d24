import { type Diagnostic, fillModel } from "../../../src/plugin";
import type { ProviderContext } from "../../../src/provider/context";
import { type UserSetModel, userSetSchema } from "../../../src/provider/user-set/schema";
import { type DeleteBy, ProtectedUsers, type UserDirectory, type UserIdType } from "../../../src/users";
import { ModelStack } from "../engine-model/stack";
import { type EngineKind, type KeptSet, NO_SET } from "../engine-model/user-set";
import { ArchiveReader, type UserArchive } from "../../../src/users/calls/archive";
import { contextOver } from "./refreshed-set";

/** The declaration of a set. */
export interface DeclaredSet {
  readonly type: UserIdType;
  readonly users: ReadonlyMap<string, string>;
  readonly retained: readonly string[];
  /** Default 1,000. */
  readonly maxDeletions?: number;
  /** Default 100. */
  readonly maxDeletionsPercent?: number;
  /** Default 0. */
  readonly suspendDays?: number;
  /** Default by the declared id. */
  readonly deleteBy?: DeleteBy;
}

/** The options of a run. */
export interface StackOptions extends EngineKind {
  readonly directory: UserDirectory;
  readonly protectedIds: ReadonlyMap<UserIdType, readonly string[]>;
  /** Whether they are known only at apply. Default no. */
  readonly protectedAtApply?: boolean;
  /** Whether the host of the pool is known only at apply. Default no. */
  readonly hostAtApply?: boolean;
  /** The archive of deleted users; default none, as if the key may not read it. */
  readonly archive?: UserArchive;
  /** Whether sets are planned without a refresh. Default no. */
  readonly withoutRefresh?: boolean;
  readonly stop: AbortSignal;
  /** Called between the refresh of a set and its plan. */
  readonly afterRefresh?: () => void;
  /** Called between plan and apply. */
  readonly beforeApply?: () => void;
  /** Other limits of the operator. */
  readonly limits?: Partial<ProviderContext["limits"]>;
  /** Those of `protectedIds` that the operator protects; default none. */
  readonly operatorProtectedIds?: ReadonlyMap<UserIdType, readonly string[]>;
  /** Whether the sets are applied in the reverse order of their plans. Default no. */
  readonly appliesBackwards?: boolean;
}

/** How a run ended. */
export interface StackRun {
  readonly sets: readonly KeptSet[];
  /** Whether the plan of each set shows a change; an engine applies no other set. Empty after an error in refresh or plan. */
  readonly changes: readonly boolean[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Refreshes, plans and applies the sets of a stack, one after the other as Terraform does, with the provider's code in this
 * process. After an error in refresh or plan, nothing is applied.
 */
export async function runStack(
  before: readonly KeptSet[],
  declared: readonly DeclaredSet[],
  options: StackOptions,
): Promise<StackRun> {
  const stored = declared.map((_, index) => before[index] ?? NO_SET);
  let isPlanning = true;
  const start = () => Promise.resolve(contextOf(options, isPlanning));
  const stack = new ModelStack(start, stored, options);
  const mode = options.withoutRefresh ? "no refresh" : "refresh and plan";
  const planned = await stack.plan(declared.map(modelOf), mode, options.afterRefresh);
  isPlanning = false;
  const { plans, seen } = planned;
  if (planned.isFailed) return { sets: before, changes: [], diagnostics: seen };
  options.beforeApply?.();
  const applied = await stack.apply(options);
  return {
    sets: stack.kept,
    changes: plans.map(({ isEmpty }) => !isEmpty),
    diagnostics: [...seen, ...applied.seen],
  };
}

function contextOf(options: StackOptions, isPlanning: boolean): ProviderContext {
  const { directory, protectedIds, operatorProtectedIds = new Map(), stop } = options;
  const isOpen = isPlanning && options.protectedAtApply === true;
  const others = contextOver(directory, {
    maxAttempts: 3,
    // Enough for some look-ups; `sleep` takes no time.
    confirmWithinMs: 2,
    sleep: () => Promise.resolve(),
    archive: options.archive && new ArchiveReader(options.archive),
  });
  return {
    ...others,
    pool: isPlanning && options.hostAtApply ? undefined : others.pool,
    limits: { ...others.limits, ...options.limits },
    protectedUsers: ProtectedUsers.of(isOpen ? new Map() : protectedIds),
    protectedUsersKnown: !isOpen,
    operatorProtected: ProtectedUsers.of(operatorProtectedIds),
    stop,
  };
}

function modelOf({
  type,
  users,
  retained,
  maxDeletions = 1_000,
  maxDeletionsPercent = 100,
  suspendDays = 0,
  deleteBy,
}: DeclaredSet): UserSetModel {
  return fillModel(userSetSchema, {
    users: new Map(users),
    user_id_type: type,
    max_deletions: maxDeletions,
    max_deletions_percent: maxDeletionsPercent,
    retained_user_ids: [...retained],
    allow_missing_users: true,
    suspend_days: suspendDays,
    ...(deleteBy && { delete_by: deleteBy }),
  });
}
