import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { type Finished, runChild } from "../../support/engine/child";
import { load as parse } from "js-yaml";
import { type Contexts, expand, isMet, type Result } from "./github-expressions";
import type { GitHubService } from "./github-service";
import { type CompositeAction, type Job, type Step, type Workflow } from "../../support/pipelines/workflow";

type Texts = Readonly<Record<string, string>>;

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

interface StepEnd extends Pick<Finished, "code" | "text"> {
  /** Of an action. A script writes a file. */
  readonly outputs?: Texts;
}

interface StepsEnd {
  readonly status: Result;
  readonly log: string;
  readonly steps: Readonly<Record<string, { readonly outputs: Texts }>>;
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
  #isCancelled = false;
  #machines = 0;

  constructor(
    readonly id: number,
    readonly workflow: Workflow,
    readonly trigger: Trigger,
    private readonly setting: Setting,
    private readonly artifacts: Map<number, Set<string>>,
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
      isWaiting: () => this.waiting !== undefined,
      cancel: () => {
        this.#isCancelled = true;
      },
    });
    if (!artifacts.has(id)) artifacts.set(id, new Set());
  }

  /** The job that waits for an approval, if one does. */
  get waiting(): string | undefined {
    if (this.#isCancelled) return undefined;
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
  approveApply(user: string, comment?: string): Promise<this> {
    return this.approve(user, comment, "drift-after-apply");
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
    const { service, shell, folder, literals } = this.setting;
    const environment = this.#environment(name);
    if (environment !== undefined && !this.#admits(environment))
      return { ...ended, result: "failure", log: `Branch is not allowed to deploy to ${environment}` };
    this.#machines += 1;
    const machine = join(folder, `run-${this.id}`, `${this.#machines}-${name}`);
    for (const each of ["work", "home", "temp"]) mkdirSync(join(machine, each), { recursive: true });
    const files = {
      GITHUB_ENV: "env",
      GITHUB_PATH: "path",
      GITHUB_OUTPUT: "output",
      GITHUB_STEP_SUMMARY: "summary",
    };
    for (const file of Object.values(files)) writeFileSync(join(machine, file), "");
    const event = join(machine, "event.json");
    writeFileSync(event, JSON.stringify(this.trigger.payload ?? {}));
    const { base } = (this.trigger.payload?.["pull_request"] ?? {}) as { base?: { ref: string } };
    const contexts = this.#contexts(name);
    const values = (env: Texts = {}) =>
      mapTexts(env, (value, key) => literals[key] ?? expand(value, contexts));
    const env: Record<string, string> = {
      ...shell(),
      HOME: join(machine, "home"),
      RUNNER_TEMP: join(machine, "temp"),
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
      ...mapTexts(files, (file) => join(machine, file)),
      ...values(this.workflow.env),
      ...values(job.env),
    };
    const { status, log, steps } = await this.#runSteps(job.steps, contexts, machine, env);
    const outputs = mapTexts(job.outputs ?? {}, (value) => expand(value, { ...contexts, steps }));
    const summary = readFileSync(join(machine, "summary"), "utf8");
    rmSync(machine, { recursive: true });
    const masked = maskOf(log);
    return {
      result: status,
      outputs,
      summary: masked(summary),
      log: masked(log),
      attempt: this.#attempt,
    };
  }

  /** Runs the steps of a job, or of an action. @param env gets what they add for later ones */
  async #runSteps(
    all: readonly Step[],
    contexts: Contexts,
    machine: string,
    env: Record<string, string>,
  ): Promise<StepsEnd> {
    const steps: Record<string, { outcome: Result; outputs: Texts }> = {};
    let status: Result = "success";
    let log = "";
    for (const step of all) {
      const now = { ...contexts, steps, env };
      if (!isMet(step.if, now, status)) continue;
      writeFileSync(join(machine, "output"), "");
      const all = { ...env, ...mapTexts(step.env ?? {}, (value) => expand(value, now)) };
      const { code, text, outputs } = await this.#runStep(step, now, machine, all);
      log += text;
      if (code !== 0) status = "failure";
      if (step.id !== undefined)
        steps[step.id] = {
          outcome: code === 0 ? "success" : "failure",
          outputs: outputs ?? readAssignments(join(machine, "output")),
        };
      Object.assign(env, readAssignments(join(machine, "env")));
      const added = readFileSync(join(machine, "path"), "utf8").split("\n").filter(Boolean).reverse();
      writeFileSync(join(machine, "path"), "");
      env["PATH"] = [...added, env["PATH"] ?? ""].join(":");
    }
    return { status, log, steps };
  }

  /** Runs the steps of an action in the checkout. They see the variables of the step that uses it. */
  async #runAction(
    folder: string,
    inputs: Texts,
    contexts: Contexts,
    machine: string,
    env: Record<string, string>,
  ): Promise<StepEnd> {
    const text = readFileSync(join(machine, "work", folder, "action.yml"), "utf8");
    const action = parse(text) as CompositeAction;
    const defaults = mapTexts(action.inputs, ({ default: value = "" }) => value);
    const own = { ...contexts, inputs: { ...defaults, ...inputs } };
    const { status, log, steps } = await this.#runSteps(action.runs.steps, own, machine, env);
    const outputs = mapTexts(action.outputs, ({ value }) => expand(value, { ...own, steps }));
    return { code: status === "success" ? 0 : 1, text: log, outputs };
  }

  async #runStep(
    step: Step,
    contexts: Contexts,
    machine: string,
    env: Record<string, string>,
  ): Promise<StepEnd> {
    const work = join(machine, "work");
    if (step.run !== undefined) {
      // Without a shell that is named, GitHub's bash does not fail for the first program of a pipe.
      const strict = this.workflow.defaults?.run?.shell === "bash" ? ["-o", "pipefail"] : [];
      return runChild("bash", ["--noprofile", "--norc", "-e", ...strict, "-c", step.run], { cwd: work, env });
    }
    const inputs = mapTexts(step.with ?? {}, (value) => expand(String(value), contexts));
    const [action = ""] = (step.uses ?? "").split("@");
    if (action.startsWith("./")) return this.#runAction(action, inputs, contexts, machine, env);
    try {
      switch (action) {
        case "actions/checkout":
          await this.#checkOut(work, env, inputs);
          break;
        case "actions/upload-artifact":
          this.#upload(work, inputs);
          break;
        case "actions/download-artifact":
          this.#download(work, inputs);
          break;
        case "actions/setup-node":
        case "hashicorp/setup-terraform":
          break;
        default:
          throw new Error(`There is no stand-in for ${action}.`);
      }
      return { code: 0, text: "" };
    } catch (error) {
      return { code: 1, text: `${action}: ${error instanceof Error ? error.message : String(error)}\n` };
    }
  }

  /** Checks out a commit, the newest one only unless all are asked for, and leaves no credentials. */
  async #checkOut(work: string, env: Texts, inputs: Record<string, string>): Promise<void> {
    const { origin, service } = this.setting;
    const depth = inputs["fetch-depth"] === "0" ? [] : ["--depth=1"];
    const branches = depth.length === 0 ? ["+refs/heads/*:refs/remotes/origin/*"] : [];
    const commands = [
      ["init", "--quiet"],
      ["remote", "add", "origin", `${service.url}/team/people.git`],
      ["fetch", "--quiet", ...depth, `file://${origin}`, inputs["ref"] ?? this.trigger.sha, ...branches],
      ["checkout", "--quiet", "--detach", inputs["ref"] ?? this.trigger.sha],
    ];
    for (const args of commands) {
      const { code, text } = await runChild("git", args, { cwd: work, env });
      if (code !== 0) throw new Error(`git ${args.join(" ")}: ${text}`);
    }
  }

  /** The folder of an artifact. */
  artifact(name: string): string {
    return this.#store(this.id, name);
  }

  #store(run: number, name: string): string {
    return join(this.setting.folder, "artifacts", String(run), name);
  }

  #upload(
    work: string,
    { name = "", path = "", "if-no-files-found": missing }: Record<string, string>,
  ): void {
    const names = this.artifacts.get(this.id) ?? new Set();
    if (names.has(name)) throw new Error(`Conflict: an artifact with the name ${name} already exists.`);
    const paths = path.split("\n").filter(Boolean);
    const patterns = paths.map(patternOf);
    const files = readdirSync(work, { recursive: true, encoding: "utf8" }).filter(
      (file) => patterns.some((pattern) => pattern.test(file)) && statSync(join(work, file)).isFile(),
    );
    const isHidden = (file: string) => file.split("/").some((part) => part.startsWith("."));
    const kept = files.filter((file) => !isHidden(file));
    if (kept.length === 0 && missing === "ignore") return;
    if (kept.length === 0) throw new Error(`No files were found with the path ${path}.`);
    // The folder that all paths have in common.
    const root = commonFolder(
      paths.map((each) => (/[*]|\/$/.test(each) ? each.replace(/[^/]*[*].*$/, "") : dirname(each))),
    );
    for (const file of kept) {
      const stored = join(this.#store(this.id, name), relative(root, file) || basename(file));
      mkdirSync(dirname(stored), { recursive: true });
      cpSync(join(work, file), stored);
      chmodSync(stored, 0o644);
    }
    names.add(name);
  }

  #download(work: string, inputs: Record<string, string>): void {
    const stored = this.#store(Number(inputs["run-id"] || this.id), inputs["name"] ?? "");
    if (!existsSync(stored)) throw new Error(`Artifact not found for name: ${inputs["name"] ?? ""}`);
    cpSync(stored, join(work, inputs["path"] ?? "."), { recursive: true });
  }
}

