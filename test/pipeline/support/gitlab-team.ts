import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Finished, runChild } from "../../../scripts/engine/child";
import type { Engine } from "../../../scripts/engine/engine";
import { readDotenv } from "./dotenv";
import { BOT, type GitLabServer, type MergeRequest, startGitLabServer } from "./gitlab-server";
import { GITLAB_PIPELINE } from "./gitlab-pipeline";
import { Repository } from "./repository";

/** A team with a repository on GitLab. */
export class GitLabTeam extends Repository {
  #gitlab: GitLabServer | undefined;
  #jobs = 100;

  /** @param pool the variables of the user pool, with the jobs' key */
  constructor(
    engine: Engine,
    private readonly pool: Readonly<Record<string, string>>,
  ) {
    super(engine);
  }

  /** The GitLab server; available after `open`. */
  get gitlab(): GitLabServer {
    if (!this.#gitlab) throw new Error("The GitLab server is not started.");
    return this.#gitlab;
  }

  /** Starts the GitLab server. Must be called first. */
  async open(): Promise<void> {
    this.#gitlab = await startGitLabServer(join(this.folder, "artifacts"));
  }

  /** Stops the GitLab server, and removes the team's files. */
  async stop(): Promise<void> {
    await this.#gitlab?.close();
    this.close();
  }

  /** Merges both branches under a separate ref, as GitLab does when a merge request is opened or changed. */
  async mergeResult(number: number, branch: string): Promise<void> {
    const clone = await this.clone();
    await this.git(clone, "merge", "--quiet", "--no-ff", "--no-edit", `origin/${branch}`);
    await this.git(clone, "push", "--quiet", "--force", "origin", `HEAD:refs/merge-requests/${number}/merge`);
  }

  /** Runs a merge request's pipeline: plans the merge result, and posts the report as a comment. */
  async review(number: number): Promise<readonly Finished[]> {
    const request = {
      CI_PIPELINE_SOURCE: "merge_request_event",
      CI_MERGE_REQUEST_IID: String(number),
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
    };
    const { ended, dotenv } = await this.#run("plan", `refs/merge-requests/${number}/merge`, request);
    if (ended.code !== 0) return [ended];
    const report = await this.#run("report", "refs/heads/main", {
      CI_PIPELINE_SOURCE: "pipeline",
      CI_COMMIT_BRANCH: "main",
      REPORT_JOB: dotenv["PLAN_JOB"] ?? "",
      REPORT_NUMBER: String(number),
    });
    return [ended, report.ended];
  }

  /** Merges, and links the commit to the merge request. */
  async mergeRequest(number: number, branch: string): Promise<void> {
    await this.merge(branch);
    await this.setRequests({ iid: number, state: "merged", target_branch: "main" });
  }

  /** Links the newest commit to merge requests. */
  async setRequests(...requests: readonly MergeRequest[]): Promise<void> {
    const clone = await this.clone();
    this.gitlab.mergeRequests.set(await this.git(clone, "rev-parse", "HEAD"), requests);
  }

  /** Runs the job after the merge, which shows the approved report. */
  async approved(): Promise<Ran> {
    return this.#run("approved", "refs/heads/main", PUSH);
  }

  /**
   * Runs the apply that somebody starts after the merge.
   *
   * @param approved the result of the job before it, which runs now by default. If it failed, GitLab does not start the apply
   */
  async apply(approved?: Ran): Promise<Finished> {
    const { ended, dotenv } = approved ?? (await this.approved());
    if (ended.code !== 0) return ended;
    return (await this.#run("apply", "refs/heads/main", { ...PUSH, ...dotenv })).ended;
  }

  async drift(): Promise<Finished> {
    const branch = { CI_PIPELINE_SOURCE: "schedule", CI_COMMIT_BRANCH: "main" };
    return (await this.#run("drift", "refs/heads/main", branch)).ended;
  }

  /** An artifact of the last job. */
  artifact(path: string): string {
    return readFileSync(join(this.folder, "artifacts", String(this.#jobs), path), "utf8");
  }

  /** Runs a job's script in one shell that ends at the first failed line, as GitLab's runner does. */
  async #run(name: string, ref: string, values: Readonly<Record<string, string>>): Promise<Ran> {
    const { [name]: job } = GITLAB_PIPELINE;
    if (!job?.script) throw new Error(`The pipeline has no job ${name}.`);
    const { script, variables = {}, artifacts, environment } = job;
    this.#jobs += 1;
    const builds = join(this.folder, "builds", String(this.#jobs));
    mkdirSync(builds, { recursive: true });
    await this.git(builds, "init", "--quiet");
    await this.git(builds, "remote", "add", "origin", join(this.folder, "origin.git"));
    await this.git(builds, "fetch", "--quiet", "origin", ref);
    await this.git(builds, "checkout", "--quiet", "--detach", "FETCH_HEAD");
    const env = {
      ...this.shell,
      CI: "true",
      GITLAB_CI: "true",
      CI_API_V4_URL: this.gitlab.url,
      CI_PROJECT_ID: "1",
      CI_PROJECT_PATH: "team/people",
      CI_DEFAULT_BRANCH: "main",
      CI_JOB_ID: String(this.#jobs),
      CI_COMMIT_SHA: await this.git(builds, "rev-parse", "HEAD"),
      ...this.#settings(values["CI_COMMIT_BRANCH"] === "main", environment?.name),
      ...variables,
      ...values,
    };
    const ended = await runChild("bash", ["-e", "-o", "pipefail", "-c", script.flat().join("\n")], {
      cwd: builds,
      env,
    });
    const left = join(this.folder, "artifacts", String(this.#jobs));
    const kept = ended.code === 0 || artifacts?.when === "always" ? (artifacts?.paths ?? []) : [];
    for (const path of kept.filter((name) => existsSync(join(builds, name)))) {
      mkdirSync(dirname(join(left, path)), { recursive: true });
      cpSync(join(builds, path), join(left, path));
    }
    const dotenv = artifacts?.reports?.dotenv;
    return { ended, dotenv: dotenv && ended.code === 0 ? readDotenv(join(builds, dotenv)) : {} };
  }

  /** The variables of the project: protected ones for a protected branch, the deleting key for its environment. */
  #settings(isProtected: boolean, environment: string | undefined): Record<string, string> {
    const { GENAUTH_HOST = "", GENAUTH_ACCESS_KEY_ID = "", GENAUTH_ACCESS_KEY_SECRET = "" } = this.pool;
    return {
      GENAUTH_HOST,
      GENAUTH_ALLOWED_HOSTS: GENAUTH_HOST,
      GENAUTH_MAX_DELETIONS: "50",
      GENAUTH_READ_KEY_ID: GENAUTH_ACCESS_KEY_ID,
      GENAUTH_READ_KEY_SECRET: GENAUTH_ACCESS_KEY_SECRET,
      ...(isProtected && { GENAUTH_API_TOKEN: this.gitlab.token, GENAUTH_BOT: BOT }),
      ...(isProtected && environment === "genauth" && { GENAUTH_ACCESS_KEY_ID, GENAUTH_ACCESS_KEY_SECRET }),
    };
  }
}

const PUSH = { CI_PIPELINE_SOURCE: "push", CI_COMMIT_BRANCH: "main" };

interface Ran {
  readonly ended: Finished;
  /** The variables that it passes on. */
  readonly dotenv: Readonly<Record<string, string>>;
}
