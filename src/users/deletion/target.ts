/** A user to delete. Only somebody whom a look-up found can be one. */
export interface Target {
  /** The id by which the set named the user, of the set's type. */
  readonly id: string;
  /** The label it had while it was declared; may be empty. */
  readonly label: string;
  /** Whom the id names, by the system user id. */
  readonly userId: string;
}

/** Which ids the deletion calls carry. */
export enum DeleteBy {
  /** The declared ids, of the set's type. Whoever holds such an id when the call arrives is deleted. */
  DECLARED_ID = "declared_id",
  /** The system user ids of those who were looked up: an id that passes to somebody else deletes nobody else. */
  USER_ID = "user_id",
}
