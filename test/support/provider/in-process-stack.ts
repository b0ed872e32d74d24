import { isDeepStrictEqual } from "node:util";
import { type Diagnostic, fillModel } from "../../../src/plugin";
import type { ProviderContext, UserPool } from "../../../src/provider/context";
import { type UserSetModel, userSetSchema } from "../../../src/provider/user-set/schema";
import { type DeleteBy, ProtectedUsers, type UserDirectory, type UserIdType } from "../../../src/users";
import { ModelStack } from "../engine-model/stack";
import { type EngineKind, isFailed, type KeptSet, NO_SET, refreshSet } from "../engine-model/user-set";
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
  /** Default true, because histories declare people who are added later. */
  readonly allowMissing?: boolean;
  /** Default 0. */
  readonly suspendDays?: number;
  /** Default by the declared id. */
  readonly deleteBy?: DeleteBy;
}

/** A declaration that may be a mistake. */
export type MistakenSet = Omit<DeclaredSet, "users"> & { readonly users: DeclaredSet["users"] | null };

/** The options of a run. */
export interface StackOptions extends EngineKind {
  readonly directory: UserDirectory;
  readonly protectedIds: ReadonlyMap<UserIdType, readonly string[]>;
  readonly stop: AbortSignal;
  /** Whether sets are planned without a refresh. Default no. */
  readonly withoutRefresh?: boolean;
  /** Called between the refresh of a set and its plan. */
  readonly afterRefresh?: () => void;
  /** Called between plan and apply. */
  readonly beforeApply?: () => void;
  /** Whether to accept a pool of which none of the known users is left. Default true: others may delete all of them. */
  readonly acceptEmptyPool?: boolean;
  /** Other limits of the operator. */
  readonly limits?: Partial<ProviderContext["limits"]>;
  /** Those of `protectedIds` that the operator protects; default none. */
  readonly operatorProtectedIds?: ReadonlyMap<UserIdType, readonly string[]>;
  /** Counts deletions for the operator's limit. Default: each set alone. */
  readonly ledger?: ProviderContext["ledger"];
  /** For how long a change is read back, in milliseconds. Default 2. */
  readonly confirmWithinMs?: number;
  /** Default: every refresh looks up all users. */
  readonly incremental?: UserPool["incremental"];
  /** Whether the sets are applied in the reverse order of their plans. Default no. */
  readonly appliesBackwards?: boolean;
}

/** How a run ended. */
export interface StackRun {
  readonly sets: readonly KeptSet[];
  /** Whether the plan of each set shows a change; an engine applies no other set. Empty after an error in refresh or plan. */
  readonly changes: readonly boolean[];
  /** Whether each set was stored anew, by an apply that failed, too. Empty after an error in refresh or plan. */
  readonly applied: readonly boolean[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Refreshes, plans and applies the sets of a stack, one after the other as Terraform does, with the provider's code in this
 * process. After an error in refresh or plan, nothing is applied.
 */
export async function runStack(
  before: readonly KeptSet[],
  declared: readonly MistakenSet[],
  options: StackOptions,
): Promise<StackRun> {
  const stored = declared.map((_, index) => before[index] ?? NO_SET);
  const stack = new ModelStack(() => Promise.resolve(contextOf(options)), stored, options);
  const mode = options.withoutRefresh ? "no refresh" : "refresh and plan";
  const planned = await stack.plan(declared.map(modelOf), mode, options.afterRefresh);
  const { plans, seen } = planned;
  if (planned.isFailed) return { sets: before, changes: [], applied: [], diagnostics: seen };
  options.beforeApply?.();
  const applied = await stack.apply(options);
  return {
    sets: stack.kept,
    changes: plans.map(({ isEmpty }) => !isEmpty),
    applied: plans.map(({ prior }, index) => !isDeepStrictEqual(stack.kept[index]?.state, prior.state)),
    diagnostics: [...seen, ...applied.seen],
  };
}

/**
 * Refreshes the sets of a stack and keeps what that finds, as `apply -refresh-only` does.
 *
 * @throws Error if a refresh fails
 */
export async function refreshStack(before: readonly KeptSet[], options: StackOptions): Promise<KeptSet[]> {
  const context = contextOf(options);
  const diagnostics: Diagnostic[] = [];
  const sets: KeptSet[] = [];
  for (const set of before) sets.push(await refreshSet(set, context, diagnostics));
  if (isFailed(diagnostics)) throw new Error(diagnostics.map(({ summary }) => summary).join("\n"));
  return sets;
}

function contextOf(options: StackOptions): ProviderContext {
  const {
    directory,
    protectedIds,
    stop,
    acceptEmptyPool = true,
    ledger,
    confirmWithinMs = 2,
    incremental,
  } = options;
  const others = contextOver(directory, {
    maxAttempts: 3,
    // Enough for some look-ups; `sleep` takes no time.
    confirmWithinMs,
    sleep: () => Promise.resolve(),
    ...(incremental && { incremental }),
  });
  return {
    ...others,
    limits: { ...others.limits, acceptEmptyPool, ...options.limits },
    protectedUsers: ProtectedUsers.of(protectedIds),
    operatorProtected: ProtectedUsers.of(options.operatorProtectedIds ?? new Map()),
    ...(ledger && { ledger }),
    stop,
  };
}

function modelOf({
  type,
  users,
  retained,
  maxDeletions = 1_000,
  maxDeletionsPercent = 100,
  allowMissing = true,
  suspendDays = 0,
  deleteBy,
}: MistakenSet): UserSetModel {
  return fillModel(userSetSchema, {
    users: users && new Map(users),
    user_id_type: type,
    max_deletions: maxDeletions,
    max_deletions_percent: maxDeletionsPercent,
    retained_user_ids: [...retained],
    allow_missing_users: allowMissing,
    suspend_days: suspendDays,
    ...(deleteBy && { delete_by: deleteBy }),
  });
}
