import { type KeptSet, NO_SET } from "../../../support/engine-model/user-set";
import { decodeMemory } from "../../../../src/provider/user-set/memory-codec";
import { lastDrift } from "../../../../src/provider/user-set/model";
import { type DirectoryUser, type SetMemory, UserIdType } from "../../../../src/users";
import type { ModelDirectory } from "../../../support/users/model-directory";
import type { PresentSet } from "../../../support/provider/refreshed-set";
import { idOf } from "../../../support/users/people";
import {
  type DeclaredSet,
  InProcessStack,
  type StackOptions,
} from "../../../support/provider/in-process-stack";

/** A set that suspends for 14 days, and what happens to it in one run after the other. */
export class SuspendingStack {
  readonly #stack: InProcessStack;

  constructor(
    readonly directory: ModelDirectory,
    readonly type: UserIdType = UserIdType.EMAIL,
  ) {
    this.#stack = new InProcessStack(directory);
  }

  get kept(): KeptSet {
    return this.#stack.kept[0] ?? NO_SET;
  }

  set kept(set: KeptSet) {
    this.#stack.kept = [set];
  }

  /** Refreshes, plans and applies the set with these users. */
  async declare(users: readonly DirectoryUser[], set?: Partial<DeclaredSet>, options?: StackOptions) {
    return await this.declareIds(
      users.map((user) => idOf(user, this.type)),
      set,
      options,
    );
  }

  /** The same by id. */
  async declareIds(ids: readonly string[], set?: Partial<DeclaredSet>, options?: StackOptions) {
    const users = new Map(ids.map((id) => [id, ""]));
    const declared = { type: this.type, users, retained: [], suspendDays: 14, ...set };
    const run = await this.#stack.run([declared], options);
    return { ...run, isChanged: run.changes[0] ?? false };
  }

  /** The set in the state. */
  get present(): PresentSet {
    const { state, privateData } = this.kept;
    if (!state) throw new Error("The set is not in the state.");
    return { state, privateData };
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
