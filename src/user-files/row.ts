/** What a parser takes from a user file for one user. */
export interface Row {
  readonly id: string;
  readonly label: string;
  /** Counted from 1. */
  readonly line: number;
}

/** A user file's text and where it came from. */
export interface UserFileText {
  /** The path as the stack's code gave it, for messages. */
  readonly file: string;
  /** Without a byte order mark. */
  readonly text: string;
}
