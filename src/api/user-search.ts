import type { User } from "./user";

/** The most users on one page of a list (source: the official SDK). */
export const USERS_PER_PAGE = 50;

/** How a condition compares (source: the official SDK). */
export const SEARCH_OPERATORS = [
  "EQUAL",
  "NOT_EQUAL",
  "CONTAINS",
  "NOT_CONTAINS",
  "IS_NULL",
  "NOT_NULL",
  "IN",
  "GREATER",
  "LESSER",
  "BETWEEN",
] as const;

export type SearchOperator = (typeof SEARCH_OPERATORS)[number];

/** One condition on a field of the users. */
export interface SearchCondition {
  /** Such as `email`, `status` or `createdAt`. */
  readonly field: string;
  readonly operator: SearchOperator;
  /** Several for `IN`, two for `BETWEEN`, absent for `IS_NULL` and `NOT_NULL`. */
  readonly value?: string | readonly string[];
}

/** Which users to list; all where nothing is given. */
export interface UserSearch {
  /** What GenAuth looks for in phone, e-mail, name, user name and nickname. */
  readonly keywords?: string;
  /** All of them must hold. */
  readonly conditions?: readonly SearchCondition[];
}

/** One page of a list. */
export interface ListedPage<U> {
  /** Up to {@link USERS_PER_PAGE}. */
  readonly users: readonly U[];
  /** How many users the whole list has. */
  readonly total: number;
}

/** One page of a list of users. */
export type UserPage = ListedPage<User>;
