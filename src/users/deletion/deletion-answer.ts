import type { DirectoryFailure } from "../directory";
import type { Halt } from "./deletion-run";
import type { Target } from "./target";

/** What is known of a user's deletion before the read-back. */
export type DeletionAnswer =
  /** GenAuth says that it deleted the user. */
  | { readonly kind: "success" }
  /** Nobody can say whether the user was deleted. */
  | ({ readonly kind: "unclear" } & Why)
  /**
   * GenAuth refused to delete the user, or the id must not be sent again; the user may be gone all the same.
   */
  | ({ readonly kind: "refused" } & Why)
  /** The deletion was not carried out, so the user is still there. */
  | ({ readonly kind: "unsent" } & Halt);

interface Why {
  /** Why the user is a survivor if still there, in a sentence for people. */
  readonly reason: string;
  readonly failure?: DirectoryFailure;
}

/** One answer for each user of a chunk. */
export type DeletionAnswers = ReadonlyMap<Target, DeletionAnswer>;

/** The same answer for all. */
export function answerAll(targets: readonly Target[], answer: DeletionAnswer): DeletionAnswers {
  return new Map(targets.map((target) => [target, answer]));
}

/** The answers of several calls as one; each user is in one of them. */
export function joinAnswers(parts: readonly DeletionAnswers[]): DeletionAnswers {
  return new Map(parts.flatMap((part) => [...part]));
}
