/** What is wrong with a setting, for the person who can correct it. */
export interface SettingProblem {
  /** One line: what is wrong. */
  readonly summary: string;
  /** Why, and what to do. */
  readonly detail: string;
  /** The attribute of the provider block that it concerns; absent where only the environment can hold it. */
  readonly attribute?: string;
}
