/** What GitHub keeps of a repository. */

/** The rules of an environment. Without rules, it protects nothing, as on GitHub. */
export interface Environment {
  readonly secrets: Readonly<Record<string, string>>;
  /** Who may approve a job of the environment. */
  readonly reviewers?: readonly string[];
  readonly preventSelfReview?: boolean;
  readonly canAdminsBypass?: boolean;
  /** The branches that are admitted; default all. */
  readonly branches?: readonly string[];
  /** The tags that are admitted, beside the branches. */
  readonly tags?: readonly string[];
}

/** A pull request that contains a commit. */
export interface PullRequest {
  readonly number: number;
  readonly user: string;
  readonly target?: string;
  readonly isMerged?: boolean;
}

export interface Approval {
  readonly run: number;
  readonly environment: string;
  readonly state: "approved" | "rejected";
  readonly user: string;
  readonly comment: string;
}

/** A comment of an issue or a pull request. */
export interface IssueComment {
  readonly id: number;
  readonly user: string;
  body: string;
}

/** A commit, by the accounts of the people who made it. */
export interface Commit {
  readonly sha: string;
  /** Undefined: the e-mail address of the commit belongs to no account. */
  readonly author?: string;
  readonly committer?: string;
}

/** A run, as the API shows it. */
export interface RunRecord {
  readonly id: number;
  readonly name: string;
  readonly path: string;
  readonly event: string;
  readonly head_branch: string;
  readonly head_sha: string;
  readonly actor: { readonly login: string };
  readonly run_attempt: number;
  readonly created_at: string;
}
