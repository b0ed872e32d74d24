import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { PIPELINES } from "./workflow";

/** A job of GitLab's pipeline, as far as tests look at it. */
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

/** Its jobs and what stands beside them, by their names. */
export const GITLAB_PIPELINE = parse(GITLAB_TEXT) as Readonly<Record<string, GitLabJob>>;
