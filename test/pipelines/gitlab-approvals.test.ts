import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { GitLab } from "../../src/pipeline/gitlab";
import type { Job } from "../../src/pipeline/job";
import { newFolder } from "../support/at-end";
import { type Approval, type GitLabServer, startGitLabServer } from "./support/gitlab-server";

/* Which plan a job on GitLab reads, and who has approved it, by the deployments that GitLab tells the token of a job. */

let artifacts: string;
let server: GitLabServer;
let printed: string;
beforeEach(async () => {
  artifacts = newFolder();
  server = await startGitLabServer(artifacts, () => undefined);
  server.tokens.add("t");
  printed = "";
  jest.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(() => void jest.restoreAllMocks());

/** Adds a job of a pipeline with its deployment. @returns its number */
function deploy(environment: string, approvals: Approval[] = [], pipeline = 9): number {
  const id = server.deployments.length + 1;
  const deployable = {
    id: 100 + id,
    name: environment,
    status: "success",
    pipeline: { id: pipeline, source: "push" },
    user: { username: "mia" },
    finished_at: server.now(),
  };
  server.deployments.push({ id, environment, sha: "c", status: "success", approvals, deployable });
  return deployable.id;
}

/** Makes the plan in a job of the pipeline 9. */
function plan(text: string, pipeline = 9): void {
  const folder = join(artifacts, String(deploy("genauth-plan", [], pipeline)), "genauth-run", "plan");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "plan.sealed"), text);
}

/** GitLab, for the job that applies in the pipeline 9. */
function asApply(job = 0): GitLab {
  return new GitLab({
    CI_API_V4_URL: server.url,
    CI_PROJECT_ID: "1",
    CI_JOB_TOKEN: "t",
    CI_PIPELINE_ID: "9",
    CI_ENVIRONMENT_NAME: "genauth",
    CI_JOB_ID: String(job),
    GITLAB_USER_LOGIN: "olga",
  });
}

describe("the plan that is applied", () => {
  const fetchPlan = async (): Promise<string> => {
    const folder = newFolder();
    await asApply().fetchHandedOver({ folder } as unknown as Job, "plan");
    return readFileSync(join(folder, "plan", "plan.sealed"), "utf8");
  };

  test("is the one of this pipeline, whatever deployments others have created", async () => {
    plan("earlier", 8);
    await expect(fetchPlan()).rejects.toThrow("No job of this pipeline has handed over plan/plan.sealed");
    plan("own");
    // By the API, without a job.
    const invented = { id: 9000, environment: "genauth-plan", sha: "0".repeat(40), approvals: [] };
    server.deployments.push({ ...invented, status: "success" });
    expect(await fetchPlan()).toBe("own");
  });

  test("is refused if it was made twice: nothing says which one was approved", async () => {
    plan("first");
    plan("second");
    await expect(fetchPlan()).rejects.toThrow(
      "The job with the environment genauth-plan ran more than once in this pipeline",
    );
  });
});

describe("who has approved", () => {
  test("is named, if the approval came after the plan", async () => {
    plan("plan");
    const apply = deploy("genauth", [server.approvedBy("otto"), server.approvedBy("olga")]);
    expect(await asApply(apply).findApprovers()).toEqual(["otto", "olga"]);
    expect(printed).toBe("Approved by @otto.\nApproved by @olga.\n");
  });

  test("is refused, if an approval is older than the plan", async () => {
    const early = server.approvedBy("otto");
    plan("plan");
    const apply = deploy("genauth", [server.approvedBy("olga"), early]);
    await expect(asApply(apply).findApprovers()).rejects.toThrow("An approval is older than the plan");
  });

  test("is refused, if somebody rejected it", async () => {
    plan("plan");
    const apply = deploy("genauth", [{ ...server.approvedBy("otto"), status: "rejected" }]);
    await expect(asApply(apply).findApprovers()).rejects.toThrow("or it is a rejection");
  });

  test("is nobody where GitLab asks for no approvals, below Premium, and the person who started it is named", async () => {
    plan("plan");
    expect(await asApply(deploy("genauth")).findApprovers()).toEqual([]);
    expect(printed).toContain("The environment genauth asked for no approvals. olga started this job.");
  });
});
