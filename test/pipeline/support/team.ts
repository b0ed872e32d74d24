import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Finished, runChild } from "../../../scripts/engine/child";
import { cleanEnvironment } from "../../../scripts/engine/clean-environment";
import type { Engine } from "../../../scripts/engine/engine";
import { layTools } from "./tools";
import { type Job, PIPELINES, workflow, type WorkflowName } from "./workflow";

const ROOT = resolve(__dirname, "..", "..", "..");

/** A team with a repository, its pipeline and its state, on this machine. */
export class Team {
  readonly folder = mkdtempSync(join(tmpdir(), "genauth-team-"));
  /** What GitHub holds: the comment of the pull request, and the issue about drift. */
  readonly desk = join(this.folder, "desk");
  /** What one job hands to another, and the outputs of the last run. */
  readonly #artifact = join(this.folder, "artifact");
  readonly #environment: Record<string, string>;

  /** @param environment the variables that reach the user pool, with the key that the runs hold */
  constructor(
    engine: Engine,
    private readonly environment: Readonly<Record<string, string>>,
  ) {
    layTools(join(this.folder, "tools"), engine.path);
    mkdirSync(this.desk);
    writeFileSync(join(this.folder, "empty.tfrc"), "");
    this.#environment = cleanEnvironment(join(this.folder, "empty.tfrc"), {
      PATH: `${join(this.folder, "tools")}:${process.env.PATH ?? ""}`,
      GITHUB_DESK: this.desk,
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_AUTHOR_NAME: "Team",
      GIT_AUTHOR_EMAIL: "team@example.com",
      GIT_COMMITTER_NAME: "Team",
      GIT_COMMITTER_EMAIL: "team@example.com",
      // The team's stack is this project's example, and its state lies beside the checkouts.
      SYNTH: `${process.execPath} --import ${pathToFileURL(require.resolve("tsx")).href} ${join(ROOT, "examples/staff/main.ts")}`,
      TSX_TSCONFIG_PATH: join(ROOT, "tsconfig.json"),
      STAFF_FILE: "staff.csv",
      INIT_ARGS: `-backend-config=path=${join(this.folder, "state.tfstate")}`,
    });
  }

  /** Makes the repository, with the pipeline and the user file as the first commit. */
  async found(users: string): Promise<void> {
    await this.git(this.folder, "init", "--quiet", "--bare", "--initial-branch=main", "origin.git");
    const clone = await this.clone();
    cpSync(join(PIPELINES, "ci"), join(clone, "ci"), { recursive: true });
    writeFileSync(join(clone, "staff.csv"), users);
    await this.publish(clone, "main");
  }

  /** Changes the user file in a branch of its own. */
  async propose(branch: string, change: (users: string) => string, from = "main"): Promise<void> {
    const clone = await this.clone(from);
    const file = join(clone, "staff.csv");
    writeFileSync(file, change(readFileSync(file, "utf8")));
    await this.publish(clone, branch);
  }

  async merge(branch: string): Promise<void> {
    const clone = await this.clone();
    await this.git(clone, "merge", "--quiet", "--no-edit", `origin/${branch}`);
    await this.git(clone, "push", "--quiet", "origin", "HEAD:main");
  }

  /** What a pull request's run does: it plans, and then the report is made a comment. */
  async review(branch: string): Promise<readonly Finished[]> {
    const planned = await this.runJob("genauth-plan", "plan", branch, { BASE: "main" });
    if (planned.code !== 0) return [planned];
    return [
      planned,
      await this.runJob("genauth-report", "report", "main", { NUMBER: "7", OUTCOME: "success" }),
    ];
  }

  /** What a merge does: it applies what was approved. */
  async apply(): Promise<Finished> {
    const approved = await this.runJob("genauth-apply", "approved", "main", { COMMIT: "0" });
    if (approved.code !== 0) return approved;
    const [, digest = ""] = /^digest=(.*)$/m.exec(readFileSync(join(this.folder, "output"), "utf8")) ?? [];
    return this.runJob("genauth-apply", "apply", "main", { DIGEST: digest });
  }

  drift(): Promise<Finished> {
    return this.runJob("genauth-drift", "drift", "main");
  }

  /** Runs the shell of a job's steps one after the other, in a checkout of its own; after one that fails, only what always runs. */
  async runJob(
    name: WorkflowName,
    jobName: string,
    ref: string,
    values: Readonly<Record<string, string>> = {},
  ): Promise<Finished> {
    const { [jobName]: job } = workflow(name).jobs;
    if (!job) throw new Error(`${name} has no job ${jobName}.`);
    const clone = await this.clone(ref);
    for (const file of ["output", "summary"]) writeFileSync(join(this.folder, file), "");
    let last: Finished = { code: 0, stdout: "", stderr: "", text: "" };
    let failed: Finished | undefined;
    for (const step of job.steps) {
      if (failed && step.if !== "always()") continue;
      if (step.uses?.startsWith("actions/download-artifact"))
        cpSync(this.#artifact, join(clone, "plan"), { recursive: true });
      if (step.uses?.startsWith("actions/upload-artifact"))
        cpSync(join(clone, "plan"), this.#artifact, { recursive: true });
      if (step.run === undefined) continue;
      const env = { ...this.#jobEnvironment(job, values), ...this.#stepEnvironment(step.env, values) };
      last = await runChild("bash", ["-e", "-o", "pipefail", "-c", step.run], { cwd: clone, env });
      if (last.code !== 0 && step["continue-on-error"] !== true) failed ??= last;
    }
    return failed ?? last;
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Secrets of the job come from the team's environment; a job that names none must not see any. */
  #jobEnvironment(job: Job, values: Readonly<Record<string, string>>): Record<string, string> {
    return { ...this.#environment, ...this.#stepEnvironment(job.env, { ...this.environment, ...values }) };
  }

  /** What a workflow gives by an expression is given by the test, by the variable's name. */
  #stepEnvironment(
    env: Readonly<Record<string, string>> = {},
    values: Readonly<Record<string, string>>,
  ): Record<string, string> {
    const known: Readonly<Record<string, string>> = {
      ...values,
      GH_TOKEN: "token",
      GH_REPO: "team/people",
      REPOSITORY: "team/people",
      GENAUTH_ALLOWED_HOSTS: this.environment["GENAUTH_HOST"] ?? "",
      GENAUTH_MAX_DELETIONS: "50",
    };
    const given = Object.entries(env).map(([name, value]) => [
      name,
      value.includes("${{") ? (known[name] ?? "") : value,
    ]);
    return {
      ...(Object.fromEntries(given) as Record<string, string>),
      GITHUB_OUTPUT: join(this.folder, "output"),
      GITHUB_STEP_SUMMARY: join(this.folder, "summary"),
    };
  }

  private async clone(ref = "main"): Promise<string> {
    const clone = mkdtempSync(join(this.folder, "clone-"));
    await this.git(this.folder, "clone", "--quiet", "origin.git", clone);
    if (ref !== "main") await this.git(clone, "checkout", "--quiet", "-B", ref, `origin/${ref}`);
    return clone;
  }

  private async publish(clone: string, branch: string): Promise<void> {
    await this.git(clone, "add", "--all");
    await this.git(clone, "commit", "--quiet", "--message", `Change ${branch}`);
    await this.git(clone, "push", "--quiet", "origin", `HEAD:${branch}`);
  }

  private async git(cwd: string, ...args: readonly string[]): Promise<void> {
    const { code, text } = await runChild("git", args, { cwd, env: this.#environment });
    if (code !== 0) throw new Error(`git ${args.join(" ")} failed:\n${text}`);
  }
}
