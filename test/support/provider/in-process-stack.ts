import { isDeepStrictEqual } from "node:util";
import { error, fillModel, UNKNOWN, type Diagnostic, type StateResponse } from "../../../src/plugin";
import type { ProviderContext, UserPool } from "../../../src/provider/context";
import { userSet } from "../../../src/provider/user-set/resource";
import { type UserSetModel, userSetSchema } from "../../../src/provider/user-set/schema";
import { type DeleteBy, ProtectedUsers, type UserDirectory, type UserIdType } from "../../../src/users";
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

/** A set in Terraform's state; null if there is none. */
export type KeptSet = Omit<StateResponse<typeof userSetSchema>, "diagnostics">;

/** The options of a run. */
export interface StackOptions {
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
  /** Whether the engine hands the private data of a plan to the plan of its apply, as Terraform 1.16 does. Default no. */
  readonly handsOnPlans?: boolean;
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
  declared: readonly MistakenSet[],
  options: StackOptions,
): Promise<StackRun> {
  const diagnostics: Diagnostic[] = [];
  const failed = (): boolean => diagnostics.some(({ severity }) => severity === "error");
  const planner = contextOf(options);
  const planned: {
    change: Change;
    plan: Awaited<ReturnType<typeof userSet.plan>>;
    approvedPrivateData: Uint8Array;
  }[] = [];
  const handsOn = options.handsOnPlans && { keepsPrivateData: true };
  for (const [index, set] of declared.entries()) {
    const stored = before[index] ?? NONE;
    const prior = options.withoutRefresh ? stored : await refresh(stored, planner, diagnostics);
    if (failed()) return { sets: before, changes: [], diagnostics };
    options.afterRefresh?.();
    const config = modelOf(set);
    const proposed: UserSetModel = {
      ...config,
      id: prior.state?.id ?? null,
      ...computedOf(prior.state),
    };
    const change = { prior: prior.state, proposed, config, privateData: prior.privateData };
    let plan = await userSet.plan({ ...change, ...handsOn, context: planner });
    let approvedPrivateData = plan.privateData;
    diagnostics.push(...plan.diagnostics);
    const { requiresReplace = [], privateData } = plan;
    if (requiresReplace.length > 0) {
      // The second half of a replacement: a creation, with the private data that the first half planned.
      const created = { ...proposed, id: null, ...computedOf(null) };
      const creation = await userSet.plan({
        prior: null,
        proposed: created,
        config,
        privateData,
        ...handsOn,
        context: planner,
      });
      approvedPrivateData = creation.privateData;
      diagnostics.push(...creation.diagnostics);
      plan = { ...creation, requiresReplace, privateData };
    }
    planned.push({ change, plan, approvedPrivateData });
  }
  if (failed()) return { sets: before, changes: [], diagnostics };
  const changes = planned.map(({ change, plan }) => !isDeepStrictEqual(plan.planned, change.prior));

  options.beforeApply?.();
  const applier = contextOf(options);
  const sets: KeptSet[] = [];
  const inOrder = [...planned.entries()];
  if (options.appliesBackwards) inOrder.reverse();
  for (const [index, { change, plan, approvedPrivateData }] of inOrder) {
    if (!changes[index]) {
      sets[index] = { state: change.prior, privateData: change.privateData };
      continue;
    }
    const isReplaced = (plan.requiresReplace ?? []).length > 0;
    const prior = isReplaced ? null : change.prior;
    // The engine plans again from the state: nothing else of the plan reaches the apply, unless the engine hands its private data on.
    const again = await userSet.plan({
      ...change,
      prior,
      ...(isReplaced && { privateData: plan.privateData }),
      ...handsOn,
      ...(handsOn && approvedPrivateData.length > 0 && { approvedPrivateData }),
      context: applier,
    });
    diagnostics.push(...again.diagnostics);
    const refusals = again.diagnostics.filter(({ severity }) => severity === "error");
    // An engine compares a plan with the approved one only if it has no error.
    const changed =
      refusals.length > 0
        ? []
        : COMPARED.flatMap((name) => changedElements(name, plan.planned, again.planned));
    diagnostics.push(...changed.map((path) => error("Provider produced inconsistent final plan", path)));
    if (refusals.length + changed.length > 0) {
      sets[index] = { state: change.prior, privateData: change.privateData };
      continue;
    }
    const applied = await userSet.apply({
      prior,
      planned: again.planned,
      config: change.config,
      privateData: again.privateData,
      context: applier,
    });
    diagnostics.push(...applied.diagnostics);
    sets[index] = { state: applied.state, privateData: applied.privateData };
  }
  return { sets, changes, diagnostics };
}

type Change = Omit<Parameters<typeof userSet.plan>[0], "context">;

/** The attributes that the provider computes, as the engine proposes them. */
export function computedOf(state: UserSetModel | null): Pick<UserSetModel, Computed | "drift"> {
  const { removals = null, suspensions = null, suspended = null, drift = null } = state ?? {};
  return { removals, suspensions, suspended, drift };
}

type Computed = (typeof COMPARED)[number];

const COMPARED = ["removals", "suspensions", "suspended"] as const;

/** The elements that were known in the first plan and differ in the second one, or appear or vanish, which an engine refuses. */
export function changedElements(
  name: Computed,
  first: UserSetModel | null,
  second: UserSetModel | null,
): string[] {
  const before = first?.[name] ?? UNKNOWN;
  const now = second?.[name] ?? UNKNOWN;
  if (before === UNKNOWN) return [];
  if (now === UNKNOWN) return [`.${name}`];
  const ids = new Set([...before.keys(), ...now.keys()]);
  return [...ids].flatMap((id) => {
    const isAllowed = before.get(id) === UNKNOWN ? now.has(id) : now.get(id) === before.get(id);
    return isAllowed ? [] : [`.${name}["${id}"]`];
  });
}

const NONE: KeptSet = { state: null, privateData: new Uint8Array() };

async function refresh(set: KeptSet, context: ProviderContext, seen: Diagnostic[]): Promise<KeptSet> {
  const { state, privateData } = set;
  if (!state) return set;
  const { diagnostics, ...refreshed } = await userSet.read({ state, privateData, context });
  seen.push(...diagnostics);
  return refreshed;
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
