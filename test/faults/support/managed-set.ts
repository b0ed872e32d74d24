import type { UserIdType } from "../../../src/users";

/** What a configuration declares. */
export interface DeclaredSet {
  readonly users: readonly string[];
  readonly user_id_type: UserIdType;
  readonly max_deletions: number;
  readonly max_deletions_percent: number;
  readonly retained_user_ids?: readonly string[];
}

/** How a run of `terraform apply` ended. */
export interface RunEnd {
  /** Where it stopped: after an error nothing that comes later is done. */
  readonly stage: "refresh" | "plan" | "apply";
  /** What went wrong, in the words that a person reads; none where all went well. */
  readonly errors: readonly string[];
  /** What differs by the run's own report; absent where it ended before it did anything, or nothing was to be done. */
  readonly drift?: Drift;
}

/** What differs between a set and the pool. */
export interface Drift {
  readonly missing: readonly string[];
  readonly survivors: readonly string[];
}

/** Called where Terraform would start a stage of a run, and its process. */
export interface Stages {
  refresh?(): void;
  apply?(): void;
}

/** Variables of processes. */
export type Environment = Readonly<Record<string, string>>;

/** Further variables of the processes of a run, by stage. */
export interface StageVariables {
  readonly refresh?: Environment;
  readonly apply?: Environment;
}

/**
 * One user set under the care of what Terraform does around it, in this process. Cheap enough for thousands of runs; the
 * acceptance tests run the same on the real engine.
 */
export interface ManagedSet {
  /** The users in the state, id -> label. */
  readonly users: ReadonlyMap<string, string>;
  /**
   * Refreshes, plans and applies, as `terraform apply` does.
   *
   * @param variables win over those of the set
   */
  run(declared: DeclaredSet, stages?: Stages, variables?: StageVariables): Promise<RunEnd>;
}
