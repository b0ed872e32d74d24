import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Job, Workflow } from "../../../support/pipelines/workflow";
import type { Artifacts } from "./artifacts";
import { type Contexts, expand, isMet, type Result } from "./expressions";
import { Machine } from "./machine";
import type { GitHubService } from "./service";
import { mapTexts, type Texts } from "./texts";

/** How a run begins. */
export interface Trigger {
  readonly event: "push" | "schedule" | "workflow_dispatch" | "pull_request" | "merge_group";
  readonly ref: string;
  readonly sha: string;
  readonly actor: string;
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly inputs?: Texts;
}

/** The repository and the machine of the runs. */
export interface Setting {
  readonly folder: string;
  readonly origin: string;
  readonly service: GitHubService;
  readonly artifacts: Artifacts;
  /** The environment of every shell. It contains no key. */
  readonly shell: () => Texts;
  readonly variables: Texts;
  /** Replaces values of the workflow, such as the host, by the name of the variable. */
  readonly literals: Texts;
}

/** How a job ended, and what it left. */
export interface Ended {
  readonly result: Result;
  readonly outputs: Texts;
  readonly summary: string;
  readonly log: string;
  /** The attempt in which it ran. */
  readonly attempt: number;
}

/** What a job leaves that never ran. */
const NOTHING = { outputs: {}, summary: "", log: "" };

/**
 * A run of a workflow, with what GitHub does between the steps: jobs in order of `needs`, a new machine for each, the secrets
 * of its environment only, approvals before a job starts, and artifacts that lose the executable permission and hidden files.
 */
export class GitHubRun {
  readonly jobs = new Map<string, Ended>();
  readonly #approved = new Map<string, string>();
  #attempt = 1;
  #machines = 0;

