import * as z from "zod";
import type { LeavingCause } from "../reports";
import type { Job } from "./job";
import type { CommitTrailers } from "./repository";
import type { PipelineStack } from "./settings";

/**
 * Finds out why people leave a stack: for each, the newest commit that took the id out of its files, with its
 * request and its ticket. That is the same commit when the day of a deletion comes, weeks later. It decides
 * nothing.
 *
 * @param ids as the state has them
 * @returns by id; nothing of those whose id stands in none of the files, such as one that synth makes
 */
export async function findLeavingCauses(
  job: Job,
  { folder, user_files: files, reads }: PipelineStack,
  ids: readonly string[],
): Promise<ReadonlyMap<string, LeavingCause>> {
  const paths = files.length > 0 ? files : [folder, ...reads];
  const found = new Map<string, LeavingCause>();
  const byCommit = new Map<string, LeavingCause>();
  for (const id of ids.slice(0, MOST_IDS)) {
    const commit = await job.git.findRemoval(id, paths);
    if (commit === undefined) continue;
    const cause = byCommit.get(commit) ?? (await describeCause(job, commit));
    byCommit.set(commit, cause);
    found.set(id, cause);
  }
  return found;
}

/**
 * The platform knows the request, also where the message of the merge does not name it, or names another one.
 */
async function describeCause(
  { git, platform, settings: { branch } }: Job,
  commit: string,
): Promise<LeavingCause> {
  const cause = await git.describeCause(commit);
  const request = await platform.findRequest(commit, branch);
  return { ...cause, ...(request !== undefined && { request }) };
}

/** Each takes a walk through the history of the files. */
const MOST_IDS = 500;

/** A cause, and how many people leave for it. A receipt holds no more, because it names nobody. */
export const CountedCause = z.object({
  commit: z.string(),
  request: z.string().optional(),
  ticket: z.string().optional(),
  reason: z.string().optional(),
  people: z.number(),
});

export type CountedCause = z.infer<typeof CountedCause>;

/** Counts who leaves for which cause, most people first. */
export function countCauses(causes: readonly LeavingCause[]): CountedCause[] {
  const byCommit = new Map<string, CountedCause>();
  for (const cause of causes) {
    const { people } = byCommit.get(cause.commit) ?? { people: 0 };
    byCommit.set(cause.commit, { ...cause, people: people + 1 });
  }
  return [...byCommit.values()].sort((one, other) => other.people - one.people);
}

/** The tickets and reasons of a commit, and of those for which people leave, each once. */
export function joinTrailers(own: CommitTrailers, causes: readonly LeavingCause[]): CommitTrailers {
  const join = (of: (each: CommitTrailers) => string | undefined): string =>
    [...new Set([own, ...causes].flatMap((each) => of(each) ?? []))].join(", ");
  const ticket = join((each) => each.ticket);
  const reason = join((each) => each.reason);
  return { ...(ticket && { ticket }), ...(reason && { reason }) };
}
