import { join } from "node:path";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { type Job, prepareJob } from "../../src/pipeline";
import { checkGitHubRules } from "../../src/pipeline/github/rules";
import { PIPELINES } from "../support/pipelines/workflow";
import type { Environment } from "./support/github/records";
import { GitHubService } from "./support/github/service";

/** Which rules a repository on GitHub must have before a plan of it can be applied. */

let service: GitHubService;
let job: Job;
beforeEach(async () => {
  service = new GitHubService();
  await service.open();
  service.environments.set("genauth-plan", { secrets: {}, branches: ["main"] });
  service.environments.set("genauth", RULES);
  const environment = {
    GITHUB_REPOSITORY: "team/people",
    GITHUB_API_URL: service.url,
    GH_TOKEN: service.token({ actions: "read", contents: "read" }),
  };
  job = prepareJob(environment, join(PIPELINES, "genauth.pipeline.yaml"));
});

/** The environment of the apply, as it must be. */
const RULES: Environment = {
  secrets: {},
  reviewers: ["otto"],
  preventSelfReview: true,
  branches: ["main"],
};

/** Whether one person may approve the apply of a plan. */
const check = () => checkGitHubRules(job, 1);

test("with all rules, a plan is approved in the environment of the apply", async () => {
  expect(await check()).toBe("environment");
});

describe("the environment of the apply", () => {
  const { branches: _, ...withoutBranches } = RULES;

  test.each<{ readonly fault: string; readonly environment: Environment; readonly says: string }>([
    {
      fault: "admits every branch",
      environment: withoutBranches,
      says: "must admit the branch main and no other",
    },
    {
      fault: "admits another branch besides",
      environment: { ...RULES, branches: ["main", "*"] },
      says: "must admit the branch main and no other",
    },
    {
      fault: "admits a tag in place of the branch",
      environment: { ...RULES, branches: [], tags: ["main"] },
      says: "must admit the branch main and no other",
    },
    {
      fault: "lets people approve what they started",
      environment: { ...RULES, preventSelfReview: false },
      says: 'Set "Prevent self-review"',
    },
    {
      fault: "lets administrators bypass its rules",
      environment: { ...RULES, canAdminsBypass: true },
      says: "lets administrators bypass its rules",
    },
  ])("is refused if it $fault", async ({ environment, says }) => {
    service.environments.set("genauth", environment);
    await expect(check()).rejects.toThrow(says);
  });

  test("is refused if it is not there", async () => {
    service.environments.delete("genauth");
    await expect(check()).rejects.toThrow("Without environments, these pipelines are not supported");
  });
});

describe("the branch", () => {
  test("is refused without a ruleset", async () => {
    service.branchRules = [];
    await expect(check()).rejects.toThrow("No ruleset protects the branch main");
  });

  test.each([
    { rule: "require_code_owner_review", says: "Require review from Code Owners" },
    { rule: "require_last_push_approval", says: "Require approval of the most recent reviewable push" },
    { rule: "dismiss_stale_reviews_on_push", says: "Dismiss stale pull request approvals" },
  ])("is refused without the rule $rule", async ({ rule, says }) => {
    const [request] = service.branchRules as readonly { readonly parameters: object }[];
    const parameters = { ...request?.parameters, [rule]: false };
    service.branchRules = [{ type: "pull_request", parameters }];
    await expect(check()).rejects.toThrow(says);
  });
});

describe("a tag with the name of the branch can be created, which is refused, if the rule against it", () => {
  test.each<{ readonly fault: string; readonly change: object }>([
    { fault: "is only evaluated", change: { enforcement: "evaluate" } },
    { fault: "is about branches", change: { target: "branch" } },
    { fault: "is about deletions", change: { rules: [{ type: "deletion" }] } },
    {
      fault: "is about other tags",
      change: { conditions: { ref_name: { include: ["refs/tags/v*"], exclude: [] } } },
    },
    {
      fault: "leaves this tag out",
      change: { conditions: { ref_name: { include: ["~ALL"], exclude: ["refs/tags/main"] } } },
    },
  ])("$fault", async ({ change }) => {
    const [[id, rule] = [7, {}]] = service.rulesets;
    service.rulesets.set(id, { ...rule, ...change });
    await expect(check()).rejects.toThrow("Nothing keeps people from creating a tag called main");
  });
});

describe("the code owners", () => {
  test("are refused if there is no file of them", async () => {
    service.codeOwnerErrors = undefined;
    await expect(check()).rejects.toThrow("There is no CODEOWNERS file");
  });

  test("are refused if their file has a mistake", async () => {
    service.codeOwnerErrors = [{ path: ".github/CODEOWNERS", line: 3, kind: "Unknown owner" }];
    await expect(check()).rejects.toThrow(".github/CODEOWNERS has a mistake in line 3 (Unknown owner)");
  });
});