  constructor(
    readonly id: number,
    readonly workflow: Workflow,
    readonly trigger: Trigger,
    private readonly setting: Setting,
  ) {
    const { service } = setting;
    service.runs.set(id, {
      id,
      name: workflow.name,
      path: `.github/workflows/${workflow.name}.yml`,
      event: trigger.event,
      head_branch: trigger.ref.replace(/^refs\/(heads|tags)\//, ""),
      head_sha: trigger.sha,
      actor: { login: trigger.actor },
      run_attempt: 1,
      created_at: new Date().toISOString(),
    });
  }

  /** The job that waits for an approval, if one does. */
  get waiting(): string | undefined {
    return this.#runnable().find((name) => this.#waits(name));
  }

  result(job: string): Result | undefined {
    return this.jobs.get(job)?.result;
  }

  /** What a job printed and reported. */
  text(job: string): string {
    const ended = this.jobs.get(job);
    return `${ended?.log ?? ""}\n${ended?.summary ?? ""}`;
  }

  /**
   * Runs all jobs that do not wait for an approval.
   *
   * @param before a job to stop before
   */
  async proceed(before?: string): Promise<this> {
    for (;;) {
      const name = this.#runnable().find((each) => !this.#waits(each));
      if (name === undefined || name === before) return this;
      const ended = await this.#runJob(name);
      this.#conclude(name, ended, ended.result !== "skipped");
    }
  }

  /** Approves the apply, and ends there: neither the job that looks for drift nor the receipt follows. */
  approveApply(user: string): Promise<this> {
    return this.approve(user, "", "drift-after-apply");
  }

  /** Approves the job that waits, and goes on. @param before a job to stop before */
  async approve(user: string, comment = "", before?: string): Promise<this> {
    const environment = this.#environment(this.waiting ?? "");
    const rules = this.setting.service.environments.get(environment ?? "");
    if (environment === undefined || rules?.reviewers?.includes(user) !== true)
      throw new Error(`${user} cannot approve ${environment ?? "a run that does not wait"}.`);
    if (rules.preventSelfReview === true && user === this.trigger.actor)
      throw new Error(`${user} started the run.`);
    this.setting.service.approvals.push({ run: this.id, environment, state: "approved", user, comment });
    this.#approved.set(environment, user);
    return this.proceed(before);
  }

  /** Rejects the job that waits, which never starts, and goes on. */
  async reject(user: string): Promise<this> {
    const { waiting } = this;
    const environment = this.#environment(waiting ?? "");
    if (waiting === undefined || environment === undefined) throw new Error("No job waits.");
    this.setting.service.approvals.push({ run: this.id, environment, state: "rejected", user, comment: "" });
    this.#conclude(waiting, { ...NOTHING, result: "failure", attempt: this.#attempt }, false);
    return this.proceed();
  }

  /** Cancels the job that waits, with the run: only jobs with `always()` follow. */
  async cancelWaiting(): Promise<this> {
    const { waiting } = this;
    if (waiting === undefined) throw new Error("No job waits.");
    this.#conclude(waiting, { ...NOTHING, result: "cancelled", attempt: this.#attempt }, false);
    return this.proceed();
  }

  #conclude(name: string, ended: Ended, hasBegun: boolean): void {
    this.jobs.set(name, ended);
    const { service } = this.setting;
    // With the name of the job that calls the workflow.
    const shown = `genauth / ${expand(this.#job(name).name ?? name, this.#contexts(name))}`;
    service.jobs.set(this.id, new Map([...(service.jobs.get(this.id) ?? []), [shown, ended.result]]));
    const warnings = [...ended.log.matchAll(/^::warning title=(.*?)::(.*)$/gm)];
    service.annotations.set(
      this.id * 100 + [...(service.jobs.get(this.id)?.keys() ?? [])].indexOf(shown),
      warnings.map(([, title = "", message = ""]) => ({ title, message })),
    );
    const attempt = `${this.id}/${this.#attempt}`;
    const others = service.attempts.get(attempt) ?? [];
    service.attempts.set(attempt, [...others, { name: shown, runner_id: hasBegun ? this.#machines : 0 }]);
  }

  #environment(name: string): string | undefined {
    const environment = this.workflow.jobs[name]?.environment;
    return environment === undefined ? undefined : expand(environment, this.#contexts(name, true));
  }

  /** Runs jobs again: all, or one job and those that need it, with the outputs of the others as they were. */
  async rerun(from?: string): Promise<this> {
    this.#attempt += 1;
    this.#approved.clear();
    const again = new Set(from === undefined ? this.jobs.keys() : [from]);
    for (let size = -1; size !== again.size;) {
      size = again.size;
      for (const name of this.jobs.keys())
        if (this.#needs(name).some((need) => again.has(need))) again.add(name);
    }
    for (const name of again) this.jobs.delete(name);
    return this.proceed();
  }

  #needs(name: string): readonly string[] {
    const { needs = [] } = this.#job(name);
    return typeof needs === "string" ? [needs] : needs;
  }

  #job(name: string): Job {
    const job = this.workflow.jobs[name];
    if (!job) throw new Error(`${this.workflow.name} has no job ${name}.`);
    return job;
  }

  #runnable(): string[] {
    return Object.keys(this.workflow.jobs).filter(
      (name) => !this.jobs.has(name) && this.#needs(name).every((need) => this.jobs.has(need)),
    );
  }

  #waits(name: string): boolean {
    const environment = this.#environment(name);
    if (environment === undefined || !this.#starts(name)) return false;
    const rules = this.setting.service.environments.get(environment);
    return this.#admits(environment) && rules?.reviewers !== undefined && !this.#approved.has(environment);
  }

  #admits(environment: string): boolean {
    const branches = this.setting.service.environments.get(environment)?.branches;
    // A tag is admitted by its own kind of rule only.
    return branches?.some((branch) => this.trigger.ref === `refs/heads/${branch}`) ?? true;
  }

  #starts(name: string): boolean {
    const results = this.#needs(name).map((need) => this.jobs.get(need)?.result);
    const gravest = (["cancelled", "failure", "skipped"] as const).find((each) => results.includes(each));
    return isMet(this.#job(name).if, this.#contexts(name), gravest ?? "success");
  }

