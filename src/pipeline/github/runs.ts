import * as z from "zod";
import type { GitHubApi } from "./api";

/** What GitHub says of the runs of the workflow, of their jobs, and of who reviewed them. */

/** The name of the workflow's file. */
export const WORKFLOW = "genauth.yml";

/** The events whose runs apply what the branch holds. */
const APPLYING = ["push", "schedule", "workflow_dispatch"] as const;

const Runs = z.object({ workflow_runs: z.array(z.object({ id: z.number(), head_sha: z.string() })) });
const Jobs = z.object({
  jobs: z.array(
    z.object({
      id: z.number(),
      // GitHub puts the name of the job before it which calls the workflow.
      name: z.string().transform((name) => name.split(" / ").at(-1)),
      conclusion: z.string().nullish(),
      runner_id: z.number().nullish(),
    }),
  ),
});
const Reviews = z.array(
  z.object({ state: z.string(), comment: z.string().nullish(), user: z.object({ login: z.string() }) }),
);

/** An approval or a rejection of a run. GitHub tells neither its attempt nor its time. */
export const RunReview = z.object({ state: z.string(), user: z.string(), comment: z.string() });
export type RunReview = z.infer<typeof RunReview>;

/** The reviews of a run, of all its attempts. */
export async function readReviews(github: GitHubApi, run: string): Promise<RunReview[]> {
  const reviews = await github.read(`actions/runs/${run}/approvals`, Reviews);
  return reviews.map(({ state, user, comment }) => ({ state, user: user.login, comment: comment ?? "" }));
}

/** The jobs of one attempt of a run, by their names in the workflow of the pipeline. */
export async function readJobs(github: GitHubApi, run: string, attempt: number) {
  return (await github.read(`actions/runs/${run}/attempts/${attempt}/jobs?per_page=100`, Jobs)).jobs;
}

/** Whether a job has succeeded in any attempt of a run: a later attempt takes nothing back. */
export async function hasSucceeded(github: GitHubApi, run: string, job: string): Promise<boolean> {
  const { jobs } = await github.read(`actions/runs/${run}/jobs?filter=all&per_page=100`, Jobs);
  return jobs.some(({ name, conclusion }) => name === job && conclusion === "success");
}

/**
 * The last commit that was applied whole, of the newest runs. What a plan does comes from the commits since
 * then.
 *
 * @param others the numbers of runs that do not count
 * @returns undefined if none of the last 100 runs has applied anything
 */
export async function findLastApplied(
  github: GitHubApi,
  branch: string,
  others: readonly string[],
): Promise<string | undefined> {
  for (const { id, head_sha: commit } of await readRuns(github, branch))
    if (!others.includes(String(id)) && (await hasSucceeded(github, String(id), "apply"))) return commit;
  return undefined;
}

const Annotations = z.array(z.object({ title: z.string().nullish(), message: z.string().nullish() }));

/** How many runs are looked through for the last apply. */
const MOST_RUNS = 30;

/**
 * An annotation of the last job that applied, by its title.
 *
 * @returns undefined if it succeeded, or has none
 */
export async function findAnnotation(
  github: GitHubApi,
  branch: string,
  title: string,
): Promise<string | undefined> {
  const runs = await readRuns(github, branch);
  for (const { id } of runs.slice(0, MOST_RUNS)) {
    const { jobs } = await github.read(`actions/runs/${id}/jobs?filter=all&per_page=100`, Jobs);
    const last = jobs
      .filter(
        ({ name, conclusion }) => name === "apply" && !["skipped", null, undefined].includes(conclusion),
      )
      .sort((one, other) => one.id - other.id)
      .at(-1);
    if (last?.conclusion === "success") return undefined;
    // The number of a job is that of its check.
    const all = last && (await github.find(`check-runs/${last.id}/annotations`, Annotations));
    if (all) return all.find((annotation) => annotation.title === title)?.message ?? undefined;
  }
  return undefined;
}

/**
 * The runs that may have applied something, the newest first: the last 100 of each event, and so at least the
 * last 100.
 */
async function readRuns(github: GitHubApi, branch: string) {
  const query = `branch=${encodeURIComponent(branch)}&per_page=100`;
  const runs = await Promise.all(
    APPLYING.map((event) => github.read(`actions/workflows/${WORKFLOW}/runs?event=${event}&${query}`, Runs)),
  );
  return runs.flatMap((each) => each.workflow_runs).sort((one, other) => other.id - one.id);
}
