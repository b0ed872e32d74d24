import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { load as parse } from "js-yaml";
import { type Finished, runChild } from "../../../support/engine/child";
import type { CompositeAction, Step } from "../../../support/pipelines/workflow";
import type { Artifacts } from "./artifacts";
import { type Contexts, expand, isMet, type Result } from "./expressions";
import { emptyOutput, makeRunnerFiles, maskOf, passOn, readOutput, readSummary } from "./runner-files";
import { mapTexts, type Texts } from "./texts";

interface StepEnd extends Pick<Finished, "code" | "text"> {
  /** Of an action. A script writes a file. */
  readonly outputs?: Texts;
}

/** How steps ended. */
export interface StepsEnd {
  readonly status: Result;
  readonly log: string;
  readonly steps: Readonly<Record<string, { readonly outputs: Texts }>>;
}

/** What a machine needs of its run. */
export interface MachineOptions {
  /** Where it is; made anew. */
  readonly folder: string;
  /** The repository that it checks out. */
  readonly origin: string;
  /** The name of the repository for `git`, which the jobs see. */
  readonly remote: string;
  /** The commit of the run. */
  readonly sha: string;
  /** The number of the run. */
  readonly run: number;
  readonly artifacts: Artifacts;
  /** Whether its shells fail for the first program of a pipe, too, as GitHub's do where a shell is named. */
  readonly isStrict: boolean;
}

/** A new machine for a job: runs its steps one after the other. */
export class Machine {
  /** The variables of its folders and of the files by which steps speak to the runner. */
  readonly variables: Texts;
  readonly #work: string;

  constructor(private readonly options: MachineOptions) {
    const { folder } = options;
    for (const each of ["work", "home", "temp"]) mkdirSync(join(folder, each), { recursive: true });
    this.#work = join(folder, "work");
    this.variables = {
      HOME: join(folder, "home"),
      RUNNER_TEMP: join(folder, "temp"),
      ...makeRunnerFiles(folder),
    };
  }

  /** Throws the machine away. @returns what its steps reported, and their log, without what the log masks */
  end(log: string): { readonly summary: string; readonly log: string } {
    const summary = readSummary(this.options.folder);
    rmSync(this.options.folder, { recursive: true });
    const masked = maskOf(log);
    return { summary: masked(summary), log: masked(log) };
  }

  /** Runs the steps of a job, or of an action. @param env gets what they add for later ones */
  async runSteps(all: readonly Step[], contexts: Contexts, env: Record<string, string>): Promise<StepsEnd> {
    const { folder } = this.options;
    const steps: Record<string, { outcome: Result; outputs: Texts }> = {};
    let status: Result = "success";
    let log = "";
    for (const step of all) {
      const now = { ...contexts, steps, env };
      if (!isMet(step.if, now, status)) continue;
      emptyOutput(folder);
      const variables = { ...env, ...mapTexts(step.env ?? {}, (value) => expand(value, now)) };
      const { code, text, outputs } = await this.#runStep(step, now, variables);
      log += text;
      if (code !== 0) status = "failure";
      if (step.id !== undefined)
        steps[step.id] = {
          outcome: code === 0 ? "success" : "failure",
          outputs: outputs ?? readOutput(folder),
        };
      passOn(folder, env);
    }
    return { status, log, steps };
  }

  /** Runs the steps of an action in the checkout. They see the variables of the step that uses it. */
  async #runAction(
    folder: string,
    inputs: Texts,
    contexts: Contexts,
    env: Record<string, string>,
  ): Promise<StepEnd> {
    const text = readFileSync(join(this.#work, folder, "action.yml"), "utf8");
    const action = parse(text) as CompositeAction;
    const defaults = mapTexts(action.inputs, ({ default: value = "" }) => value);
    const own = { ...contexts, inputs: { ...defaults, ...inputs } };
    const { status, log, steps } = await this.runSteps(action.runs.steps, own, env);
    const outputs = mapTexts(action.outputs, ({ value }) => expand(value, { ...own, steps }));
    return { code: status === "success" ? 0 : 1, text: log, outputs };
  }

  async #runStep(step: Step, contexts: Contexts, env: Record<string, string>): Promise<StepEnd> {
    const { run, artifacts, isStrict } = this.options;
    const work = this.#work;
    if (step.run !== undefined) {
      // Without a shell that is named, GitHub's bash does not fail for the first program of a pipe.
      const strict = isStrict ? ["-o", "pipefail"] : [];
      return runChild("bash", ["--noprofile", "--norc", "-e", ...strict, "-c", step.run], { cwd: work, env });
    }
    const inputs = mapTexts(step.with ?? {}, (value) => expand(String(value), contexts));
    const [action = ""] = (step.uses ?? "").split("@");
    if (action.startsWith("./")) return this.#runAction(action, inputs, contexts, env);
    try {
      switch (action) {
        case "actions/checkout":
          await this.#checkOut(env, inputs);
          break;
        case "actions/upload-artifact":
          artifacts.upload(run, work, inputs);
          break;
        case "actions/download-artifact":
          artifacts.download(run, work, inputs);
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
  async #checkOut(env: Texts, inputs: Texts): Promise<void> {
    const { origin, remote, sha } = this.options;
    const depth = inputs["fetch-depth"] === "0" ? [] : ["--depth=1"];
    const branches = depth.length === 0 ? ["+refs/heads/*:refs/remotes/origin/*"] : [];
    const commands = [
      ["init", "--quiet"],
      ["remote", "add", "origin", remote],
      ["fetch", "--quiet", ...depth, `file://${origin}`, inputs["ref"] ?? sha, ...branches],
      ["checkout", "--quiet", "--detach", inputs["ref"] ?? sha],
    ];
    for (const args of commands) {
      const { code, text } = await runChild("git", args, { cwd: this.#work, env });
      if (code !== 0) throw new Error(`git ${args.join(" ")}: ${text}`);
    }
  }
}
