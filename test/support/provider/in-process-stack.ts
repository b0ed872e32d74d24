import { type Diagnostic, fillModel } from "../../../src/plugin";
import type { ProviderContext } from "../../../src/provider/context";
import { type UserSetModel, userSetSchema } from "../../../src/provider/user-set/schema";
import { type DeleteBy, ProtectedUsers, type UserIdType } from "../../../src/users";
import { ModelStack } from "../engine-model/stack";
import { type KeptSet, NO_SET } from "../engine-model/user-set";
import type { ModelDirectory } from "../users/model-directory";
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
export interface StackOptions {
  /** Users whom the stack protects; default none. */
  readonly protectedIds?: ReadonlyMap<UserIdType, readonly string[]>;
  /** Whether they are known only at apply. Default no. */
  readonly protectedAtApply?: boolean;
  /** Whether the host of the pool is known only at apply. Default no. */
  readonly hostAtApply?: boolean;
  /** Whether sets are planned without a refresh. Default no. */
  readonly withoutRefresh?: boolean;
  /** Called between plan and apply. */
  readonly beforeApply?: () => void;
  /** Other limits of the operator. */
  readonly limits?: Partial<ProviderContext["limits"]>;
}

/** How a run ended, and what it said. */
export interface StackRun {
  /** Whether the plan of each set shows a change; an engine applies no other set. Empty after an error in refresh or plan. */
  readonly changes: readonly boolean[];
  readonly diagnostics: readonly Diagnostic[];
  /** The summaries of the errors. */
  readonly errors: readonly string[];
  readonly text: string;
}

/** The sets of a stack, with the provider's code in this process, and what happens to them in one run after the other. */
export class InProcessStack {
  kept: readonly KeptSet[] = [];

  constructor(readonly directory: ModelDirectory) {}

  /**
   * Refreshes, plans and applies the sets of a stack, one after the other as Terraform does. After an error in refresh or plan, nothing is
   * applied.
   */
  async run(declared: readonly DeclaredSet[], options: StackOptions = {}): Promise<StackRun> {
    this.directory.forget();
    const stored = declared.map((_, index) => this.kept[index] ?? NO_SET);
    let isPlanning = true;
    const start = () => Promise.resolve(this.#contextOf(options, isPlanning));
    const stack = new ModelStack(start, stored);
    const mode = options.withoutRefresh ? "no refresh" : "refresh and plan";
    const { plans, seen, isFailed } = await stack.plan(declared.map(modelOf), mode);
    isPlanning = false;
    if (isFailed) return ended([], seen);
    options.beforeApply?.();
    const applied = await stack.apply();
    this.kept = stack.kept;
    return ended(
      plans.map(({ isEmpty }) => !isEmpty),
      [...seen, ...applied.seen],
    );
  }

  #contextOf(options: StackOptions, isPlanning: boolean): ProviderContext {
    const { protectedIds = new Map(), limits } = options;
    const isOpen = isPlanning && options.protectedAtApply === true;
    const others = contextOver(this.directory, {
      maxAttempts: 3,
      // Enough for some look-ups; `sleep` takes no time.
      confirmWithinMs: 2,
      sleep: () => Promise.resolve(),
    });
    return {
      ...others,
      pool: isPlanning && options.hostAtApply ? undefined : others.pool,
      limits: { ...others.limits, ...limits },
      protectedUsers: ProtectedUsers.of(isOpen ? new Map() : protectedIds),
      protectedUsersKnown: !isOpen,
    };
  }
}

function ended(changes: readonly boolean[], diagnostics: readonly Diagnostic[]): StackRun {
  const errors = diagnostics.filter(({ severity }) => severity === "error").map(({ summary }) => summary);
  const text = diagnostics.map(({ summary, detail }) => `${summary}\n${detail}`).join("\n");
  return { changes, diagnostics, errors, text };
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
    retained_ids: [...retained],
    allow_missing_users: true,
    suspend_days: suspendDays,
    ...(deleteBy && { delete_by: deleteBy }),
  });
}
