import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";

/** The folder of the pipelines that users copy. */
export const PIPELINES = resolve(__dirname, "..", "..", "..", "examples", "pipelines");

/** A step of a job: a shell script, or an action. */
export interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly "continue-on-error"?: boolean;
  readonly if?: string;
}

export interface Job {
  readonly if?: string;
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": boolean };
  readonly env?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

/** The parts of a GitHub Actions workflow that tests read. */
export interface Workflow {
  readonly name: string;
  readonly on: unknown;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

export const WORKFLOWS = ["genauth-plan", "genauth-report", "genauth-apply", "genauth-drift"] as const;

export type WorkflowName = (typeof WORKFLOWS)[number];

export function workflowText(name: WorkflowName): string {
  return readFileSync(join(PIPELINES, "github", ".github", "workflows", `${name}.yml`), "utf8");
}

export function workflow(name: WorkflowName): Workflow {
  return parse(workflowText(name)) as Workflow;
}
