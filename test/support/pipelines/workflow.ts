import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { load as parse } from "js-yaml";

/** The folder of the pipelines that users copy. */
export const PIPELINES = resolve(__dirname, "../../../examples", "pipelines");

type Texts = Readonly<Record<string, string>>;

/** A step of a job: a shell script, or an action. */
export interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  readonly env?: Texts;
  readonly if?: string;
}

export interface Job {
  /** The name that GitHub shows and its API tells; default: the key. */
  readonly name?: string;
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly environment?: string;
  readonly "timeout-minutes"?: number;
  readonly permissions?: Texts;
  readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": boolean };
  readonly env?: Texts;
  readonly outputs?: Texts;
  readonly steps: readonly Step[];
}

/** The parts of a GitHub Actions workflow that tests read. */
export interface Workflow {
  readonly name: string;
  readonly on: unknown;
  readonly defaults?: { readonly run?: { readonly shell?: string } };
  readonly permissions?: Texts;
  readonly env?: Texts;
  readonly jobs: Readonly<Record<string, Job>>;
  /** What the workflow gets that another one calls. */
  readonly inputs: Texts;
}

/** The one that says when the pipeline runs, and the one that it calls. */
export const WORKFLOWS = ["genauth", "genauth-pipeline"] as const;

export type WorkflowName = (typeof WORKFLOWS)[number];

export function workflowText(name: WorkflowName): string {
  return readFileSync(join(PIPELINES, "github", ".github", "workflows", `${name}.yml`), "utf8");
}

/** The pipeline as it runs: the workflow `genauth`, with the jobs of the one that it calls. */
export function workflow(): Workflow {
  const { name, on, jobs } = parse(workflowText("genauth")) as Workflow & {
    readonly jobs: { readonly genauth: { readonly uses: string; readonly with: Texts } };
  };
  if (jobs.genauth.uses !== "./.github/workflows/genauth-pipeline.yml")
    throw new Error(`genauth calls ${jobs.genauth.uses}.`);
  const called = parse(workflowText("genauth-pipeline")) as Workflow & {
    readonly on: {
      readonly workflow_call: { readonly inputs: Readonly<Record<string, { readonly default?: string }>> };
    };
  };
  const inputs: Record<string, string> = {};
  for (const [input, { default: text = "" }] of Object.entries(called.on.workflow_call.inputs))
    inputs[input] = text;
  return { ...called, name, on, inputs: { ...inputs, ...jobs.genauth.with } };
}

/** The action of a folder, which runs steps of its own. */
export interface CompositeAction {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
}
