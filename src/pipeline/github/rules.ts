import * as z from "zod";
import type { Job, PlanToApprove } from "../job";
import { GitHubApi } from "./api";

const Reviewers = z.array(z.object({ type: z.string(), reviewer: z.object({ id: z.number() }) }));

const EnvironmentRules = z.object({
  can_admins_bypass: z.boolean().nullish(),
  protection_rules: z
    .array(
      z.object({
        type: z.string(),
        prevent_self_review: z.boolean().nullish(),
        wait_timer: z.number().nullish(),
        reviewers: Reviewers.nullish(),
      }),
    )
    .default([]),
  deployment_branch_policy: z.object({ custom_branch_policies: z.boolean() }).nullish(),
});
const BranchPolicies = z.object({
  branch_policies: z.array(z.object({ id: z.number(), name: z.string(), type: z.string().nullish() })),
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
/**
 * How a plan is approved: by nobody, by reviewers of the environment `genauth`, or by an owner who starts the
 * workflow.
 */
export type PlanApproval = "none" | "environment" | "dispatch";

/** A call that sets a rule. */
export interface RuleCall {
  readonly method: "POST" | "PUT" | "DELETE";
  /** Below the repository. */
  readonly path: string;
  readonly body?: object;
}

/** A rule that is missing. */
export interface RuleFault {
  readonly what: string;
  /** Where a person sets it. */
  readonly advice: string;
  /** What sets it, with the token of an administrator; absent: only a person can. */
  readonly calls?: readonly RuleCall[];
}

/** What the rules of a repository say. */
export interface FoundRules {
  readonly approval: PlanApproval;
  /** Empty: all hold. */
  readonly faults: readonly RuleFault[];
}

/** A fault, for people. */
export function describeFault({ what, advice }: RuleFault): string {
  return `${what} ${advice}`;
}

/**
 * Refuses a repository whose environments do not protect their secrets, or whose branch or tags lack their
 * rules. An environment without rules protects nothing, and GitHub creates one when a workflow first names
 * it.
 *
 * @param approvals how many people must approve the plan
 * @returns how such a plan is approved here
 * @throws Error that names each rule that is missing, and where it is set
 */
export async function checkGitHubRules(
  job: Job,
  approvals: PlanToApprove["approvals"],
): Promise<PlanApproval> {
  const { approval, faults } = await findRuleFaults(job, approvals);
  if (faults.length === 0) return approval;
  throw new Error(`Nothing was applied.\n${faults.map((fault) => `- ${describeFault(fault)}`).join("\n")}`);
}

/** Finds all rules that are missing. @param approvals how many people must approve the plan */
export async function findRuleFaults(
  { environment, settings: { branch } }: Job,
  approvals: PlanToApprove["approvals"],
): Promise<FoundRules> {
  const github = new GitHubApi(environment);
  const { STATE_ENVIRONMENT: state = "genauth-plan" } = environment;
  const isCalm = approvals === 0;
  const names = [...new Set(["genauth-plan", isCalm ? state : "genauth"])];
  const admitted = await Promise.all(names.map((name) => checkAdmitted(github, name, branch)));
  const applying = admitted.at(-1)?.rules;
  const { approval, faults } = checkApproval(isCalm ? undefined : applying, approvals);
  return {
    approval,
    faults: [
      ...(await checkBranch(github, branch)),
      ...(await checkTags(github, branch)),
      ...(await checkCodeOwners(github, branch)),
      ...admitted.flatMap((each) => each.faults),
      ...faults,
    ],
  };
}

/** What the ruleset of the branch must ask for, by its parameter. */
const REVIEWS = {
  require_code_owner_review: "Require review from Code Owners",
  require_last_push_approval: "Require approval of the most recent reviewable push",
  dismiss_stale_reviews_on_push: "Dismiss stale pull request approvals when new commits are pushed",
} as const;

/** The check that fails if a plan is refused: the job `plan` of the workflow that the job `genauth` calls. */
const PLAN_CHECK = "genauth / plan";

async function checkBranch(github: GitHubApi, branch: string): Promise<RuleFault[]> {
  const rules = (await github.find(`rules/branches/${encodeURIComponent(branch)}`, BranchRules)) ?? [];
  const requests = rules
    .filter(({ type }) => type === "pull_request")
    .map(({ parameters }) => parameters ?? {});
  const where = `Settings, Rules, Rulesets: an active ruleset of the branch ${branch}, with "Require a pull request before merging". Classic branch protection cannot be read here.`;
  const whats =
    requests.length === 0
      ? [`No ruleset protects the branch ${branch}, so nobody has to review what is applied.`]
      : Object.entries(REVIEWS)
          .filter(([parameter]) => !requests.some((each) => each[parameter] === true))
          .map(([, title]) => `The rules of the branch ${branch} lack "${title}".`);
  // One ruleset asks for all. Those of several rulesets add up.
  return whats.map((what, at) => ({
    what,
    advice: where,
    calls: at === 0 ? [{ method: "POST", path: "rulesets", body: branchRuleset(branch) }] : [],
  }));
}

function branchRuleset(branch: string): object {
  return {
    name: `genauth: the branch ${branch}`,
    target: "branch",
    enforcement: "active",
    conditions: { ref_name: { include: [`refs/heads/${branch}`], exclude: [] } },
    rules: [
      { type: "deletion" },
      { type: "non_fast_forward" },
      {
        type: "pull_request",
        parameters: {
          required_approving_review_count: 1,
          required_review_thread_resolution: false,
          ...Object.fromEntries(Object.keys(REVIEWS).map((parameter) => [parameter, true])),
        },
      },
      {
        type: "required_status_checks",
        parameters: {
          strict_required_status_checks_policy: false,
          required_status_checks: [{ context: PLAN_CHECK }],
        },
      },
    ],
  };
}

/** A tag that is called like the branch looks like it in places that show a short name. */
async function checkTags(github: GitHubApi, branch: string): Promise<RuleFault[]> {
  const tag = `refs/tags/${branch}`;
  const rulesets = (await github.find("rulesets?includes_parents=true&per_page=100", Rulesets)) ?? [];
  for (const { id } of rulesets.filter(
    ({ target, enforcement }) => target === "tag" && enforcement === "active",
  )) {
    const ruleset = await github.find(`rulesets/${id}`, Ruleset);
    const { include = [], exclude = [] } = ruleset?.conditions?.ref_name ?? {};
    const isMeant = include.some((name) => ["~ALL", tag].includes(name));
    if (isMeant && exclude.length === 0 && ruleset?.rules.some(({ type }) => type === "creation")) return [];
  }
  const body = {
    name: `genauth: no tag ${branch}`,
    target: "tag",
    enforcement: "active",
    conditions: { ref_name: { include: [tag], exclude: [] } },
    rules: [{ type: "creation" }],
  };
  return [
    {
      what: `Nothing keeps people from creating a tag called ${branch}, which some places show like the branch.`,
      advice: `Settings, Rules, Rulesets: an active tag ruleset for ${branch}, or all tags, with "Restrict creations".`,
      calls: [{ method: "POST", path: "rulesets", body }],
    },
  ];
}

async function checkCodeOwners(github: GitHubApi, branch: string): Promise<RuleFault[]> {
  const found = await github.find(`codeowners/errors?ref=${encodeURIComponent(branch)}`, CodeOwnerErrors);
  if (found === undefined)
    return [
      {
        what: "There is no CODEOWNERS file, so no owner has to review anything.",
        advice: "Write .github/CODEOWNERS, as the README of the pipelines shows.",
      },
    ];
  return found.errors.map(({ path, line, kind }) => ({
    what: `${path} has a mistake in line ${line} (${kind}), so its owners do not have to review.`,
    advice: "Correct it: GitHub shows the mistakes on the file's page.",
  }));
}

type Rules = z.infer<typeof EnvironmentRules>;

/** An environment must admit the branch, and no other and no tag. */
async function checkAdmitted(
  github: GitHubApi,
  name: string,
  branch: string,
): Promise<{ readonly rules: Rules | undefined; readonly faults: readonly RuleFault[] }> {
  const path = `environments/${name}`;
  const rules = await github.find(path, EnvironmentRules);
  const admitting = rules && (await github.find(`${path}/deployment-branch-policies`, BranchPolicies));
  const policies = admitting?.branch_policies ?? [];
  const isWanted = ({ name: admitted, type }: (typeof policies)[number]): boolean =>
    admitted === branch && (type ?? "branch") === "branch";
  const isSelecting = rules?.deployment_branch_policy?.custom_branch_policies === true;
  if (isSelecting && policies.length === 1 && policies.every(isWanted)) return { rules, faults: [] };
  const calls: RuleCall[] = [
    ...(isSelecting ? [] : [{ method: "PUT" as const, path, body: settingsOf(rules) }]),
    ...policies
      .filter((policy) => !isWanted(policy))
      .map(({ id }) => ({ method: "DELETE" as const, path: `${path}/deployment-branch-policies/${id}` })),
    ...(policies.some(isWanted)
      ? []
      : [
          {
            method: "POST" as const,
            path: `${path}/deployment-branch-policies`,
            body: { name: branch, type: "branch" },
          },
        ]),
  ];
  const fault: RuleFault = rules
    ? {
        what: `The environment ${name} must admit the branch ${branch} and no other, so that no other branch can reach its secrets.`,
        advice: `Set "Deployment branches and tags" to "Selected branches and tags": ${branch}.`,
        calls,
      }
    : {
        what: `There is no environment ${name}, or it cannot be read.`,
        advice:
          "Create it as the README of the pipelines says. Without environments, these pipelines are not supported.",
        calls,
      };
  return { rules, faults: [fault] };
}

/**
 * The environment `genauth-read` must be there, and admits every branch: pull requests are planned with its
 * key, which only reads. A run of the branch does not rest on it, so only a person who checks the rules is
 * told.
 */
export async function findReadFaults({ environment }: Job): Promise<RuleFault[]> {
  const path = "environments/genauth-read";
  if (await new GitHubApi(environment).find(path, EnvironmentRules)) return [];
  return [
    {
      what: "There is no environment genauth-read, or it cannot be read, so pull requests get no report.",
      advice: "Create it as the README of the pipelines says.",
      calls: [{ method: "PUT", path, body: { deployment_branch_policy: null } }],
    },
  ];
}

/** What a call sets of an environment, whose other rules stay: what a call leaves out, GitHub takes away. */
function settingsOf(rules: Rules | undefined): object {
  const timer = rules?.protection_rules.find(({ wait_timer: minutes }) => minutes)?.wait_timer;
  const reviewers = reviewersOf(rules).flatMap(({ reviewers: all }) => all ?? []);
  return {
    ...(timer && { wait_timer: timer }),
    ...(reviewers.length > 0 && {
      prevent_self_review: true,
      // The documentation of this call lacks it; its answer has it. So the rules are read again afterwards.
      can_admins_bypass: false,
      reviewers: reviewers.map(({ type, reviewer: { id } }) => ({ type, id })),
    }),
    deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
  };
}

function reviewersOf(rules: Rules | undefined): Rules["protection_rules"] {
  return (rules?.protection_rules ?? []).filter(({ type }) => type === "required_reviewers");
}

/** @param rules of the environment `genauth`; undefined: nobody has to approve, or it is not there */
function checkApproval(rules: Rules | undefined, approvals: PlanToApprove["approvals"]): FoundRules {
  if (approvals === 0) return { approval: "none", faults: [] };
  const reviewers = reviewersOf(rules);
  const faults: RuleFault[] = [];
  const calls: RuleCall[] = [{ method: "PUT", path: "environments/genauth", body: settingsOf(rules) }];
  if (!reviewers.every(({ prevent_self_review: prevents }) => prevents === true))
    faults.push({
      what: "The environment genauth lets a person approve their own run.",
      advice: 'Set "Prevent self-review".',
      calls,
    });
  if (reviewers.length > 0 && rules?.can_admins_bypass === true)
    faults.push({
      what: "The environment genauth lets administrators bypass its rules.",
      advice: 'Unset "Allow administrators to bypass configured protection rules".',
      calls,
    });
  if (approvals === 2 && rules && reviewers.length === 0)
    faults.push({
      what: "The plan deletes more people than one person may approve (two_approvals_above), and the environment genauth requires no reviewers, so nobody can be the second one.",
      advice: "Delete fewer at once, or require reviewers.",
    });
  const isByReviewers = reviewers.length > 0 && approvals === 1;
  return { approval: isByReviewers ? "environment" : "dispatch", faults };
}
