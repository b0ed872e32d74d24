import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { PIPELINES } from "./workflow";

/** The parts of a job in GitLab's pipeline that tests read. */
export interface GitLabJob {
  readonly resource_group?: string;
  readonly environment?: { readonly name: string };
  readonly variables?: Readonly<Record<string, string>>;
  readonly script?: readonly (string | readonly string[])[];
  readonly rules?: readonly { readonly if: string; readonly when?: string }[];
  readonly artifacts?: {
    readonly when?: "always";
    readonly paths: readonly string[];
    readonly reports?: { readonly dotenv: string };
  };
}

/** The text of `.gitlab-ci.yml`. */
export const GITLAB_TEXT = readFileSync(join(PIPELINES, "gitlab", ".gitlab-ci.yml"), "utf8");

/** Its top-level entries: jobs and settings. */
export const GITLAB_PIPELINE = parse(GITLAB_TEXT) as Readonly<Record<string, GitLabJob>>;
