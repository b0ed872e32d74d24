import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Finished, runChild } from "../../../scripts/engine/child";
import type { Engine } from "../../../scripts/engine/engine";
import { readDotenv } from "./dotenv";
import { BOT, type GitLabDesk, type MergeRequest, openGitLabDesk } from "./gitlab-desk";
import { GITLAB_PIPELINE } from "./gitlab-pipeline";
import { Repository } from "./repository";

/** A team whose repository lies on GitLab. */
export class GitLabTeam extends Repository {
  #desk: GitLabDesk | undefined;
  #jobs = 100;

  /** @param pool the variables that reach the user pool, with the key that the jobs hold */
  constructor(
    engine: Engine,
    private readonly pool: Readonly<Record<string, string>>,
  ) {
    super(engine);
  }

  /** GitLab itself; there from `open` on. */
  get desk(): GitLabDesk {
    if (!this.#desk) throw new Error("The team has not opened its desk.");
    return this.#desk;
  }

  /** Opens GitLab; before anything else. */
  async open(): Promise<void> {
    this.#desk = await openGitLabDesk(join(this.folder, "artifacts"));
  }

  /** Closes GitLab, and takes everything away. */
  async shut(): Promise<void> {
    await this.#desk?.close();
    this.close();
  }

  /** What GitLab does when a merge request is opened or changed: it merges both branches under a ref of its own. */
  async mergeResult(number: number, branch: string): Promise<void> {
    const clone = await this.clone();
    await this.git(clone, "merge", "--quiet", "--no-ff", "--no-edit", `origin/${branch}`);
    await this.git(clone, "push", "--quiet", "--force", "origin", `HEAD:refs/merge-requests/${number}/merge`);
  }

  /** What a merge request's pipeline does: it plans the merge result, and then the report is made a comment. */
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

  /** Merges, and lets GitLab know by which merge request the commit came. */
  async mergeRequest(number: number, branch: string): Promise<void> {
    await this.merge(branch);
    await this.cameBy({ iid: number, state: "merged", target_branch: "main" });
  }

  /** Lets GitLab know by which merge requests the newest commit came. */
  async cameBy(...requests: readonly MergeRequest[]): Promise<void> {
    const clone = await this.clone();
    this.desk.mergeRequests.set(await this.git(clone, "rev-parse", "HEAD"), requests);
  }

  /** What runs after the merge: it shows the approved report. */
  async approved(): Promise<Ran> {
    return this.#run("approved", "refs/heads/main", PUSH);
  }

  /**
   * The apply that somebody starts after the merge.
   *
   * @param approved what the job before it ended with; default: it runs now. If it failed, GitLab does not start the apply
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

  /** A file that the last job left. */
  artifact(path: string): string {
    return readFileSync(join(this.folder, "artifacts", String(this.#jobs), path), "utf8");
  }

  /** Runs the lines of a job's script in one shell, as GitLab's runner does: it ends where one of them fails. */
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
      CI_API_V4_URL: this.desk.url,
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

  /** The variables of the project: the protected ones for a protected branch, the key that deletes for its environment. */
  #settings(isProtected: boolean, environment: string | undefined): Record<string, string> {
    const { GENAUTH_HOST = "", GENAUTH_ACCESS_KEY_ID = "", GENAUTH_ACCESS_KEY_SECRET = "" } = this.pool;
    return {
      GENAUTH_HOST,
      GENAUTH_ALLOWED_HOSTS: GENAUTH_HOST,
      GENAUTH_MAX_DELETIONS: "50",
      GENAUTH_READ_KEY_ID: GENAUTH_ACCESS_KEY_ID,
      GENAUTH_READ_KEY_SECRET: GENAUTH_ACCESS_KEY_SECRET,
      ...(isProtected && { GENAUTH_API_TOKEN: this.desk.token, GENAUTH_BOT: BOT }),
      ...(isProtected && environment === "genauth" && { GENAUTH_ACCESS_KEY_ID, GENAUTH_ACCESS_KEY_SECRET }),
    };
  }
}

const PUSH = { CI_PIPELINE_SOURCE: "push", CI_COMMIT_BRANCH: "main" };

interface Ran {
  readonly ended: Finished;
  /** The variables that it hands on. */
  readonly dotenv: Readonly<Record<string, string>>;
}
