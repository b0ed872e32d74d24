/** Something in a folder that must not be there before `init`. */
export interface StackFinding {
  /** Relative to the checked folder. */
  readonly file: string;
  /** Absent if it concerns the whole file. */
  readonly line?: number;
  /** What it is, and what to do; a sentence or more. */
  readonly problem: string;
}
