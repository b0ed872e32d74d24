import { load } from "js-yaml";
import * as z from "zod";
import { GitHubApi } from "./github/api";
import { findLastApplied } from "./github/owner";
import { GitLabPipeline } from "./gitlab";
import type { Job } from "./job";
import type { CommitTrailers } from "./repository";
import { SETTINGS_FILE } from "./settings";

/** What a run brings beside its own commit: all that came since the branch was applied whole. */
export interface RunHistory {
  /** The last commit of the branch that was applied whole; undefined: there is none, or the platform does not say it. */
  readonly since: string | undefined;
  /** The names of the stacks that were applied then, or before, as the settings say. */
  readonly applied: ReadonlySet<string>;
  /** Why its changes were made. A night brings none: it deletes those whose day has come. */
  readonly trailers: CommitTrailers;
}

/** Finds out what a run brings. @throws Error if the platform does not answer */
export async function readHistory(job: Job): Promise<RunHistory> {
  const { platform, git, settings } = job;
  const since = await findSince(job);
  const before = since === undefined ? [] : await stacksAt(job, since);
  const stacks = [...before, ...settings.stacks.filter(({ applied }) => applied)];
  const applied = new Set(stacks.map(({ name }) => name));
  if (platform.isNight) return { since, applied, trailers: {} };
  // The run of a pull request brings the commits that it would merge.
  const trailers = await git.trailers("HEAD", platform.target === undefined ? since : undefined);
  return { since, applied, trailers };
}

async function findSince(job: Job): Promise<string | undefined> {
  const { platform, environment, settings, git } = job;
  if (platform.name === "none") return undefined;
  const commit =
    platform.name === "github"
      ? await findLastApplied(new GitHubApi(environment), settings.branch, [environment.GITHUB_RUN_ID ?? ""])
      : await new GitLabPipeline(job).findLastApplied();
  return commit !== undefined && (await git.knows(commit)) ? commit : undefined;
}

const OldSettings = z.object({
  stacks: z.array(z.object({ name: z.string(), user_files: z.array(z.string()).default([]) })),
});

type OldStack = z.infer<typeof OldSettings>["stacks"][number];

/** The stacks of an earlier version of the settings, which may have had another form. */
async function stacksAt({ git }: Job, commit: string): Promise<readonly OldStack[]> {
  const text = await git.fileAt(commit, SETTINGS_FILE);
  if (text === undefined) return [];
  return OldSettings.safeParse(load(text)).data?.stacks ?? [];
}

/**
 * Finds the stacks that have left the settings and may still hold people: nobody plans them any more, so nobody who leaves them is
 * deleted, and nobody who waits there either. One whose user files named nobody before it left is empty.
 *
 * @returns a sentence for each
 */
export async function findLeftStacks(job: Job): Promise<string[]> {
  const { git, settings } = job;
  const seen = new Set(settings.stacks.map(({ name }) => name));
  const sentences: string[] = [];
  // The newest first: the first one that has the stack is the last before it left, whatever changed its user files.
  for (const commit of await git.commitsBefore(SETTINGS_FILE))
    for (const { name, user_files: files } of await stacksAt(job, commit)) {
      if (seen.has(name)) continue;
      seen.add(name);
      const texts = await Promise.all(files.map((file) => git.fileAt(commit, file)));
      if (files.length > 0 && texts.every((text) => text === undefined || namesNobody(text))) continue;
      sentences.push(
        `The stack ${name} has left ${SETTINGS_FILE} and may still hold people, last in ${commit.slice(0, 12)}. Nobody plans it any more: whoever leaves it keeps the account, also those who wait for their deletion. Bring it back. To delete everybody in it, empty its user files; to keep their accounts, take its sets and its user files away. Apply that, and take it out then.`,
      );
    }
  return sentences;
}

/** Whether a user file has no rows: nothing but a header, or an empty list. */
function namesNobody(text: string): boolean {
  return /^[^\S\n]*(?:[^\n]*\n?\s*|\s*[[{]\s*[\]}]\s*)$/.test(text) && !/^\s*-/.test(text);
}
