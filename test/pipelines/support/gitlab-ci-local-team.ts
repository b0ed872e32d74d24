import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { dump } from "js-yaml";
import { runChild } from "../../support/engine/child";
import { onPath } from "../../support/engine/engine";
import { GITLAB_TEXT, JOBS } from "./gitlab-pipeline";
import { GitLabTeam, type Ran, type Run } from "./gitlab-team";

const GITLAB_CI_LOCAL = resolve(__dirname, "../../../node_modules/.bin/gitlab-ci-local");

/** Whether gitlab-ci-local can run jobs here: it copies each checkout and each artifact with rsync. */
export const CAN_RUN_GITLAB_CI_LOCAL = onPath("rsync") !== undefined;

/** Where it keeps its files, in the checkout. */
const STATE = ".gitlab-ci-local";

/** What a job has written down about itself. */
interface StartedJob {
  readonly id: number;
  readonly name: string;
  code?: number;
}

/**
 * A team whose jobs gitlab-ci-local runs from the `.gitlab-ci.yml` in the repository, in shells: it evaluates rules, variables by the
 * scope of their environment, and needs, and keeps artifacts and caches. Each job gets a copy of the checkout. It knows neither
 * deployments nor approvals, so each job writes down that it started and ended, and the GitLab server makes its deployment of that.
 */
export class GitLabCiLocalTeam extends GitLabTeam {
  readonly #notes = join(this.folder, "jobs.txt");
  /** The jobs that the GitLab server knows, by their line. */
  readonly #jobs: StartedJob[] = [];
  #read = 0;
  #run: Run | undefined;

  override async create(users: string): Promise<void> {
    await super.create(users);
    await this.propose("pipeline", (same) => same, { programs: { ".gitlab-ci.yml": GITLAB_TEXT } });
    await this.merge("pipeline");
  }

  protected override async runJobs(names: readonly string[], run: Run): Promise<Ran[]> {
    const checkout = await this.#checkOut(run);
    this.#run = run;
    const known = this.#jobs.length;
    const home = join(this.folder, "homes", String(run.pipeline));
    mkdirSync(join(home, STATE), { recursive: true });
    const variables = { global: this.#scopedVariables(run) };
    writeFileSync(join(home, STATE, "variables.yml"), dump(variables));
    const { text } = await runChild(
      process.execPath,
      [
        GITLAB_CI_LOCAL,
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
    this.noticeJobs();
    const ran = this.#jobs.slice(known).map(({ id, name, code }): Ran => {
      if (code === undefined) throw new Error(`gitlab-ci-local did not end ${name}:\n${text}`);
      const log = readFileSync(join(checkout, STATE, "output", `${name}.log`), "utf8");
      return { id, ended: { code, stdout: log, stderr: "", text: log } };
    });
    if (ran.length === 0) throw new Error(`gitlab-ci-local ran no job:\n${text}`);
    return ran;
  }

  protected override noticeJobs(): void {
    if (!existsSync(this.#notes)) return;
    const lines = readFileSync(this.#notes, "utf8").split("\n").slice(0, -1);
    for (const line of lines.slice(this.#read)) {
      const [what, ...words] = line.split(" ");
      if (what === "started") this.#start(words);
      else this.#end(words);
    }
    this.#read = lines.length;
  }

  #start([id = "", name = "", pipeline = ""]: readonly string[]): void {
    const job = { id: Number(id), name };
    this.#jobs.push(job);
    this.gitlab.tokens.add(tokenOf(id));
    const { commit = "", approvals = [] } = this.#run ?? {};
    const deployment = this.deploy(JOBS[name]?.environment, { ...job, pipeline: Number(pipeline), commit });
    deployment?.approvals.push(...approvals);
    mkdirSync(join(this.folder, "artifacts"), { recursive: true });
    symlinkSync(join(this.#folderOf(pipeline), STATE, "artifacts", name), join(this.folder, "artifacts", id));
  }

  #end([id = "", code = ""]: readonly string[]): void {
    const job = this.#jobs.find((each) => String(each.id) === id);
    if (!job) throw new Error(`A job ended that did not start: ${id}.`);
    job.code = Number(code);
    this.gitlab.tokens.delete(tokenOf(id));
    this.endDeployment(job.id, job.code);
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
      if (environment) add(environment.name, this.settingsOf(ref === "refs/heads/main", environment.name));
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
}

function tokenOf(job: string): string {
  return `glcbt-${job}`;
}

/** Bash reads this before the script of a job. */
function noteJob(file: string): string {
  return `unset BASH_ENV
echo "started $CI_JOB_ID $CI_JOB_NAME $CI_PIPELINE_ID" >> "${file}"
trap 'echo "ended $CI_JOB_ID $?" >> "${file}"' EXIT
`;
}
