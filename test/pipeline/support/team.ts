import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Finished, runChild } from "../../../scripts/engine/child";
import type { Engine } from "../../../scripts/engine/engine";
import { Repository } from "./repository";
import { readDotenv } from "./dotenv";
import { type Job, workflow, type WorkflowName } from "./workflow";

/** A pull request that holds a commit. */
interface PullRequest {
  readonly number: number;
  readonly target?: string;
  readonly isMerged?: boolean;
}

/** A team whose repository lies on GitHub. */
export class Team extends Repository {
  /** What GitHub holds: the comment of the pull request, and the issue about drift. */
  readonly desk = join(this.folder, "desk");
  /** What one job hands to another, and the outputs of the last run. */
  readonly #artifact = join(this.folder, "artifact");

  /** @param environment the variables that reach the user pool, with the key that the runs hold */
  constructor(
    engine: Engine,
    private readonly environment: Readonly<Record<string, string>>,
  ) {
    super(engine);
    mkdirSync(this.desk);
    this.cameBy({ number: 7 });
  }

  /** Lets GitHub know by which pull requests the newest commit came; into `main`, if nothing else is said. */
  cameBy(...requests: readonly PullRequest[]): void {
    const pulls = requests.map(({ number, target = "main", isMerged = true }) => ({
      number,
      base: { ref: target },
      merged_at: isMerged ? "2026-01-02T03:04:05Z" : null,
    }));
    writeFileSync(join(this.desk, "pulls.json"), JSON.stringify(pulls));
  }

  /** The report that whoever releases the apply finds in the run. */
  get summary(): string {
    return readFileSync(join(this.folder, "summary"), "utf8");
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
    const approved = await this.approved();
    if (approved.code !== 0) return approved;
    const [, digest = ""] = /^digest=(.*)$/m.exec(readFileSync(join(this.folder, "output"), "utf8")) ?? [];
    return this.runJob("genauth-apply", "apply", "main", { DIGEST: digest });
  }

  /** The job before the apply: it finds out what was approved. */
  approved(): Promise<Finished> {
    return this.runJob("genauth-apply", "approved", "main", { COMMIT: "0" });
  }

  drift(): Promise<Finished> {
    return this.runJob("genauth-drift", "drift", "main");
  }

  /**
   * Runs the shell of a job's steps one after the other, in a checkout of its own; after one that fails, only what
   * always runs.
   */
  async runJob(
    name: WorkflowName,
    jobName: string,
    ref: string,
    values: Readonly<Record<string, string>> = {},
  ): Promise<Finished> {
    const { [jobName]: job } = workflow(name).jobs;
    if (!job) throw new Error(`${name} has no job ${jobName}.`);
    const clone = await this.clone(ref);
    for (const file of ["output", "summary", "env"]) writeFileSync(join(this.folder, file), "");
    let last: Finished = { code: 0, stdout: "", stderr: "", text: "" };
    let failed: Finished | undefined;
    for (const step of job.steps) {
      if (failed && step.if !== "always()") continue;
      if (step.uses?.startsWith("actions/download-artifact"))
        cpSync(this.#artifact, join(clone, "plan"), { recursive: true });
      if (step.uses?.startsWith("actions/upload-artifact"))
        cpSync(join(clone, "plan"), this.#artifact, { recursive: true });
      if (step.run === undefined) continue;
      const env = {
        ...this.#jobEnvironment(job, values),
        ...readDotenv(join(this.folder, "env")),
        ...this.#stepEnvironment(step.env, values),
      };
      last = await runChild("bash", ["-e", "-o", "pipefail", "-c", step.run], { cwd: clone, env });
      if (last.code !== 0 && step["continue-on-error"] !== true) failed ??= last;
    }
    return failed ?? last;
  }

  /** Secrets of the job come from the team's environment; a job that names none must not see any. */
  #jobEnvironment(job: Job, values: Readonly<Record<string, string>>): Record<string, string> {
    return {
      ...this.shell,
      GITHUB_DESK: this.desk,
      ...this.#stepEnvironment(job.env, { ...this.environment, ...values }),
    };
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
      GENAUTH_PROTECTED_USERS: JSON.stringify({ email: ["user010@example.com"] }),
    };
    const given = Object.entries(env).map(([name, value]) => [
      name,
      value.includes("${{") ? (known[name] ?? "") : value,
    ]);
    return {
      ...(Object.fromEntries(given) as Record<string, string>),
      GITHUB_ENV: join(this.folder, "env"),
      RUNNER_TEMP: this.folder,
      GITHUB_OUTPUT: join(this.folder, "output"),
      GITHUB_STEP_SUMMARY: join(this.folder, "summary"),
    };
  }
}
