import type { UserIdType } from "../../../../src/users";

/** A declared set. */
export interface DeclaredSet {
  readonly users: readonly string[];
  readonly user_id_type: UserIdType;
  readonly max_deletions: number;
  readonly max_deletions_percent: number;
  readonly retained_ids?: readonly string[];
  /** Only for a `genauth_user_set`; default 0. */
  readonly suspend_days?: number;
}

/** How a run of `terraform apply` ended. */
export interface RunEnd {
  /** The last operation: after an error, later ones do not run. */
  readonly operation: "refresh" | "plan" | "apply";
  /** The error messages. */
  readonly errors: readonly string[];
  /** The warnings of a `genauth_user_set`. */
  readonly warnings?: readonly string[];
  /** The drift that the run reports; absent if it did nothing. */
  readonly drift?: Drift;
}

/** The differences between a set and the pool. */
export interface Drift {
  readonly missing: readonly string[];
  readonly survivors: readonly string[];
}

/** Called when Terraform would start the process for an operation. */
export interface OperationHooks {
  refresh?(): void;
  apply?(): void;
  /** Called when the engine has planned again, right before it applies. Only a set that plans again calls it. */
  plannedAgain?(): void;
}

/** Variables of processes. */
export type Environment = Readonly<Record<string, string>>;

/** Additional variables of the processes of a run, by operation. */
export interface OperationVariables {
  readonly refresh?: Environment;
  readonly apply?: Environment;
}

/**
 * One user set, with Terraform's part simulated in this process. Cheap enough for thousands of runs; the acceptance tests run
 * the same on a real engine.
 */
export interface ManagedSet {
  /** The users in the state, id -> label. */
  readonly users: ReadonlyMap<string, string>;
  /**
   * Refreshes, plans and applies, as `terraform apply` does.
   *
   * @param variables take precedence over those of the set
   */
  run(declared: DeclaredSet, hooks?: OperationHooks, variables?: OperationVariables): Promise<RunEnd>;
}
