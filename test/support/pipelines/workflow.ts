import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";

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
}

export const WORKFLOWS = ["genauth"] as const;

export type WorkflowName = (typeof WORKFLOWS)[number];

export function workflowText(name: WorkflowName): string {
  return readFileSync(join(PIPELINES, "github", ".github", "workflows", `${name}.yml`), "utf8");
}

export function workflow(name: WorkflowName): Workflow {
  return parse(workflowText(name)) as Workflow;
}
