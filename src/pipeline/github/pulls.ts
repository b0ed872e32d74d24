import * as z from "zod";
import type { GitHubApi } from "./api";

const PullsOfCommit = z.array(
  z.object({ number: z.number(), merged_at: z.string().nullish(), base: z.object({ ref: z.string() }) }),
);

/**
 * The numbers of the pull requests by which a commit came to a branch, however they were merged.
 *
 * @throws Error if the token may not read them
 */
export async function readMergedPulls(github: GitHubApi, commit: string, branch: string): Promise<number[]> {
  return mergedInto(branch, await github.read(`commits/${commit}/pulls`, PullsOfCommit));
}

/** The same; empty if the token may not read them. */
export async function findMergedPulls(github: GitHubApi, commit: string, branch: string): Promise<number[]> {
  return mergedInto(branch, (await github.find(`commits/${commit}/pulls`, PullsOfCommit)) ?? []);
}

function mergedInto(branch: string, pulls: z.infer<typeof PullsOfCommit>): number[] {
  return pulls
    .filter(({ merged_at: merged, base }) => Boolean(merged) && base.ref === branch)
    .map(({ number }) => number);
}
