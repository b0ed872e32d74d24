import type { Job } from "./job";
import type { CommitTrailers } from "./repository";

/** What a run brings beside its own commit. It decides nothing: it is for tickets and for comments on pull requests. */
export interface Why {
  /** The last commit of the branch that was applied whole; undefined: the platform does not know it. */
  readonly since: string | undefined;
  /** Why all changes since then were made. */
  readonly trailers: CommitTrailers;
}

/** Finds out why the changes were made that a run brings. */
export async function readWhy(job: Job): Promise<Why> {
  const { platform, git } = job;
  const found = await platform.findLastApplied(job);
  const since = found !== undefined && (await git.knows(found)) ? found : undefined;
  // The run of a pull request brings the commits that it would merge.
  const trailers = await git.trailers("HEAD", platform.pullRequest ? undefined : since);
  return { since, trailers };
}
