import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Finished, runChild } from "../../../scripts/engine/child";
import type { Engine } from "../../../scripts/engine/engine";
import { Repository } from "./repository";
import { readDotenv } from "./dotenv";
import { type Job, workflow, type WorkflowName } from "./workflow";

/** A pull request that contains a commit. */
interface PullRequest {
  readonly number: number;
  readonly target?: string;
  readonly isMerged?: boolean;
}

/** A team with a repository on GitHub. */
export class Team extends Repository {
  /** The folder with GitHub's data: the comment of the pull request, and the issue about drift. */
  readonly github = join(this.folder, "github");
  /** The artifact that one job passes to another, and the outputs of the last run. */
  readonly #artifact = join(this.folder, "artifact");

  /** @param environment the variables of the user pool, with the runs' key */
  constructor(
    engine: Engine,
    private readonly environment: Readonly<Record<string, string>>,
  ) {
    super(engine);
    mkdirSync(this.github);
    this.setRequests({ number: 7 });
  }

  /** Links the newest commit to pull requests, into `main` by default. */
  setRequests(...requests: readonly PullRequest[]): void {
    const pulls = requests.map(({ number, target = "main", isMerged = true }) => ({
      number,
      base: { ref: target },
      merged_at: isMerged ? "2026-01-02T03:04:05Z" : null,
    }));
    writeFileSync(join(this.github, "pulls.json"), JSON.stringify(pulls));
  }

  /** The report in the run, for the person who approves the apply. */
  get summary(): string {
    return readFileSync(join(this.folder, "summary"), "utf8");
  }

  /** Runs a pull request's workflow: plans, and posts the report as a comment. */
  async review(branch: string): Promise<readonly Finished[]> {
    const planned = await this.runJob("genauth-plan", "plan", branch, { BASE: "main" });
    if (planned.code !== 0) return [planned];
    return [
      planned,
      await this.runJob("genauth-report", "report", "main", { NUMBER: "7", OUTCOME: "success" }),
    ];
  }

  /** Runs the workflow after a merge: applies the approved removals. */
  async apply(): Promise<Finished> {
    const approved = await this.approved();
    if (approved.code !== 0) return approved;
    const [, digest = ""] = /^digest=(.*)$/m.exec(readFileSync(join(this.folder, "output"), "utf8")) ?? [];
    return this.runJob("genauth-apply", "apply", "main", { DIGEST: digest });
  }

  /** Runs the job before the apply, which finds the approved report. */
  approved(): Promise<Finished> {
    return this.runJob("genauth-apply", "approved", "main", { COMMIT: "0" });
  }

  drift(): Promise<Finished> {
    return this.runJob("genauth-drift", "drift", "main");
  }

  /**
   * Runs the shell of a job's steps in a separate checkout. After a failed step, only steps that always run.
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
    // The workflows keep no credentials after the checkout, so a private repository cannot be fetched again.
    await this.git(clone, "remote", "set-url", "origin", join(this.folder, "private.git"));
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

  /** A job gets the secrets that it names from the team's environment, and no others. */
  #jobEnvironment(job: Job, values: Readonly<Record<string, string>>): Record<string, string> {
    return {
      ...this.shell,
      GITHUB_ACTIONS: "true",
      GITHUB_FILES: this.github,
      ...this.#stepEnvironment(job.env, { ...this.environment, ...values }),
    };
  }

  /** The test supplies values for expressions and for literals such as the host, by the variable's name. */
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
      known[name] ?? (value.includes("${{") ? "" : value),
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
