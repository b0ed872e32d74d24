import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Finished, runChild } from "../../support/engine/child";
import type { Engine } from "../../support/engine/engine";
import { COMMENT_TOKEN, type Deployment, type GitLabServer, startGitLabServer } from "./gitlab-server";
import { JOBS, SETTINGS, shellOf } from "./gitlab-pipeline";
import { Repository } from "./repository";

/** The key with which the jobs that plan and apply encrypt the plan. */
const PLAN_KEY = "5f".repeat(32);

/** A job that ran, and what it left. */
export interface Ran {
  readonly id: number;
  readonly ended: Finished;
}

/** A team with a repository on GitLab. */
export class GitLabTeam extends Repository {
  #gitlab: GitLabServer | undefined;
  /** Variables of the project for all jobs. */
  readonly variables: Record<string, string> = {};
  #jobs = 100;
  #pipelines = 1000;

  /**
   * @param pool the variables of the user pool, with the key that deletes
   * @param readKey the variables of the key that can only read
   */
  constructor(
    engine: Engine,
    private readonly pool: Readonly<Record<string, string>>,
    private readonly readKey: Readonly<Record<string, string>>,
  ) {
    super(engine, pool["GENAUTH_HOST"] ?? "");
  }

  /** The GitLab server; available after `open`. */
  get gitlab(): GitLabServer {
    if (!this.#gitlab) throw new Error("The GitLab server is not started.");
    return this.#gitlab;
  }

  /** Starts the GitLab server. Must be called first. */
  async open(): Promise<void> {
    this.#gitlab = await startGitLabServer(join(this.folder, "artifacts"), () => this.noticeJobs());
  }

  /** Tells the GitLab server of jobs that have started and ended since. Here, `runJobs` does. */
  protected noticeJobs(): void {
    return;
  }

  /** Merges both branches under a separate ref, as GitLab does when a merge request is opened or changed. */
  async mergeResult(number: number, branch: string): Promise<void> {
    const clone = await this.clone();
    await this.git(clone, "merge", "--quiet", "--no-ff", "--no-edit", `origin/${branch}`);
    await this.git(clone, "push", "--quiet", "--force", "origin", `HEAD:refs/merge-requests/${number}/merge`);
  }

  /** A new pipeline of a merge request, for the merged result. */
  forMergeRequest(number: number, variables: Readonly<Record<string, string>> = {}): Pipeline {
    return this.#pipeline(`refs/merge-requests/${number}/merge`, {
      CI_PIPELINE_SOURCE: "merge_request_event",
      CI_MERGE_REQUEST_IID: String(number),
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
      CI_MERGE_REQUEST_PROJECT_PATH: "team/people",
      CI_MERGE_REQUEST_SOURCE_PROJECT_PATH: "team/people",
      CI_MERGE_REQUEST_PROJECT_URL: join(this.folder, "private"),
      ...variables,
    });
  }

  /** A new pipeline of the default branch. */
  forDefaultBranch(source: "push" | "web" | "schedule" = "push"): Pipeline {
    return this.#pipeline("refs/heads/main", { CI_PIPELINE_SOURCE: source, CI_COMMIT_BRANCH: "main" });
  }

  /** The newest deployment of a job. */
  deployment(job: string): Deployment {
    const found = this.gitlab.deployments.findLast(({ deployable }) => deployable?.name === job);
    if (!found) throw new Error(`The job ${job} has no deployment.`);
    return found;
  }

  /** An artifact of a job. */
  artifact({ id }: Ran, path: string): string {
    return readFileSync(join(this.folder, "artifacts", String(id), path), "utf8");
  }

  /** Adds a file to the artifacts of a job, as its code can do with the job's token while it runs. */
  upload({ id }: Ran, path: string, text: string): void {
    const file = join(this.folder, "artifacts", String(id), path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: 0o755 });
  }

  #pipeline(ref: string, values: Readonly<Record<string, string>>): Pipeline {
    this.#pipelines += 1;
    const id = this.#pipelines;
    const ran = new Map<string, Ran>();
    let commit: string | undefined;
    const runAll = async (names: readonly string[], options: JobOptions = {}) => {
      commit ??= (await this.git(join(this.folder, "origin.git"), "rev-parse", ref)).trim();
      return this.runJobs(names, { pipeline: id, ref, commit, values, ran, ...options });
    };
    const run = async (name: string, options?: JobOptions) => {
      const [job] = await runAll([name], options);
      if (!job) throw new Error(`The job ${name} did not run.`);
      return job;
    };
    return { id, run, runAll };
  }

  /** Runs jobs of a pipeline, until one fails. */
  protected async runJobs(names: readonly string[], run: Run): Promise<Ran[]> {
    const jobs: Ran[] = [];
    for (const name of names) {
      const job = await this.#run(name, run);
      run.ran.set(name, job);
      jobs.push(job);
      if (job.ended.code !== 0) break;
    }
    return jobs;
  }

  /** Runs a job's script in one shell that ends at the first failed line, as GitLab's runner does. */
  async #run(name: string, { pipeline, commit, ref, values, ran, ...options }: Run): Promise<Ran> {
    const { [name]: job } = JOBS;
    if (!job) throw new Error(`The pipeline has no job ${name}.`);
    this.#jobs += 1;
    const id = this.#jobs;
    const builds = join(this.folder, "builds", String(id));
    const left = join(this.folder, "artifacts", String(id));
    mkdirSync(builds, { recursive: true });
    mkdirSync(left, { recursive: true });
    await this.git(builds, "init", "--quiet");
    await this.git(builds, "remote", "add", "origin", join(this.folder, "origin.git"));
    await this.git(builds, "fetch", "--quiet", "origin", `+${ref}:refs/job`);
    await this.git(builds, "checkout", "--quiet", "--detach", commit);
    for (const { job: needed, artifacts } of job.needs ?? []) {
      const before = join(this.folder, "artifacts", String(ran.get(needed)?.id));
      // The archive loses the permission to execute, and hidden files.
      if (artifacts && existsSync(before))
        cpSync(before, builds, { recursive: true, filter: (path) => !/\/\.[^/]+$/.test(path) });
    }
    for (const path of job.cache?.paths ?? []) {
      const cached = join(this.folder, "cache", path);
      if (existsSync(cached)) cpSync(cached, join(builds, path));
    }
    const token = `glcbt-${id}`;
    this.gitlab.tokens.add(token);
    const deployment = this.deploy(job.environment, { id, name, pipeline, commit });
    const home = join(this.folder, "homes", String(id));
    mkdirSync(home, { recursive: true });
    const env = {
      ...this.shell,
      HOME: home,
      CI: "true",
      GITLAB_CI: "true",
      CI_API_V4_URL: this.gitlab.url,
      CI_PROJECT_ID: "1",
      CI_PROJECT_PATH: "team/people",
      CI_DEFAULT_BRANCH: "main",
      CI_JOB_ID: String(id),
      CI_JOB_TOKEN: token,
      CI_PIPELINE_ID: String(pipeline),
      CI_PIPELINE_URL: `https://gitlab.example.com/team/people/-/pipelines/${pipeline}`,
      CI_ENVIRONMENT_NAME: job.environment?.name ?? "",
      CI_COMMIT_SHA: commit,
      GITLAB_USER_LOGIN: options.user ?? "mia",
      ...(SETTINGS.variables as unknown as Record<string, string>),
      ...job.variables,
      ...this.variables,
      ...this.settingsOf(ref === "refs/heads/main", job.environment?.name),
      ...values,
    };
    if (options.approvals) deployment?.approvals.push(...options.approvals);
    const [install = "", ...script] = shellOf(job).split("\n");
    if (!install.startsWith("npm ci --prefix ci/genauth "))
      throw new Error("The first line does not install the tool.");
    const line = [this.linkTool, ...script].join("\n");
    const shell = process.getuid?.() === 0 ? line : line.replaceAll("$APART", "");
    const ended = await runChild("bash", ["-e", "-o", "pipefail", "-c", shell], { cwd: builds, env });
    this.gitlab.tokens.delete(token);
    this.endDeployment(id, ended.code);
    const paths = ended.code === 0 || job.artifacts?.when === "always" ? (job.artifacts?.paths ?? []) : [];
    keep(builds, left, paths);
    keep(builds, join(this.folder, "cache"), job.cache?.paths ?? []);
    return { id, ended };
  }

  /** GitLab creates a deployment for a job with an environment, unless the job only accesses it. */
  protected deploy(
    environment: { readonly name: string; readonly action?: string } | undefined,
    job: { readonly id: number; readonly name: string; readonly pipeline: number; readonly commit: string },
  ): Deployment | undefined {
    if (!environment || environment.action === "access") return undefined;
    const { id, name, pipeline, commit } = job;
    const deployment: Deployment = {
      id: 5000 + id,
      environment: environment.name,
      sha: commit,
      status: "running",
      approvals: [],
      deployable: {
        id,
        name,
        status: "running",
        pipeline: { id: pipeline },
        user: { username: "mia" },
        finished_at: null,
      },
    };
    this.gitlab.deployments.push(deployment);
    return deployment;
  }

  /** A deployment ends with its job. */
  protected endDeployment(job: number, code: number): void {
    const deployment = this.gitlab.deployments.find(({ deployable }) => deployable?.id === job);
    if (!deployment?.deployable) return;
    deployment.status = code === 0 ? "success" : "failed";
    deployment.deployable.status = deployment.status;
    deployment.deployable.finished_at = this.gitlab.now();
  }

  /** The variables of the project: protected ones for a protected branch, and those of an environment for its jobs. */
  protected settingsOf(isProtected: boolean, environment: string | undefined): Record<string, string> {
    const seals = isProtected && ["genauth-plan", "genauth-state"].includes(environment ?? "");
    const deletes = isProtected && environment === "genauth";
    return {
      ...((seals || environment === "genauth-read") && this.readKey),
      ...(deletes && this.pool),
      ...(environment === "genauth-comment" && { GENAUTH_COMMENT_TOKEN: COMMENT_TOKEN.token }),
      ...((seals || deletes) && { GENAUTH_PLAN_KEY: PLAN_KEY }),
    };
  }
}

