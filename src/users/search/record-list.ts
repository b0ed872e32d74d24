import type { DirectoryUser, Outcome } from "../directory";
import type { Message } from "../wording";

/** A user as a list shows it. */
export interface SearchRecord extends DirectoryUser {
  readonly shown: ShownFields;
}

/** Fields as a list shows them: null is a field without a value, and undefined one that the list does not show. */
export interface ShownFields {
  readonly status?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly lastLogin?: string | null | undefined;
  readonly createdAt?: string | null | undefined;
  readonly departmentIds?: readonly string[] | null | undefined;
}

/** One page of a list. */
export interface RecordPage {
  readonly users: readonly SearchRecord[];
  /** How many users the directory counts in the whole list. */
  readonly total: number;
}

/** A condition that a search sends. */
export interface Condition {
  readonly field: string;
  readonly operator: "EQUAL" | "CONTAINS";
  readonly value: string;
}

/** A department of an organization. */
export interface SearchDepartment {
  readonly organizationCode: string;
  /** `root` is the department at the top. */
  readonly departmentId: string;
  /** Whether the members of the departments below it belong to it too. */
  readonly withChildren: boolean;
}

/** What a search needs of the user pool. As `UserDirectory`, it never throws for an answer of the pool. */
export interface RecordList {
  /**
   * Lists users page by page, each user once. Ends with a failure if a page cannot be read, or if the pages hold more or
   * fewer users than the pool counts. The pool may ignore the conditions.
   */
  listRecords(
    search: { readonly conditions: readonly Condition[] },
    stop?: AbortSignal,
  ): AsyncIterable<Outcome<RecordPage>>;
  /** Lists the members of a department in the same way. */
  listMembers(department: SearchDepartment, stop?: AbortSignal): AsyncIterable<Outcome<RecordPage>>;
  /** Reads at most 50 users by system user id. Leaves out those that do not exist. */
  readRecords(userIds: readonly string[], stop?: AbortSignal): Promise<Outcome<readonly SearchRecord[]>>;
}

/** A user whom the data source returns. */
export interface SelectedUser {
  /** The system user id. */
  readonly userId: string;
  readonly name?: string;
  /** As a list shows the user; absent if nobody has asked for it. */
  readonly record?: SearchRecord;
}

/** The selected users, by id; or why it is not certain who they are. */
export type SelectedUsers =
  | { readonly users: ReadonlyMap<string, SelectedUser> }
  | { readonly problem: Message };