  /** @param contextOnly without the secrets of the environment, whose name is an expression itself */
  #contexts(name: string, contextOnly = false): Contexts {
    const { service, variables } = this.setting;
    const { event, ref, sha, actor, payload = {}, inputs = {} } = this.trigger;
    const needs = this.#needs(name).map((need) => {
      const ended = this.jobs.get(need);
      return [need, { result: ended?.result, outputs: ended?.outputs ?? {} }] as const;
    });
    return {
      github: {
        event_name: event,
        ref,
        ref_name: ref.replace("refs/heads/", ""),
        sha,
        actor,
        triggering_actor: actor,
        repository: "team/people",
        run_id: String(this.id),
        run_attempt: this.#attempt,
        job: name,
        event: payload,
        token: service.token(this.#job(name).permissions ?? this.workflow.permissions ?? {}),
      },
      needs: Object.fromEntries(needs),
      secrets: {
        ...service.secrets,
        ...(contextOnly ? {} : service.environments.get(this.#environment(name) ?? "")?.secrets),
      },
      vars: variables,
      inputs: mapTexts(this.workflow.inputs, (text) => expand(text, { inputs })),
    };
  }

  async #runJob(name: string): Promise<Ended> {
    const ended = { ...NOTHING, attempt: this.#attempt };
    if (!this.#starts(name)) return { ...ended, result: "skipped" };
    const job = this.#job(name);
    const { service, origin, artifacts, shell, folder, literals } = this.setting;
    const environment = this.#environment(name);
    if (environment !== undefined && !this.#admits(environment))
      return { ...ended, result: "failure", log: `Branch is not allowed to deploy to ${environment}` };
    this.#machines += 1;
    const run = join(folder, `run-${this.id}`);
    const machine = new Machine({
      folder: join(run, `${this.#machines}-${name}`),
      origin,
      remote: `${service.url}/team/people.git`,
      sha: this.trigger.sha,
      run: this.id,
      artifacts,
      isStrict: this.workflow.defaults?.run?.shell === "bash",
    });
    const event = join(run, `${this.#machines}-event.json`);
    writeFileSync(event, JSON.stringify(this.trigger.payload ?? {}));
    const { base } = (this.trigger.payload?.["pull_request"] ?? {}) as { base?: { ref: string } };
    const contexts = this.#contexts(name);
    const values = (env: Texts = {}) =>
      mapTexts(env, (value, key) => literals[key] ?? expand(value, contexts));
    const env: Record<string, string> = {
      ...shell(),
      CI: "true",
      GITHUB_ACTIONS: "true",
      GITHUB_API_URL: service.url,
      GITHUB_SERVER_URL: "https://github.example.com",
      GITHUB_REPOSITORY: "team/people",
      GITHUB_WORKFLOW: this.workflow.name,
      GITHUB_JOB: name,
      GITHUB_EVENT_NAME: this.trigger.event,
      GITHUB_SHA: this.trigger.sha,
      GITHUB_REF: this.trigger.ref,
      GITHUB_BASE_REF: base?.ref ?? "",
      GITHUB_EVENT_PATH: event,
      GITHUB_RUN_ID: String(this.id),
      GITHUB_RUN_ATTEMPT: String(this.#attempt),
      GITHUB_ACTOR: this.trigger.actor,
      GITHUB_TRIGGERING_ACTOR: this.trigger.actor,
      ...machine.variables,
      ...values(this.workflow.env),
      ...values(job.env),
    };
    const { status, log, steps } = await machine.runSteps(job.steps, contexts, env);
    const outputs = mapTexts(job.outputs ?? {}, (value) => expand(value, { ...contexts, steps }));
    return { result: status, outputs, attempt: this.#attempt, ...machine.end(log) };
  }

  /** The folder of an artifact of the run. */
  artifact(name: string): string {
    return this.setting.artifacts.of(this.id, name);
  }
}
