import type { DirectoryFailure } from "../directory";

/** A removed user who is still in the pool, or of whom nobody can say that they are gone. */
export interface Survivor {
  readonly id: string;
  /** The label it had while it was declared; may be empty. */
  readonly label: string;
  /** Why, in a sentence for people. */
  readonly reason: string;
  /** What the directory answered, where that is the reason. */
  readonly failure?: DirectoryFailure;
}
