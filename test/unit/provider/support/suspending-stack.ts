import { type Diagnostic, fillModel } from "../../../../src/plugin";
import type { ProviderContext } from "../../../../src/provider/context";
import { lastDrift } from "../../../../src/provider/user-set/model";
import { userSetSchema } from "../../../../src/provider/user-set/schema";
import { type DirectoryUser, ProtectedUsers, UserIdType } from "../../../../src/users";
import { ModelStack } from "../../../support/engine-model/stack";
import { type KeptSet, NO_SET } from "../../../support/engine-model/user-set";
import { contextOver, type PresentSet } from "../../../support/provider/refreshed-set";
import type { ModelDirectory } from "../../../support/users/model-directory";
import { idOf, unlabelled } from "../../../support/users/people";

/** The options of a run. */
export interface RunOptions {
  readonly retained?: readonly string[];
  /** E-mail addresses that the stack protects; default none. */
  readonly protectedEmails?: readonly string[];
  /** Whether they are known only at apply. Default no. */
  readonly protectedAtApply?: boolean;
  /** Whether the host of the pool is known only at apply. Default no. */
  readonly hostAtApply?: boolean;
  /** Whether the set is planned without a refresh. Default no. */
  readonly withoutRefresh?: boolean;
  /** Called between plan and apply. */
  readonly beforeApply?: () => void;
}

/** A set that suspends for 14 days, with the provider's code in this process, and what happens to it in one run after the other. */
export class SuspendingStack {
  kept: KeptSet = NO_SET;

  constructor(
    readonly directory: ModelDirectory,
    readonly type: UserIdType = UserIdType.EMAIL,
  ) {}

  /** Refreshes, plans and applies the set with these users. After an error in refresh or plan, nothing is applied. */
  async declare(users: readonly DirectoryUser[]) {
    return await this.declareIds(users.map((user) => idOf(user, this.type)));
  }

  /** The same by id. @returns what the run said */
  async declareIds(ids: readonly string[], options: RunOptions = {}) {
    this.directory.forget();
    let isPlanning = true;
    const stack = new ModelStack(() => Promise.resolve(this.#contextOf(options, isPlanning)), [this.kept]);
    const config = fillModel(userSetSchema, {
      users: unlabelled(ids),
      user_id_type: this.type,
      max_deletions_percent: 100,
      retained_ids: [...(options.retained ?? [])],
      allow_missing_users: true,
      suspend_days: 14,
    });
    const planned = await stack.plan([config], options.withoutRefresh ? "no refresh" : "refresh and plan");
    if (planned.isFailed) return told(planned.seen);
    isPlanning = false;
    options.beforeApply?.();
    const applied = await stack.apply();
    [this.kept = NO_SET] = stack.kept;
    return told([...planned.seen, ...applied.seen]);
  }

  /** The set in the state. */
  get present(): PresentSet {
    const { state, privateData } = this.kept;
    if (!state) throw new Error("The set is not in the state.");
    return { state, privateData };
  }

  /** The users who wait: id to date. */
  get suspended(): Record<string, unknown> {
    const { suspended } = this.present.state;
    return suspended instanceof Map ? Object.fromEntries<unknown>(suspended) : {};
  }

  /** The ids of declared users who are suspended, as the state has them. */
  get lockedOut(): readonly string[] | undefined {
    return lastDrift(this.present.state)?.locked_out;
  }

  #contextOf(options: RunOptions, isPlanning: boolean): ProviderContext {
    const isOpen = isPlanning && options.protectedAtApply === true;
    const protectedIds = isOpen ? [] : (options.protectedEmails ?? []);
    const others = contextOver(this.directory, {
      maxAttempts: 3,
      // Enough for some look-ups; `sleep` takes no time.
      confirmWithinMs: 2,
      sleep: () => Promise.resolve(),
    });
    return {
      ...others,
      pool: isPlanning && options.hostAtApply ? undefined : others.pool,
      protectedUsers: ProtectedUsers.of(new Map([[UserIdType.EMAIL, protectedIds]])),
      protectedUsersKnown: !isOpen,
    };
  }
}

function told(diagnostics: readonly Diagnostic[]) {
  const errors = diagnostics.filter(({ severity }) => severity === "error").map(({ summary }) => summary);
  const text = diagnostics.map(({ summary, detail }) => `${summary}\n${detail}`).join("\n");
  return { diagnostics, errors, text };
}
