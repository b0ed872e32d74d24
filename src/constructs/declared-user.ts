/** One entry of a user set as it was declared, before anything is escaped. */
export interface DeclaredUser {
  /** May hold CDKTF tokens where code gave it; in a file it is plain text. */
  readonly id: string;
  /** What reviewers read beside the id; "" where there is none. */
  readonly label: string;
  /** Where it was declared, for messages: `staff.csv, line 4`. Absent for ids that code gave. */
  readonly origin?: string;
}
