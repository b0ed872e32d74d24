import * as z from "zod";
import type { Job } from "../job";
import { GitHubApi } from "./api";
import { findLastApplied, hasSucceeded, WORKFLOW } from "./runs";

const Run = z.object({
  id: z.number(),
  path: z.string(),
  event: z.string(),
  head_branch: z.string(),
  head_sha: z.string(),
  run_attempt: z.number(),
  actor: z.object({ login: z.string() }),
});
const Login = z.object({ login: z.string() }).nullish();
const Comparison = z.object({
  status: z.string(),
  total_commits: z.number(),
  commits: z.array(z.object({ sha: z.string(), author: Login, committer: Login })),
});
const Pulls = z.array(z.object({ user: z.object({ login: z.string() }) }));

/**
 * Refuses to apply the plan of a run unless an owner asks for it who made none of its changes. What it reads,
 * nobody can edit afterwards: runs, commits, and who opened a pull request. But the maker of a commit can
 * write any author into it, so this rests on the rule that somebody else approves the last push of a pull
 * request.
 *
 * @param run the number of the run that made the plan
 * @returns what is applied then
 * @throws Error with the reason
 */
export async function checkOwner(job: Job, run: string) {
  const { environment, settings, git } = job;
  const { GITHUB_TRIGGERING_ACTOR: actor = "", GITHUB_RUN_ID: own = "" } = environment;
  const github = new GitHubApi(environment);
  const { branch } = settings;
  if (job.platform.attempt !== 1) refuseOwner("A re-run is not accepted. Start the workflow again.");
  if (!/^\d+$/.test(run)) refuseOwner('"run" must be the number of a run.');
  // Names of accounts have no case.
  const owner = actor.toLowerCase();
  if (!readOwners(environment).has(owner))
    refuseOwner(`${owner} is not on the list of owners in the workflow.`);
  const planned = await github.find(`actions/runs/${run}`, Run);
  if (planned === undefined) refuseOwner(`Run ${run} cannot be read.`);
  const [path] = planned.path.split("@");
  if (
    path !== `.github/workflows/${WORKFLOW}` ||
    planned.head_branch !== branch ||
    !["push", "schedule", "workflow_dispatch"].includes(planned.event)
  )
    refuseOwner(`Run ${run} is no run of ${WORKFLOW} on ${branch} that makes a plan.`);
  // GitHub shows the short name only, and a tag can be called like the branch.
  if (!(await git.isOnBranch(planned.head_sha, branch)))
    refuseOwner(
      `Run ${run} is one of the commit ${planned.head_sha}, which is not part of the branch ${branch}: a tag of that name, or a branch that was rewritten.`,
    );
  // Code that runs in the job synth could leave a plan of its own, and a summary with its SHA-256.
  if (!(await hasSucceeded(github, run, "plan")))
    refuseOwner(`The job plan of run ${run} has not ended well, so it made no plan that can be applied.`);
  const before =
    (await findLastApplied(github, branch, [run, own])) ??
    refuseOwner(
      "Nothing says which changes the plan brings, because none of the last 100 runs has applied anything. Begin with a change that deletes nobody, such as a new label.",
    );
  await refuseAuthor(github, owner, before, planned);
  return { commit: planned.head_sha, attempt: planned.run_attempt };
}

/** The name of an account of GitHub, in lower case. */
const ACCOUNT = /^[a-z\d](?:[a-z\d_]|-(?=[a-z\d])){0,38}$/;

/**
 * Who may let a plan be applied that others made.
 *
 * @throws Error if nobody is named, or a placeholder is left
 */
export function readOwners({ OWNERS = "" }: NodeJS.ProcessEnv): ReadonlySet<string> {
  const owners = OWNERS.toLowerCase().split(/\s+/).filter(Boolean);
  const wrong = owners.find((each) => !ACCOUNT.test(each));
  if (owners.length > 0 && wrong === undefined) return new Set(owners);
  return refuseOwner(
    `owners of the workflow ${wrong === undefined ? "names nobody" : `holds ${wrong}, which is no account of GitHub`}. Write the accounts of the owners of the pool there, or let reviewers of the environment genauth approve.`,
  );
}

function refuseOwner(why: string): never {
  throw new Error(`${why} Nothing was applied.`);
}

/** @throws Error if the owner may have made a change, or nothing says who did */
async function refuseAuthor(
  github: GitHubApi,
  owner: string,
  before: string,
  planned: z.infer<typeof Run>,
): Promise<void> {
  const compared = await github.read(`compare/${before}...${planned.head_sha}?per_page=250`, Comparison);
  // A plan brings no commits if the last one was applied whole: only deletions whose day has come.
  const isListed =
    ["ahead", "identical"].includes(compared.status) && compared.total_commits === compared.commits.length;
  if (!isListed)
    refuseOwner(
      `The commits since ${before}, the last that was applied, cannot all be listed. Apply smaller steps.`,
    );
  const people = new Set<string>();
  for (const { sha, author, committer } of compared.commits) {
    if (!author || !committer)
      refuseOwner(
        `The e-mail address of a commit since ${before} belongs to no account, so nothing says that you did not make it.`,
      );
    const openers = (await github.read(`commits/${sha}/pulls`, Pulls)).map(({ user }) => user.login);
    // Who pushed a commit without a pull request is known only as the one who started the run.
    for (const each of [
      author.login,
      committer.login,
      ...(openers.length > 0 ? openers : [planned.actor.login]),
    ])
      people.add(each.toLowerCase());
  }
  // GitHub is the committer of a merge that was made on its pages, so it is never an owner.
  if (people.has(owner))
    refuseOwner(
      `${owner} made some of the changes that this plan applies. Another owner must start this workflow.`,
    );
}
