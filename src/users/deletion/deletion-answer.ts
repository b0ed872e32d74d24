import type { DirectoryFailure, DirectoryUser } from "../directory";
import type { UserIdType } from "../user-id-type";
import type { Halt, Target } from "./deletion-run";

/** What is known about a user's deletion before the read-back. */
export type DeletionAnswer =
  /** GenAuth answered that it deleted the user. */
  | { readonly kind: "success"; readonly sentAt: number }
  /** It is not known whether the user was deleted. */
  | ({ readonly kind: "unclear"; readonly sentAt?: number } & Why)
  /** GenAuth refused to delete the user, or the id must not be sent again. The user may still be gone. */
  | ({ readonly kind: "refused" } & Why)
  /** The deletion was not carried out, so the user is still there. */
  | ({ readonly kind: "unsent" } & Halt)
  /** Right before the call, the id named no user: the user is gone or has another id. */
  | { readonly kind: "unnamed" }
  /** Right before the call, the id no longer named the user, or there was another reason to keep the user. */
  | { readonly kind: "kept"; readonly reason: LateKeepReason };

interface Why {
  /** Why the user survives, as a sentence in a message. */
  readonly reason: string;
  readonly failure?: DirectoryFailure;
}

/** Why a user is kept although the plan was to delete it. */
export type LateKeepReason =
  /** The id names another user now. */
  | { readonly kind: "rebound"; readonly boundTo: string; readonly user: DirectoryUser }
  /** The id names several users now. */
  | { readonly kind: "several"; readonly users: readonly DirectoryUser[] }
  /** The user has another id now. */
  | { readonly kind: "moved"; readonly user: DirectoryUser }
  /** The user has a protected id now. */
  | { readonly kind: "protected"; readonly type: UserIdType; readonly id: string }
  /** The user has a retained id now. */
  | { readonly kind: "retained" }
  /** The user has another status than before, or since another time. Absent if the look-up shows none. */
  | { readonly kind: "status_changed"; readonly status?: string };

/** One answer for each user of a chunk. */
export type DeletionAnswers = ReadonlyMap<Target, DeletionAnswer>;

/** The same answer for all of them. */
export function answerAll(targets: readonly Target[], answer: DeletionAnswer): DeletionAnswers {
  return new Map(targets.map((target) => [target, answer]));
}

/** The answers of several parts of a chunk. */
export function joinAnswers(parts: readonly DeletionAnswers[]): DeletionAnswers {
  return new Map(parts.flatMap((part) => [...part]));
}
