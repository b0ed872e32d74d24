import { existsSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { dump } from "js-yaml";
import type { Emulator } from "../../support/emulator";
import { type Finished, runChild } from "../../support/engine/child";
import { type Engine, onPath } from "../../support/engine/engine";
import { type Approval, COMMENT_TOKEN, type GitLabServer, startGitLabServer } from "./gitlab-server";
import { GITLAB_TEXT, INSTALL_TOOL, JOBS } from "./gitlab-pipeline";
import { Repository } from "./repository";
import { gitLabCiLocal } from "./tools";

/** Whether gitlab-ci-local can run jobs here: it copies each checkout and each artifact with rsync. */
export const CAN_RUN_GITLAB_CI_LOCAL = onPath("rsync") !== undefined;
if (!CAN_RUN_GITLAB_CI_LOCAL)
  console.log("rsync is not installed, so gitlab-ci-local does not run the jobs of GitLab.");

/** Where it keeps its files, in the checkout. */
const STATE = ".gitlab-ci-local";

/** The key with which the jobs that plan and apply encrypt the plan. */
const PLAN_KEY = "5f".repeat(32);

/** A job that ran, and what it left. */
export interface Ran {
  readonly id: number;
  readonly ended: Finished;
}

/** What a job has written down about itself. */
interface StartedJob {
  readonly id: number;
  readonly name: string;
  code?: number;
}

/**
 * A team with a repository on GitLab, whose jobs gitlab-ci-local runs from the `.gitlab-ci.yml` in the repository, in shells: it evaluates
 * rules, variables by the scope of their environment, and needs, and keeps artifacts and caches. Each job gets a copy of the checkout. It
 * knows neither deployments nor approvals, so each job writes down that it started and ended, and the GitLab server makes its deployment of
 * that.
 */
export class GitLabTeam extends Repository {
  #gitlab: GitLabServer | undefined;
  /** Variables of the project for all jobs. */
  readonly variables: Record<string, string> = {};
  readonly #notes = join(this.folder, "jobs.txt");
  /** The jobs that the GitLab server knows, by their line. */
  readonly #jobs: StartedJob[] = [];
  #read = 0;
  #run: Run | undefined;
  #pipelines = 1000;

  constructor(
    engine: Engine,
    private readonly emulator: Emulator,
  ) {
    super(engine, emulator.url);
  }

  /** The GitLab server; available after `open`. */
  get gitlab(): GitLabServer {
    if (!this.#gitlab) throw new Error("The GitLab server is not started.");
    return this.#gitlab;
  }

  /** Starts the GitLab server. Must be called first. */
  async open(): Promise<void> {
    this.#gitlab = await startGitLabServer(join(this.folder, "artifacts"), () => this.#noticeJobs());
  }

  override async create(users: string): Promise<void> {
    await super.create(users);
    // A test whose subject is npm proposes the file that teams copy, which installs the tool in each job.
    const text = GITLAB_TEXT.replace(INSTALL_TOOL, this.linkTool);
    await this.propose("pipeline", (same) => same, { programs: { ".gitlab-ci.yml": text } });
    await this.merge("pipeline");
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
    let commit: string | undefined;
    const runAll = async (names: readonly string[], options: JobOptions = {}) => {
      commit ??= (await this.git(join(this.folder, "origin.git"), "rev-parse", ref)).trim();
      return this.#runJobs(names, { pipeline: id, ref, commit, values, ...options });
    };
    const run = async (name: string, options?: JobOptions) => {
      const [job] = await runAll([name], options);
      if (!job) throw new Error(`The job ${name} did not run.`);
      return job;
    };
    const approve = (user: string) => run("apply", { approvals: [this.gitlab.approvedBy(user)] });
    return { id, run, runAll, approve };
  }

  /** Runs jobs of a pipeline, until one fails. */
  async #runJobs(names: readonly string[], run: Run): Promise<Ran[]> {
    const checkout = await this.#checkOut(run);
    this.#run = run;
    // A retry is another job, and what the one before it left stays.
    for (const { id, name } of this.#jobs) {
      const kept = join(this.folder, "artifacts", String(id));
      const newest = join(checkout, STATE, "artifacts", name);
      if (names.includes(name) && existsSync(kept) && realpathSync(kept) === newest)
        await rename(kept, `${kept}.link`).then(() => rename(newest, kept));
    }
    const known = this.#jobs.length;
    const home = join(this.folder, "homes", String(run.pipeline));
    mkdirSync(join(home, STATE), { recursive: true });
    const variables = { global: this.#scopedVariables(run) };
    writeFileSync(join(home, STATE, "variables.yml"), dump(variables));
    const [node = "", ...program] = gitLabCiLocal();
    const { text } = await runChild(
      node,
      [
        ...program,
        ...names,
        ...["--force-shell-executor", "--shell-isolation", "--manual", "apply"],
        ...Object.entries(this.#predefined(run)).flatMap(([name, value]) => [
          "--variable",
          `${name}=${value}`,
        ]),
        // It takes every pipeline for one of a branch.
        ...("CI_COMMIT_BRANCH" in run.values ? [] : ["--unset-variable", "CI_COMMIT_BRANCH"]),
      ],
      { cwd: checkout, env: { ...this.shell, HOME: home } },
    );
    this.#noticeJobs();
    const ran = this.#jobs.slice(known).map(({ id, name, code }): Ran => {
      if (code === undefined) throw new Error(`gitlab-ci-local did not end ${name}:\n${text}`);
      const log = readFileSync(join(checkout, STATE, "output", `${name}.log`), "utf8");
      return { id, ended: { code, stdout: log, stderr: "", text: log } };
    });
    if (ran.length === 0) throw new Error(`gitlab-ci-local ran no job:\n${text}`);
    return ran;
  }

  /** Tells the GitLab server of jobs that have started and ended since. */
  #noticeJobs(): void {
    if (!existsSync(this.#notes)) return;
    const lines = readFileSync(this.#notes, "utf8").split("\n").slice(0, -1);
    for (const line of lines.slice(this.#read)) {
      const [what, ...words] = line.split(" ");
      if (what === "started") this.#start(words);
      else this.#end(words);
    }
    this.#read = lines.length;
  }

  /** GitLab creates a deployment for a job with an environment, unless the job only accesses it. */
  #start([id = "", name = "", pipeline = ""]: readonly string[]): void {
    const job = { id: Number(id), name };
    this.#jobs.push(job);
    this.gitlab.tokens.add(tokenOf(id));
    mkdirSync(join(this.folder, "artifacts"), { recursive: true });
    symlinkSync(join(this.#folderOf(pipeline), STATE, "artifacts", name), join(this.folder, "artifacts", id));
    const environment = JOBS[name]?.environment;
    if (!environment || environment.action === "access") return;
    this.gitlab.deployments.push({
      id: 5000 + this.gitlab.deployments.length,
      environment: environment.name,
      sha: this.#run?.commit ?? "",
      status: "running",
      approvals: [...(this.#run?.approvals ?? [])],
      deployable: {
        ...job,
        status: "running",
        pipeline: { id: Number(pipeline), source: this.#run?.values["CI_PIPELINE_SOURCE"] ?? "" },
        user: { username: "mia" },
        finished_at: null,
      },
    });
  }

  /** A deployment ends with its job. */
  #end([id = "", code = ""]: readonly string[]): void {
    const job = this.#jobs.find((each) => String(each.id) === id);
    if (!job) throw new Error(`A job ended that did not start: ${id}.`);
    job.code = Number(code);
    this.gitlab.tokens.delete(tokenOf(id));
    const deployment = this.gitlab.deployments.find(({ deployable }) => deployable?.id === job.id);
    if (!deployment?.deployable) return;
    deployment.status = job.code === 0 ? "success" : "failed";
    deployment.deployable.status = deployment.status;
    deployment.deployable.finished_at = this.gitlab.now();
  }

  /** The checkout of a pipeline, which gitlab-ci-local copies for each job. All pipelines have one cache. */
  async #checkOut({ pipeline, commit, ref }: Run): Promise<string> {
    const checkout = this.#folderOf(String(pipeline));
    if (existsSync(checkout)) return checkout;
    mkdirSync(join(checkout, STATE), { recursive: true });
    mkdirSync(join(this.folder, "cache"), { recursive: true });
    symlinkSync(join(this.folder, "cache"), join(checkout, STATE, "cache"));
    await this.git(checkout, "init", "--quiet");
    await this.git(checkout, "remote", "add", "origin", join(this.folder, "origin.git"));
    // From this one, it takes the path of the project.
    await this.git(checkout, "remote", "add", "gcl-origin", "https://gitlab.example.com/team/people.git");
    await this.git(checkout, "fetch", "--quiet", "origin", `+${ref}:refs/job`);
    await this.git(checkout, "checkout", "--quiet", "--detach", commit);
    return checkout;
  }

  #folderOf(pipeline: string): string {
    return join(this.folder, "pipelines", pipeline);
  }

  /** The variables of the project, by the environment in their scope. */
  #scopedVariables({ ref }: Run): Record<string, object> {
    const variables: Record<string, { type: "variable"; values: Record<string, string> }> = {};
    const add = (scope: string, values: Readonly<Record<string, string>>) => {
      for (const [name, value] of Object.entries(values))
        (variables[name] ??= { type: "variable", values: {} }).values[scope] = value;
    };
    add("*", this.variables);
    for (const { environment } of Object.values(JOBS))
      if (environment) add(environment.name, this.#settingsOf(ref === "refs/heads/main", environment.name));
    return variables;
  }

  /** The variables that GitLab sets, where those of gitlab-ci-local are others. */
  #predefined({ pipeline, user = "mia", values }: Run): Record<string, string> {
    const script = join(this.folder, "note-job.sh");
    writeFileSync(script, noteJob(this.#notes));
    return {
      BASH_ENV: script,
      GITLAB_CI: "true",
      GITLAB_USER_LOGIN: user,
      CI_API_V4_URL: this.gitlab.url,
      CI_PROJECT_ID: "1",
      CI_DEFAULT_BRANCH: "main",
      CI_PIPELINE_ID: String(pipeline),
      CI_PIPELINE_URL: `https://gitlab.example.com/team/people/-/pipelines/${pipeline}`,
      CI_JOB_TOKEN: tokenOf("$CI_JOB_ID"),
      ...(process.getuid?.() === 0 ? {} : { APART: "" }),
      ...values,
    };
  }

  /** The variables of the project: protected ones for a protected branch, and those of an environment for its jobs. */
  #settingsOf(isProtected: boolean, environment: string | undefined): Record<string, string> {
    const seals = isProtected && ["genauth-plan", "genauth-state"].includes(environment ?? "");
    const deletes = isProtected && environment === "genauth";
    const { emulator } = this;
    return {
      // With this key, the emulator refuses every call that changes the pool.
      ...((seals || environment === "genauth-read") && emulator.environment(emulator.readKey)),
      ...(deletes && emulator.environment()),
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
  /** Approves the deployment of the apply, and runs it. */
  approve(user: string): Promise<Ran>;
}

/** How jobs of a pipeline start. */
interface JobOptions {
  /** Who starts it. */
  readonly user?: string;
  /** The approvals of its deployment, given before it starts. */
  readonly approvals?: readonly Approval[];
}

/** Which pipeline jobs run in. */
interface Run extends JobOptions {
  readonly pipeline: number;
  readonly ref: string;
  readonly commit: string;
  readonly values: Readonly<Record<string, string>>;
}

function tokenOf(job: string): string {
  return `glcbt-${job}`;
}

/** Bash reads this before the script of a job, and before its after_script, which is of the same job. */
function noteJob(file: string): string {
  return `unset BASH_ENV
! grep -qs "^started $CI_JOB_ID " "${file}" || return 0
echo "started $CI_JOB_ID $CI_JOB_NAME $CI_PIPELINE_ID" >> "${file}"
trap 'echo "ended $CI_JOB_ID $?" >> "${file}"' EXIT
`;
}
