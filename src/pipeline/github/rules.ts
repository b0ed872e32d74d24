import * as z from "zod";
import type { PlannedRunChange } from "../hand-over";
import { type Job, LONGEST_PAUSE_MS } from "../job";
import { GitHubApi } from "./api";

/** The name of the workflow's file. */
export const WORKFLOW = "genauth.yml";

const EnvironmentRules = z.object({
  can_admins_bypass: z.boolean().nullish(),
  protection_rules: z
    .array(z.object({ type: z.string(), prevent_self_review: z.boolean().nullish() }))
    .default([]),
  deployment_branch_policy: z.object({ custom_branch_policies: z.boolean() }).nullish(),
});
const BranchPolicies = z.object({
  branch_policies: z.array(z.object({ name: z.string(), type: z.string().nullish() })),
});
const BranchRules = z.array(
  z.object({
    type: z.string(),
    parameters: z.record(z.string(), z.unknown()).nullish(),
  }),
);
const Rulesets = z.array(z.object({ id: z.number(), target: z.string().nullish(), enforcement: z.string() }));
const Ruleset = z.object({
  rules: z.array(z.object({ type: z.string() })).default([]),
  conditions: z
    .object({
      ref_name: z.object({ include: z.array(z.string()), exclude: z.array(z.string()).default([]) }),
    })
    .nullish(),
});
const CodeOwnerErrors = z.object({
  errors: z.array(z.object({ path: z.string(), line: z.number(), kind: z.string() })),
});
const WorkflowState = z.object({ state: z.string(), created_at: z.string() });
const Run = z.object({ id: z.number(), created_at: z.string(), head_sha: z.string() });
const Runs = z.object({ workflow_runs: z.array(Run) });
const Approvals = z.array(
  z.object({ state: z.string(), comment: z.string().nullish(), user: z.object({ login: z.string() }) }),
);

/** An approval or a rejection of a run. GitHub tells no attempt with it. */
export const RunReview = z.object({ state: z.string(), user: z.string(), comment: z.string() });
export type RunReview = z.infer<typeof RunReview>;

/** The reviews of a run, of all its attempts. */
export async function readReviews(github: GitHubApi, run: string): Promise<RunReview[]> {
  const reviews = await github.read(`actions/runs/${run}/approvals`, Approvals);
  return reviews.map(({ state, user, comment }) => ({ state, user: user.login, comment: comment ?? "" }));
}

/** Who has approved a run: its reviewers, and the owner who started it to apply the plan of another run, whom the job `owner` has checked. */
export async function readApprovers({ environment }: Job): Promise<string[]> {
  const { GITHUB_RUN_ID: run = "", GITHUB_EVENT_NAME: event, GITHUB_TRIGGERING_ACTOR: actor } = environment;
  const reviews = await readReviews(new GitHubApi(environment), run);
  return [
    ...reviews.filter(({ state }) => state === "approved").map(({ user }) => user),
    ...(event === "workflow_dispatch" && actor !== undefined ? [actor] : []),
  ];
}

/** How a plan is approved: by nobody, by reviewers of the environment `genauth`, or by an owner who starts the workflow. */
export type PlanApproval = "none" | "environment" | "dispatch";

/** @throws Error if a job without an environment could read a key */
export function refuseKeyOutside({ KEY_WITHOUT_ENVIRONMENT: word }: NodeJS.ProcessEnv): void {
  if (word === "true")
    refuse(
      "A key of GenAuth, or GENAUTH_PLAN_KEY, is a secret of the repository or of its organization, so code of every branch can read it.",
      "Delete it there, replace it, and keep the new one only in the environments.",
    );
}

/**
 * Refuses a repository whose environments do not protect their secrets, or whose branch, tags or schedule lack their rules. An
 * environment without rules protects nothing, and GitHub creates one when a workflow first names it.
 *
 * @param change of the plan that shall be applied
 * @param now in milliseconds
 * @returns how such a plan is approved here
 * @throws Error that names the first rule that is missing, and where it is set
 */
export async function checkGitHubRules(
  { environment, settings: { branch } }: Job,
  change: PlannedRunChange,
  now: number,
): Promise<PlanApproval> {
  const github = new GitHubApi(environment);
  await checkBranch(github, branch);
  await checkTags(github, branch);
  await checkCodeOwners(github, branch);
  await checkNight(github, branch, now);
  const isCalm = change === "without-deletions";
  const { STATE_ENVIRONMENT: state = "genauth-plan" } = environment;
  await checkAdmitted(github, "genauth-plan", branch);
  const applying = await checkAdmitted(github, isCalm ? state : "genauth", branch);
  if (isCalm) return "none";
  const approval = checkReviewers(applying);
  if (change !== "two-approvals") return approval;
  if (approval === "dispatch")
    refuse(
      "The plan deletes more people than one person may approve (two_approvals_above), and the environment genauth requires no reviewers, so nobody can be the second one.",
      "Delete fewer at once, or require reviewers.",
    );
  return "dispatch";
}

function refuse(what: string, advice: string): never {
  throw new Error(`${what} Nothing was applied. ${advice}`);
}

