import type { UserIdType } from "../users";

/** Counts up when an older command could not read what a newer stack hands over. */
export const DECLARATION_FORMAT = 1;

/** A set as it is declared now, with all that decides who of those who left it may be deleted. */
export interface Declaration {
  readonly format: typeof DECLARATION_FORMAT;
  /** The construct's path in the stack, for messages and the report. */
  readonly set: string;
  readonly userIdType: UserIdType;
  /** Id and label of each user. Pairs, because no id can then be taken for a property of an object. */
  readonly users: readonly (readonly [id: string, label: string])[];
  /** Ids that may leave the set without being deleted. */
  readonly retainedUserIds: readonly string[];
  /** Ids that nobody deletes, by id type: what the stack's other sets declare or retain, and what the team protects. */
  readonly protectedUsers: Readonly<Partial<Record<UserIdType, readonly string[]>>>;
  readonly maxDeletions?: number;
  readonly maxDeletionsPercent?: number;
  /**
   * Where the drift report is written as JSON: a file, seen from the folder in which Terraform runs. Absent: nowhere.
   */
  readonly driftReportFile?: string;
}
