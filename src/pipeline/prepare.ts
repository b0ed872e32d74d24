import { join } from "node:path";
import type { OsUsers } from "../guard";
import { pick } from "./environment";
import { GitHub } from "./github/github";
import { GitLab } from "./gitlab";
import { RUN_FOLDER } from "./hand-over";
import type { Job, Platform } from "./job";
import { OtherPlatform } from "./other-platform";
import { CheckedOut } from "./repository";
import { readPipelineSettings } from "./settings";

/**
 * Prepares a job: reads the settings, before anything runs.
 *
 * @param file of the settings
 */
export function prepareJob(environment: NodeJS.ProcessEnv, file: string, users: OsUsers = {}): Job {
  const checkout = process.cwd();
  return {
    checkout,
    folder: join(checkout, RUN_FOLDER),
    settings: readPipelineSettings(file),
    environment,
    users,
    git: new CheckedOut(checkout, pick(environment, GIT)),
    platform: findPlatform(environment),
  };
}

/** What the platform configures git with. No variable of it comes from the checkout. */
const GIT =
  /^(?:PATH|HOME|LANG|SUDO_UID|GIT_CONFIG_(?:GLOBAL|NOSYSTEM)|https?_proxy|no_proxy|all_proxy|SSL_CERT_FILE)$/i;

/** Finds out where this job runs. */
export function findPlatform(environment: NodeJS.ProcessEnv): Platform {
  const { GITHUB_ACTIONS, GITHUB_REPOSITORY = "" } = environment;
  // A person who checks the rules of a repository names it.
  if (GITHUB_ACTIONS === "true" || GITHUB_REPOSITORY !== "") return new GitHub(environment);
  if (environment.GITLAB_CI === "true") return new GitLab(environment);
  return new OtherPlatform();
}