async function checkBranch(github: GitHubApi, branch: string): Promise<void> {
  const rules = (await github.find(`rules/branches/${encodeURIComponent(branch)}`, BranchRules)) ?? [];
  const requests = rules
    .filter(({ type }) => type === "pull_request")
    .map(({ parameters }) => parameters ?? {});
  const where = `Settings, Rules, Rulesets: an active ruleset of the branch ${branch}, with "Require a pull request before merging". Classic branch protection cannot be read here.`;
  if (requests.length === 0)
    refuse(`No ruleset protects the branch ${branch}, so nobody has to review what is applied.`, where);
  for (const [parameter, title] of [
    ["require_code_owner_review", "Require review from Code Owners"],
    ["require_last_push_approval", "Require approval of the most recent reviewable push"],
    ["dismiss_stale_reviews_on_push", "Dismiss stale pull request approvals when new commits are pushed"],
  ] as const)
    if (!requests.some((each) => each[parameter] === true))
      refuse(`The rules of the branch ${branch} lack "${title}".`, `Set it: ${where}`);
}

/** A tag that is called like the branch looks like it in places that show a short name. */
async function checkTags(github: GitHubApi, branch: string): Promise<void> {
  const rulesets = (await github.find("rulesets?includes_parents=true&per_page=100", Rulesets)) ?? [];
  for (const { id } of rulesets.filter(
    ({ target, enforcement }) => target === "tag" && enforcement === "active",
  )) {
    const ruleset = await github.find(`rulesets/${id}`, Ruleset);
    const { include = [], exclude = [] } = ruleset?.conditions?.ref_name ?? {};
    const isMeant = include.some((name) => ["~ALL", `refs/tags/${branch}`].includes(name));
    if (isMeant && exclude.length === 0 && ruleset?.rules.some(({ type }) => type === "creation")) return;
  }
  refuse(
    `Nothing keeps people from creating a tag called ${branch}, which some places show like the branch.`,
    `Settings, Rules, Rulesets: an active tag ruleset for ${branch}, or all tags, with "Restrict creations".`,
  );
}

async function checkCodeOwners(github: GitHubApi, branch: string): Promise<void> {
  const found = await github.find(`codeowners/errors?ref=${encodeURIComponent(branch)}`, CodeOwnerErrors);
  if (found === undefined)
    refuse(
      "There is no CODEOWNERS file, so no owner has to review anything.",
      "Write .github/CODEOWNERS, as the README of the pipelines shows.",
    );
  const [first] = found.errors;
  if (first)
    refuse(
      `${first.path} has a mistake in line ${first.line} (${first.kind}), so its owners do not have to review.`,
      "Correct it: GitHub shows the mistakes on the file's page.",
    );
}

/** GitHub switches a schedule off after 60 days without activity, and when the last editor of its line has left. */
async function checkNight(github: GitHubApi, branch: string, now: number): Promise<void> {
  const where = `Actions, genauth, "Enable workflow"; or change the line of cron, and merge it.`;
  const { state, created_at: created } = await github.read(`actions/workflows/${WORKFLOW}`, WorkflowState);
  if (state !== "active") refuse(`GitHub has switched the workflow off (${state}), so no night runs.`, where);
  const nights = await readRuns(github, "schedule", branch, 1);
  const last = Math.max(Date.parse(nights[0]?.created_at ?? created), 0);
  if (now - last > LONGEST_PAUSE_MS)
    refuse(
      `The last nightly run began on ${new Date(last).toISOString().slice(0, 10)}: the schedule is switched off, or its editor has left. So nobody learns of drift, and nobody who is due is deleted.`,
      where,
    );
}

/** The runs of the workflow that an event started, the newest first. */
export async function readRuns(
  github: GitHubApi,
  event: "push" | "schedule" | "workflow_dispatch",
  branch: string,
  number: number,
  status?: "waiting",
): Promise<z.infer<typeof Run>[]> {
  const query = `event=${event}&branch=${encodeURIComponent(branch)}&per_page=${number}${status === undefined ? "" : `&status=${status}`}`;
  return (await github.read(`actions/workflows/${WORKFLOW}/runs?${query}`, Runs)).workflow_runs;
}

/** @returns the rules of an environment @throws Error unless it admits the branch, and no other and no tag */
async function checkAdmitted(
  github: GitHubApi,
  name: string,
  branch: string,
): Promise<z.infer<typeof EnvironmentRules>> {
  const found = await github.find(`environments/${name}`, EnvironmentRules);
  if (found === undefined)
    refuse(
      `There is no environment ${name}, or it cannot be read.`,
      "Create it as the README of the pipelines says. Without environments, these pipelines are not supported.",
    );
  const admitting = await github.find(`environments/${name}/deployment-branch-policies`, BranchPolicies);
  const policies = (admitting?.branch_policies ?? []).map(
    ({ name: admitted, type }) => `${type ?? "branch"} ${admitted}`,
  );
  const { deployment_branch_policy: policy } = found;
  if (policy?.custom_branch_policies !== true || policies.join(",") !== `branch ${branch}`)
    refuse(
      `The environment ${name} must admit the branch ${branch} and no other, so that no other branch can reach its secrets.`,
      `Set "Deployment branches and tags" to "Selected branches and tags": ${branch}.`,
    );
  return found;
}

function checkReviewers({
  protection_rules: rules,
  can_admins_bypass: canBypass,
}: z.infer<typeof EnvironmentRules>): "environment" | "dispatch" {
  const reviewers = rules.filter(({ type }) => type === "required_reviewers");
  if (reviewers.length === 0) return "dispatch";
  if (!reviewers.every(({ prevent_self_review: prevents }) => prevents === true))
    refuse("The environment genauth lets a person approve their own run.", 'Set "Prevent self-review".');
  if (canBypass === true)
    refuse(
      "The environment genauth lets administrators bypass its rules.",
      'Unset "Allow administrators to bypass configured protection rules".',
    );
  return "environment";
}
