import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, expect, test } from "@jest/globals";
import { GitHub } from "../../src/pipeline/github/github";
import { GitHubApi } from "../../src/pipeline/github/api";
import { findLastApplied } from "../../src/pipeline/github/runs";
import { GitLab } from "../../src/pipeline/gitlab";
import type { Job } from "../../src/pipeline/job";
import type { ApplyOutcome } from "../../src/pipeline/outcome";
import { newFolder } from "../support/at-end";
import { type GitLabServer, startGitLabServer } from "./support/gitlab-server";
import { GitHubService } from "./support/github/service";

/* What a plan tells of the last apply, as each platform tells it to the token of a job. */

const NOBODY = { approved: 0, sent: 0, done: 0 };
const AUDITED = {
  changes: { deletion: { approved: 5, sent: 5, done: 3 }, suspension: NOBODY, reactivation: NOBODY },
  audit_sha256: "a".repeat(64),
  failed: [],
  refused: [],
  causes: [],
};
const CUT_OFF: ApplyOutcome = { kind: "cut_off", unanswered: 2, ...AUDITED };
const IN_PART: ApplyOutcome = { kind: "in_part", ...AUDITED };

let artifacts: string;
let server: GitLabServer;
beforeEach(async () => {
  artifacts = newFolder();
  server = await startGitLabServer(artifacts, () => undefined);
  server.tokens.add("t");
});

/** A job that applied on GitLab, or still does. */
interface DeployingJob {
  readonly pipeline: number;
  readonly environment: "genauth" | "genauth-state";
  /** Absent: its artifact cannot be read. */
  readonly outcome?: ApplyOutcome;
  readonly isRunning?: boolean;
}

/** Adds the newest deployment of the project. */
function deploy({ pipeline, environment, outcome, isRunning = false }: DeployingJob): void {
  const id = server.deployments.length + 1;
  const job = 100 + id;
  const deployable = {
    id: job,
    name: "apply",
    status: isRunning ? "running" : "failed",
    pipeline: { id: pipeline, source: "push" },
    user: { username: "otto" },
    finished_at: isRunning ? null : server.now(),
  };
  server.deployments.push({ id, environment, sha: "c", status: "failed", approvals: [], deployable });
  if (outcome === undefined) return;
  const file = join(artifacts, String(job), "genauth-run/apply/outcome.json");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(outcome));
}

/** What the pipeline 9 says of the last apply. */
function cutOffOnGitLab(): Promise<string | undefined> {
  return new GitLab({
    CI_API_V4_URL: server.url,
    CI_PROJECT_ID: "1",
    CI_JOB_TOKEN: "t",
    CI_PIPELINE_ID: "9",
  }).findCutOff();
}

test("GitLab tells that the newest apply of an earlier pipeline was cut off, and how far it came", async () => {
  deploy({ pipeline: 7, environment: "genauth", outcome: IN_PART });
  deploy({ pipeline: 8, environment: "genauth-state", outcome: CUT_OFF });
  // Neither has an end that a person should know before this plan.
  deploy({ pipeline: 8, environment: "genauth", isRunning: true });
  deploy({ pipeline: 9, environment: "genauth", outcome: IN_PART });
  expect(await cutOffOnGitLab()).toContain("Cut off: 3 of 5 users deleted");
});

test("GitLab tells it no more after an apply that came to its end", async () => {
  expect(await cutOffOnGitLab()).toBeUndefined();
  deploy({ pipeline: 7, environment: "genauth", outcome: CUT_OFF });
  expect(await cutOffOnGitLab()).toContain("Cut off");
  deploy({ pipeline: 8, environment: "genauth-state", outcome: IN_PART });
  expect(await cutOffOnGitLab()).toBeUndefined();
});

test("GitLab tells nothing of an apply with an artifact that this job may not read", async () => {
  deploy({ pipeline: 7, environment: "genauth", outcome: CUT_OFF });
  deploy({ pipeline: 8, environment: "genauth" });
  expect(await cutOffOnGitLab()).toBeUndefined();
});

/** GitHub, and the token of a job there. */
async function openGitHub() {
  const service = new GitHubService();
  await service.open();
  const environment = {
    GITHUB_API_URL: service.url,
    GITHUB_REPOSITORY: "team/people",
    GH_TOKEN: service.token({ actions: "read", checks: "read" }),
  };
  const addRun = (id: number, event: string, jobs: Readonly<Record<string, string>>): void => {
    service.runs.set(id, {
      id,
      name: "genauth",
      path: ".github/workflows/genauth.yml",
      event,
      head_branch: "main",
      head_sha: `commit-${id}`,
      actor: { login: "ada" },
      run_attempt: 1,
      created_at: "2026-01-02T03:04:05Z",
    });
    service.jobs.set(id, new Map(Object.entries(jobs)));
  };
  return { service, environment, addRun };
}

test("GitHub tells that the newest apply was cut off, whatever started it, until one succeeds", async () => {
  const { service, environment, addRun } = await openGitHub();
  const job = { settings: { branch: "main" } } as unknown as Job;
  const cutOff = () => new GitHub(environment).findCutOff(job);
  addRun(1, "push", { apply: "success" });
  addRun(2, "schedule", { apply: "failure" });
  // The number of a job of this stand-in is that of its run, and its place there.
  service.annotations.set(200, [{ title: "The apply was cut off", message: "Cut off: 3 of 5" }]);
  addRun(3, "push", { plan: "success", apply: "skipped" });
  expect(await cutOff()).toBe("Cut off: 3 of 5");
  addRun(4, "workflow_dispatch", { apply: "success" });
  expect(await cutOff()).toBeUndefined();
});

test("the last commit that was applied on GitHub is looked for in the last 100 runs", async () => {
  const { environment, addRun } = await openGitHub();
  const lastApplied = (...others: readonly string[]) =>
    findLastApplied(new GitHubApi(environment), "main", others);
  addRun(1, "push", { apply: "success" });
  for (let id = 2; id <= 100; id += 1) addRun(id, "push", { plan: "success", apply: "skipped" });
  expect(await lastApplied()).toBe("commit-1");
  addRun(101, "push", { plan: "success", apply: "skipped" });
  expect(await lastApplied()).toBeUndefined();
  addRun(102, "workflow_dispatch", { apply: "success" });
  expect(await lastApplied()).toBe("commit-102");
  expect(await lastApplied("102")).toBeUndefined();
});
