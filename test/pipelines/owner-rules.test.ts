import { join } from "node:path";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { type Job, prepareJob } from "../../src/pipeline";
import { checkOwner } from "../../src/pipeline/github/owner";
import { PIPELINES } from "../support/pipelines/workflow";
import type { RunRecord } from "./support/github/records";
import { GitHubService } from "./support/github/service";

/*
 * Without required reviewers, an owner starts the apply of a plan: who may, and of which run, by what GitHub tells the token of the job. One
 * who does: owner.test.ts.
 */

const APPLIED = "a".repeat(40);
const CHANGE = "b".repeat(40);

let service: GitHubService;
let planned: RunRecord;
beforeEach(async () => {
  service = new GitHubService();
  await service.open();
  planned = {
    id: 12,
    name: "genauth",
    path: ".github/workflows/genauth.yml",
    event: "push",
    head_branch: "main",
    head_sha: CHANGE,
    actor: { login: "olga" },
    run_attempt: 1,
    created_at: "2026-01-02T03:04:05Z",
  };
  service.runs.set(11, { ...planned, id: 11, head_sha: APPLIED });
  service.jobs.set(11, new Map([["genauth / apply", "success"]]));
  service.runs.set(12, planned);
  service.jobs.set(12, new Map([["genauth / plan", "success"]]));
  service.commits.push({ sha: APPLIED, author: "ada", committer: "ada" });
  service.commits.push({ sha: CHANGE, author: "otto", committer: "web-flow" });
  service.pulls.set(CHANGE, [{ number: 7, user: "ada" }]);
});

/** Asks to apply the plan of a run. @param isOnBranch whether its commit is part of the branch */
function ask({ actor = "olga", run = "12", attempt = "1", isOnBranch = true } = {}) {
  const environment = {
    GITHUB_ACTIONS: "true",
    GITHUB_REPOSITORY: "team/people",
    GITHUB_API_URL: service.url,
    GITHUB_RUN_ID: "13",
    GITHUB_RUN_ATTEMPT: attempt,
    GITHUB_TRIGGERING_ACTOR: actor,
    GH_TOKEN: service.token({ actions: "read", contents: "read", "pull-requests": "read" }),
    OWNERS: "Olga otto",
  };
  const job = prepareJob(environment, join(PIPELINES, "genauth.pipeline.yaml"));
  const git = { isOnBranch: () => Promise.resolve(isOnBranch) };
  return checkOwner({ ...job, git } as unknown as Job, run);
}

test("an owner who made none of the changes may, however the name is written", async () => {
  expect(await ask({ actor: "Olga" })).toEqual({ commit: CHANGE, attempt: 1 });
});

test.each([
  { who: "somebody else", asking: { actor: "mallory" }, says: "mallory is not on the list of owners" },
  { who: "the author of a commit", asking: { actor: "Otto" }, says: "otto made some of the changes" },
  { who: "an owner who runs it again", asking: { attempt: "2" }, says: "A re-run is not accepted" },
])("$who may not", async ({ asking, says }) => {
  await expect(ask(asking)).rejects.toThrow(says);
});

test("a person may not who may have made a change: by a commit, a pull request or a push", async () => {
  const commit = { sha: CHANGE, author: "ada", committer: "ada" };
  const change = (names: object) => service.commits.splice(1, 1, { ...commit, ...names });
  change({ committer: "olga" });
  await expect(ask()).rejects.toThrow("olga made some of the changes");
  change({});
  service.pulls.set(CHANGE, [{ number: 7, user: "olga" }]);
  await expect(ask()).rejects.toThrow("olga made some of the changes");
  // Without a pull request, whoever pushed it has started the run.
  service.pulls.clear();
  await expect(ask()).rejects.toThrow("olga made some of the changes");
  change({ author: undefined });
  await expect(ask()).rejects.toThrow("belongs to no account");
});

test("the changes are those since the last run that applied something, and a later one that failed is none", async () => {
  service.commits.splice(1, 0, { sha: "d".repeat(40), author: "olga", committer: "olga" });
  service.pulls.set("d".repeat(40), [{ number: 6, user: "ada" }]);
  await expect(ask()).rejects.toThrow("olga made some of the changes");
  const later = { ...planned, id: 10, head_sha: "d".repeat(40) };
  service.runs.delete(11);
  service.runs.set(10, later);
  service.jobs.set(10, new Map([["genauth / apply", "failure"]]));
  await expect(ask()).rejects.toThrow("none of the last 100 runs has applied anything");
  service.jobs.set(10, new Map([["genauth / apply", "success"]]));
  expect(await ask()).toMatchObject({ commit: CHANGE });
});

describe("a run is refused that", () => {
  test.each([
    { fault: "is not there", asking: { run: "4711" }, says: "Run 4711 cannot be read" },
    { fault: "is no number", asking: { run: "12; env" }, says: '"run" must be the number of a run' },
    {
      fault: "is of a commit that is not part of the branch, but of a tag of its name",
      asking: { isOnBranch: false },
      says: "which is not part of the branch main: a tag of that name",
    },
  ])("$fault", async ({ asking, says }) => {
    await expect(ask(asking)).rejects.toThrow(says);
  });

  test("made no plan: code that runs in synth could leave one of its own, and fail the job that plans", async () => {
    service.jobs.set(12, new Map([["genauth / plan", "failure"]]));
    await expect(ask()).rejects.toThrow("The job plan of run 12 has not ended well");
  });

  test.each([
    { fault: "of another workflow", change: { path: ".github/workflows/own.yml" } },
    { fault: "of another branch", change: { head_branch: "leavers" } },
    { fault: "of a pull request", change: { event: "pull_request" } },
  ])("is one $fault", async ({ change }) => {
    service.runs.set(12, { ...planned, ...change });
    await expect(ask()).rejects.toThrow("is no run of genauth.yml on main that makes a plan");
  });
});
