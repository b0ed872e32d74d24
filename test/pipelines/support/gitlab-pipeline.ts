import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load as parse } from "js-yaml";
import { PIPELINES } from "../../support/pipelines/workflow";

/** The parts of a job in GitLab's pipeline that tests read. */
export interface GitLabJob {
  readonly needs?: readonly { readonly job: string; readonly artifacts: boolean }[];
  readonly resource_group?: string;
  readonly environment?: { readonly name: string; readonly action?: "access" };
  readonly variables?: Readonly<Record<string, string>>;
  readonly script?: readonly Lines[];
  readonly before_script?: readonly string[];
  readonly rules?: readonly { readonly when?: string }[];
}

/** GitLab joins lists within a script. */
type Lines = string | readonly Lines[];

/** The text of `.gitlab-ci.yml`. */
export const GITLAB_TEXT = readFileSync(join(PIPELINES, "gitlab", ".gitlab-ci.yml"), "utf8");

/** The line with which each job installs the tool. */
export const [INSTALL_TOOL = "the install line"] = /npm ci --prefix ci\/genauth .*/.exec(GITLAB_TEXT) ?? [];

/** Its top-level entries: jobs and settings. */
export const GITLAB_PIPELINE = parse(GITLAB_TEXT) as Readonly<Record<string, GitLabJob>>;

const { stages: _stages, variables: _variables, default: defaults, ...others } = GITLAB_PIPELINE;

/** The jobs, by name. */
export const JOBS = Object.fromEntries(Object.entries(others).filter(([name]) => !name.startsWith(".")));

/** The scripts of a job as one text: what all jobs do first, and its own. */
export function shellOf({ script = [] }: GitLabJob): string {
  return [...(defaults?.before_script ?? []), ...script.flat(9)].join("\n");
}
