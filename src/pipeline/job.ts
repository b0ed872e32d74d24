import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { OsUsers } from "../guard";
import { isRoot } from "../guard/os-user";
import { pick } from "./environment";
import { giveFolder, RUN_FOLDER } from "./hand-over";
import { CheckedOut } from "./repository";
import { type PipelineSettings, readPipelineSettings } from "./settings";

/** What every job of a pipeline starts with. */
export interface Job {
  /** The top of the checkout. */
  readonly checkout: string;
  /** The folder of the run, in which jobs hand over. */
  readonly folder: string;
  readonly settings: PipelineSettings;
  /** With the keys of the job; the secret of GenAuth is hidden from copies. */
  readonly environment: NodeJS.ProcessEnv;
  readonly users: OsUsers;
  readonly git: CheckedOut;
  readonly platform: JobPlatform;
}

/** How long the nightly run may be away, in milliseconds: two nights, and the delay of a busy hour. */
export const LONGEST_PAUSE_MS = 50 * 3_600_000;

/** Where a pipeline runs. */
export interface JobPlatform {
  readonly name: "github" | "gitlab" | "none";
  /** The address of the run, for reports. */
  readonly runUrl?: string | undefined;
  /** The attempt of the run; 1 where there is no other. */
  readonly attempt: number;
  /** Whether this is the nightly run. */
  readonly isNight: boolean;
  /** The number of the pull request whose run this is. */
  readonly pullRequest?: number | undefined;
  /** The newest commit of the pull request itself. Where its merge is planned, another one is checked out. */
  readonly head?: string | undefined;
  /** Whether this is the run of a pull request that gets no key: one of a fork, or of Dependabot. */
  readonly isForeign: boolean;
  /** The branch that this run's changes are meant for, in the run of a pull request or of a merge queue. */
  readonly target?: string | undefined;
  /** Hands a value to later jobs, by a way that no code of the checkout can change. */
  setOutput(name: string, value: string): void;
  /** Adds Markdown to what people read of this job. */
  addSummary(markdown: string): void;
}

/**
 * Prepares a job: reads the settings, before anything runs.
 *
 * @param file of the settings
 * @param isNight whether this is a nightly run, where no platform says so
 */
export function prepareJob(
  environment: NodeJS.ProcessEnv,
  file: string,
  users: OsUsers = {},
  isNight = false,
): Job {
  const checkout = process.cwd();
  const platform = findPlatform(environment);
  return {
    checkout,
    folder: join(checkout, RUN_FOLDER),
    settings: readPipelineSettings(file),
    environment,
    users,
    git: new CheckedOut(checkout, pick(environment, GIT)),
    platform: { ...platform, isNight: platform.isNight || isNight },
  };
}

/** What the platform configures git with. No variable of it comes from the checkout. */
const GIT =
  /^(?:PATH|HOME|LANG|SUDO_UID|GIT_CONFIG_(?:GLOBAL|NOSYSTEM)|https?_proxy|no_proxy|all_proxy|SSL_CERT_FILE)$/i;

function findPlatform(environment: NodeJS.ProcessEnv): JobPlatform {
  const { GITHUB_ACTIONS, GITLAB_CI } = environment;
  if (GITHUB_ACTIONS === "true") return onGitHub(environment);
  if (GITLAB_CI === "true")
    return {
      ...NOWHERE,
      name: "gitlab",
      runUrl:
        environment.CI_PIPELINE_URL?.startsWith("https:") === true ? environment.CI_PIPELINE_URL : undefined,
      isNight: environment.CI_PIPELINE_SOURCE === "schedule",
      pullRequest: numberIn(environment.CI_MERGE_REQUEST_IID),
      head: environment.CI_MERGE_REQUEST_SOURCE_BRANCH_SHA || undefined,
      target: environment.CI_MERGE_REQUEST_TARGET_BRANCH_NAME || undefined,
    };
  // Atlantis says which commit it merged in its checkout.
  return { ...NOWHERE, head: environment.HEAD_COMMIT || undefined };
}

const NOWHERE: JobPlatform = {
  name: "none",
  attempt: 1,
  isNight: false,
  isForeign: false,
  setOutput: () => undefined,
  addSummary: () => undefined,
};

function numberIn(text = ""): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** The parts of GitHub's event that no variable holds. */
const Event = z.object({
  pull_request: z
    .object({
      head: z.object({ sha: z.string(), repo: z.object({ full_name: z.string() }).nullish() }),
      user: z.object({ login: z.string() }),
    })
    .optional(),
  merge_group: z.object({ base_ref: z.string() }).optional(),
});

function onGitHub({
  GITHUB_SERVER_URL: server = "",
  GITHUB_REPOSITORY: repository = "",
  GITHUB_RUN_ID: run = "",
  GITHUB_RUN_ATTEMPT: attempt,
  GITHUB_EVENT_NAME: event,
  GITHUB_REF: ref = "",
  GITHUB_BASE_REF: base,
  GITHUB_EVENT_PATH: file,
  GITHUB_OUTPUT: outputs,
  GITHUB_STEP_SUMMARY: summary,
}: NodeJS.ProcessEnv): JobPlatform {
  const { pull_request: request, merge_group: group } = Event.parse(
    file === undefined ? {} : JSON.parse(readFileSync(file, "utf8")),
  );
  return {
    name: "github",
    runUrl: `${server}/${repository}/actions/runs/${run}`,
    attempt: Number(attempt ?? 1),
    isNight: event === "schedule",
    pullRequest: event === "pull_request" ? numberIn(/^refs\/pull\/(\d+)\/merge$/.exec(ref)?.[1]) : undefined,
    head: request?.head.sha,
    // A fork that was deleted has no repository.
    isForeign:
      request !== undefined &&
      (request.head.repo?.full_name !== repository || request.user.login === "dependabot[bot]"),
    target: base || group?.base_ref.replace(/^refs\/heads\//, ""),
    setOutput(name, value) {
      if (value.includes("\n")) throw new Error(`The output ${name} must be one line.`);
      if (outputs !== undefined) appendFileSync(outputs, `${name}=${value}\n`);
    },
    addSummary(markdown) {
      if (summary !== undefined) appendFileSync(summary, `${markdown}\n`);
    },
  };
}

/** Begins a folder of the run anew, so that nothing of an earlier job is in it. */
export function renewFolder({ folder }: Job, name: string): string {
  const path = join(folder, name);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  return path;
}

/** Gives the folder of the run to whoever has started this job by sudo, whose later steps read it. */
export function returnFolder({
  folder,
  environment: { SUDO_UID: uid, SUDO_GID: gid },
}: Pick<Job, "folder" | "environment">): void {
  if (uid === undefined || gid === undefined || !isRoot() || !existsSync(folder)) return;
  giveFolder(folder, Number(uid), Number(gid));
}
