import type { KeptSet } from "../../../support/engine-model/user-set";
import type { Diagnostic } from "../../../../src/plugin";
import { decodeMemory } from "../../../../src/provider/user-set/memory-codec";
import { lastDrift } from "../../../../src/provider/user-set/model";
import { type DirectoryUser, type SetMemory, UserIdType } from "../../../../src/users";
import type { ModelDirectory } from "../../../support/users/model-directory";
import { idOf } from "../../../support/users/people";
import { runStack, type DeclaredSet, type StackOptions } from "../../../support/provider/in-process-stack";

/** A set that suspends for 14 days, and what happens to it in one run after the other. */
export class SuspendingStack {
  kept: KeptSet = { state: null, privateData: new Uint8Array() };

  constructor(
    readonly directory: ModelDirectory,
    readonly type: UserIdType = UserIdType.EMAIL,
  ) {}

  /** Refreshes, plans and applies the set with these users. */
  async declare(
    users: readonly DirectoryUser[],
    set: Partial<DeclaredSet> = {},
    options: Partial<StackOptions> = {},
  ): Promise<Run> {
    return await this.declareIds(
      users.map((user) => idOf(user, this.type)),
      set,
      options,
    );
  }

  /** The same by id. */
  async declareIds(
    ids: readonly string[],
    set: Partial<DeclaredSet> = {},
    options: Partial<StackOptions> = {},
  ): Promise<Run> {
    this.directory.forget();
    const users = new Map(ids.map((id) => [id, ""]));
    const declared = { type: this.type, users, retained: [], suspendDays: 14, ...set };
    const { sets, changes, diagnostics } = await runStack([this.kept], [declared], {
      directory: this.directory,
      protectedIds: new Map(),
      stop: new AbortController().signal,
      ...options,
    });
    this.kept = sets[0] ?? this.kept;
    return { ...runOf(diagnostics), diagnostics, isChanged: changes[0] ?? false };
  }

  /** The users who wait: id to date. */
  get suspended(): Record<string, unknown> {
    return Object.fromEntries(this.maps("suspended"));
  }

  get suspensions(): Record<string, unknown> {
    return Object.fromEntries(this.maps("suspensions"));
  }

  get reactivations(): Record<string, unknown> {
    return Object.fromEntries(this.maps("reactivations"));
  }

  get removals(): Record<string, unknown> {
    return Object.fromEntries(this.maps("removals"));
  }

  /** The ids in the state's `users`. */
  get users(): string[] {
    return [...this.maps("users").keys()];
  }

  /** The drift of the state. */
  get drift() {
    const drift = this.kept.state && lastDrift(this.kept.state);
    if (!drift) throw new Error("The set was never checked.");
    return drift;
  }

  /** What the set remembers of users who wait. */
  get waiting(): SetMemory["waiting"] {
    return decodeMemory(this.kept.privateData, this.users).waiting;
  }

  private maps(
    name: "suspended" | "suspensions" | "removals" | "reactivations" | "users",
  ): ReadonlyMap<string, unknown> {
    const value = this.kept.state?.[name];
    return value instanceof Map ? value : new Map<string, unknown>();
  }
}

/** What a run said: errors, and all of it as one text. */
export interface Run {
  readonly errors: readonly string[];
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
  /** Whether the plan shows a change: exit code 2. */
  readonly isChanged: boolean;
}

function runOf(diagnostics: readonly Diagnostic[]): Pick<Run, "errors" | "text"> {
  const errors = diagnostics.filter(({ severity }) => severity === "error").map(({ summary }) => summary);
  return { errors, text: diagnostics.map(({ summary, detail }) => `${summary}\n${detail}`).join("\n") };
}
