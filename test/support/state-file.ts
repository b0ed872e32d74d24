/** The parts of a state file (version 4) that tests look at. */
export interface StateFile {
  readonly outputs: Readonly<Record<string, { readonly value: unknown }>>;
  readonly resources: readonly StateResource[];
}

/** One resource block's objects. */
export interface StateResource {
  readonly type: string;
  readonly name: string;
  readonly instances: readonly StateInstance[];
}

/** One object: the only one of its block, or one of those made by `count` or `for_each`. */
export interface StateInstance {
  readonly index_key?: string | number;
  readonly status?: "tainted";
  /** Set on an object that waits to be destroyed by `create_before_destroy`. */
  readonly deposed?: string;
  readonly attributes: UserSetAttributes;
  /** The provider's private data, base64. */
  readonly private?: string;
}

/** The attributes of a `genauth_user_set` in the state. */
export interface UserSetAttributes {
  readonly id: string;
  readonly users: Readonly<Record<string, string>>;
  readonly user_id_type: string;
  readonly max_deletions: number;
  readonly max_deletions_percent: number | null;
  readonly retained_user_ids: readonly string[] | null;
  readonly allow_unknown_users: boolean;
  readonly allow_missing_users: boolean;
  readonly delete_by: string;
  readonly removals: Readonly<Record<string, string>> | null;
  readonly drift: { readonly missing: readonly string[]; readonly survivors: readonly string[] } | null;
}

/** The state before anything was applied. */
export const EMPTY_STATE: StateFile = { outputs: {}, resources: [] };
