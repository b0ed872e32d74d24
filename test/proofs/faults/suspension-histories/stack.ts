import type { Emulator } from "../../../support/emulator";
import { type SetMemory, USER_ID_TYPES, UserIdType } from "../../../../src/users";
import type { UserSetBlock } from "../../../support/configuration";
import type { Step } from "./steps";

/** The blocks of the two sets. */
export const SETS = ["first", "second"] as const;

/** The declaration of a set. */
export interface Declared {
  readonly type: UserIdType;
  readonly ids: readonly string[];
  /** By id. */
  readonly labels: Readonly<Record<string, string>>;
  readonly retained: readonly string[];
  readonly suspendDays: number | null;
  readonly maxDeletions: number;
}

/** A configuration of the two sets; undefined for one that is taken away. */
export interface StackConfiguration {
  readonly sets: readonly (Declared | undefined)[];
  readonly isStack: boolean;
  /** Whether the protected users of a stack are known only at apply. */
  readonly isOpen: boolean;
}

/** A set in the state. */
export interface SetInState {
  readonly type: UserIdType;
  readonly users: ReadonlySet<string>;
  readonly survivors: ReadonlySet<string>;
  /** id -> the system user id that it named when a look-up found it first */
  readonly bindings: SetMemory["bindings"];
  /** id -> day of the deletion */
  readonly suspended: ReadonlyMap<string, string>;
  /** What the set remembers of those who wait. */
  readonly waiting: SetMemory["waiting"];
  /** Declared users who are suspended, perhaps by this set. */
  readonly lockedOut: ReadonlySet<string>;
}

/** What a plan shows of a set. */
export interface SetInPlan {
  /** Ids whose users may be deleted. */
  readonly deleted: ReadonlySet<string>;
  /** Ids whose users may be suspended. */
  readonly suspended: ReadonlySet<string>;
  /** Ids of which the plan's values say what happens, or that nothing does: all who leave, are due or return. */
  readonly named: ReadonlySet<string>;
}

/** A plan that was made and saved. */
export interface Plan {
  /** 0 for no change, 2 for changes, 1 for an error. */
  readonly code: number;
  readonly text: string;
  readonly sets: readonly SetInPlan[];
}

/** How a run ended. */
export interface Applied {
  readonly code: number;
  readonly text: string;
  /** Whether it was ended from outside. */
  readonly isCut: boolean;
}

/** A stack of the two sets. */
export interface Stack {
  write(configuration: StackConfiguration): void;
  /** Sets variables of the further runs; an empty one is as if it were absent. */
  setVariables(variables: Readonly<Record<string, string>>): void;
  /** A folder for files of the test. */
  readonly folder: string;
  /** Plans, and saves the plan. */
  plan(how: Step["run"]): Promise<Plan>;
  /** Applies the saved plan. */
  apply(cut: Step["cut"]): Promise<Applied>;
  /** The sets in the state; undefined for one that is not there. */
  held(): readonly (SetInState | undefined)[];
  close(): Promise<void>;
}

/** The variables of a run against an emulator. */
export function environmentOf(emulator: Emulator): Record<string, string> {
  return {
    ...emulator.environment(),
    GENAUTH_CONFIRM_SECONDS: "0.2",
    GENAUTH_MAX_ATTEMPTS: "2",
    // Others may have deleted all users of a set.
    GENAUTH_ACCEPT_EMPTY_POOL: "1",
  };
}

/** The block of a set, with Terraform's attribute names. */
export function blockOf(its: Declared): UserSetBlock {
  return {
    users: its.labels,
    user_id_type: its.type,
    retained_ids: its.retained,
    max_deletions: its.maxDeletions,
    max_deletions_percent: 100,
    allow_missing_users: true,
    ...(its.suspendDays !== null && { suspend_days: its.suspendDays }),
  };
}

/** A plan that shows nothing. */
export const NOTHING: SetInPlan = { deleted: new Set(), suspended: new Set(), named: new Set() };

/** `protected_users` as the construct fills it: all users that the stack declares or retains. */
export function protectedBy(sets: StackConfiguration["sets"]): Record<string, string[]> {
  const byType: Record<string, string[]> = {};
  for (const its of sets) if (its) (byType[its.type] ??= []).push(...its.ids, ...its.retained);
  return byType;
}

/** The id type that a state names. */
export function typeOf(name: unknown): UserIdType {
  return USER_ID_TYPES.find((type) => type === name) ?? UserIdType.USER_ID;
}
