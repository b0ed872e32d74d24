import type { DirectoryUser, Outcome } from "../directory";
import type { Message } from "../wording";

/** A user as a list shows it. */
export interface PoolRecord extends DirectoryUser {
  readonly shown: ShownFields;
}

/**
 * Fields as a list shows them: null is a field without a value, and undefined one that the list does not
 * show.
 */
export interface ShownFields {
  readonly lastLogin?: string | null | undefined;
  readonly createdAt?: string | null | undefined;
}

/** One page of a list. */
export interface RecordPage {
  readonly users: readonly PoolRecord[];
  /** How many users the directory counts in the whole list. */
  readonly total: number;
}

/**
 * What the data source needs of the user pool. As `UserDirectory`, it never throws for an answer of the pool.
 */
export interface RecordList {
  /**
   * Lists all users page by page, each user once. Ends with a failure if a page cannot be read, or if the
   * pages hold more or fewer users than the pool counts.
   */
  listRecords(stop?: AbortSignal): AsyncIterable<Outcome<RecordPage>>;
  /** Reads at most 50 users by system user id. Leaves out those that do not exist. */
  readRecords(userIds: readonly string[], stop?: AbortSignal): Promise<Outcome<readonly PoolRecord[]>>;
}

/** A user that the data source returns. */
export interface SelectedUser {
  /** The system user id. */
  readonly userId: string;
  readonly name?: string;
  /** As a list shows the user; absent if nobody has asked for it. */
  readonly record?: PoolRecord;
}

/** The selected users, by id; or why it is not certain who they are. */
export type SelectedUsers =
  | { readonly users: ReadonlyMap<string, SelectedUser> }
  | { readonly problem: Message };
