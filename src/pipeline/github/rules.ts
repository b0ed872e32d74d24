import * as z from "zod";
import type { Job, PlanToApprove } from "../job";
import { GitHubApi } from "./api";

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
/** How a plan is approved: by nobody, by reviewers of the environment `genauth`, or by an owner who starts the workflow. */
export type PlanApproval = "none" | "environment" | "dispatch";

/**
 * Refuses a repository whose environments do not protect their secrets, or whose branch or tags lack their rules. An environment
 * without rules protects nothing, and GitHub creates one when a workflow first names it.
 *
 * @param approvals how many people must approve the plan
 * @returns how such a plan is approved here
 * @throws Error that names the first rule that is missing, and where it is set
 */
export async function checkGitHubRules(
  { environment, settings: { branch } }: Job,
  approvals: PlanToApprove["approvals"],
): Promise<PlanApproval> {
  const github = new GitHubApi(environment);
  await checkBranch(github, branch);
  await checkTags(github, branch);
  await checkCodeOwners(github, branch);
  const isCalm = approvals === 0;
  const { STATE_ENVIRONMENT: state = "genauth-plan" } = environment;
  await checkAdmitted(github, "genauth-plan", branch);
  const applying = await checkAdmitted(github, isCalm ? state : "genauth", branch);
  if (isCalm) return "none";
  const approval = checkReviewers(applying);
  if (approvals < 2) return approval;
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