/** The same keys with other values. */
function mapTexts<T>(
  values: Readonly<Record<string, T>>,
  text: (value: T, key: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, text(value, key)]));
}

/** The files of a path of an artifact: a file, a folder, or a pattern with stars. */
function patternOf(path: string): RegExp {
  const whole = path.endsWith("/") ? `${path}**` : path;
  const parts = whole
    .split(/(\*\*\/|\*\*|\*)/)
    .map(
      (part) => ({ "**/": "(?:.*/)?", "**": ".*", "*": "[^/]*" })[part] ?? part.replaceAll(/[.+]/g, "\\$&"),
    );
  return new RegExp(`^${parts.join("")}$`);
}

function commonFolder(folders: readonly string[]): string {
  const [first = [], ...others] = folders.map((folder) => folder.split("/").filter(Boolean));
  const end = first.findIndex((part, index) => others.some((other) => other[index] !== part));
  return (end < 0 ? first : first.slice(0, end)).join("/");
}

/**
 * Hides what a log tells the runner to mask, also in the summary. The runner takes `::add-mask::` at the start of a line, and
 * `##[add-mask]` anywhere.
 */
function maskOf(log: string): (text: string) => string {
  const commands = log.matchAll(/^\s*::add-mask::(.+)$|##\[add-mask\](.+)$/gm);
  const masks = [...commands].map(([, first, second]) => first ?? second ?? "");
  return (text) => masks.reduce((shown, mask) => shown.replaceAll(mask, "***"), text);
}

/** The variables that a step passes on, as lines of NAME=value, or over several lines between two markers. */
function readAssignments(file: string): Record<string, string> {
  const found: Record<string, string> = {};
  const lines = readFileSync(file, "utf8").split("\n");
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const [, open, marker] = /^(\w+)<<(.+)$/.exec(line) ?? [];
    if (open !== undefined && marker !== undefined) {
      const end = lines.indexOf(marker);
      found[open] = lines
        .splice(0, end + 1)
        .slice(0, -1)
        .join("\n");
    } else {
      const [, name, value = ""] = /^(\w+)=(.*)$/.exec(line) ?? [];
      if (name !== undefined) found[name] = value;
    }
  }
  return found;
}