/** A pipeline whose jobs a test runs one by one. */
export interface Pipeline {
  readonly id: number;
  /** Runs a job, or retries it. */
  run(name: string, options?: JobOptions): Promise<Ran>;
  /** Runs jobs in the order of their needs. @returns those that ran; the last one may have failed */
  runAll(names: readonly string[], options?: JobOptions): Promise<Ran[]>;
}

/** How jobs of a pipeline start. */
export interface JobOptions {
  /** Who starts it. */
  readonly user?: string;
  /** The approvals of its deployment, given before it starts. */
  readonly approvals?: Deployment["approvals"];
}

/** Which pipeline jobs run in. */
export interface Run extends JobOptions {
  readonly pipeline: number;
  readonly ref: string;
  readonly commit: string;
  readonly values: Readonly<Record<string, string>>;
  readonly ran: Map<string, Ran>;
}

/** Copies the files that match patterns of GitLab: a path, a folder, or stars within names. */
function keep(from: string, to: string, patterns: readonly string[]): void {
  const matching = patterns.map(
    (pattern) =>
      new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", "[^/]*").replace(/\/$/, "/.*")}$`),
  );
  for (const path of readdirSync(from, { recursive: true, encoding: "utf8" })) {
    if (!matching.some((pattern) => pattern.test(path))) continue;
    mkdirSync(dirname(join(to, path)), { recursive: true });
    cpSync(join(from, path), join(to, path), { recursive: true });
  }
}
