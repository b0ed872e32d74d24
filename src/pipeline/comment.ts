import { existsSync } from "node:fs";
import { join } from "node:path";
import { HANDED_OVER, readHandedOver } from "./hand-over";
import type { Comment, CommentThread, Job } from "./job";

/** The first line of the comment, by which the next run finds it. It is not shown. */
const MARK = "<!-- cdktf-genauth:pipeline -->";

/** How many comments one call lists; the most that GitHub and GitLab allow. */
const PAGE_SIZE = 100;

/**
 * The job `comment`: keeps one comment in a pull request, with the report of its newest plan as the job
 * `plan` wrote it. A run that made no report says so in place of the older report, which people would take
 * for the newest.
 *
 * @param sha256 that of the comment, as the job `plan` said; empty if that made no comment; undefined if the
 * platform itself fetched the comment from that job
 * @returns what was done, as a sentence
 * @throws Error if the platform refuses it
 */
export async function commentReport(job: Job, sha256: string | undefined): Promise<string> {
  const { platform, folder } = job;
  const number = platform.pullRequest?.number;
  if (number === undefined) return "This run is not that of a pull request, so there is no comment.";
  const thread = await platform.openComments(job);
  if (!thread)
    return "There is no comment, because this job has no GENAUTH_COMMENT_TOKEN. The log of the job report holds the report.";
  const isMade = sha256 !== "" && (sha256 !== undefined || existsSync(join(folder, HANDED_OVER.comment)));
  const content = isMade
    ? readHandedOver(folder, "comment", sha256).toString("utf8")
    : await describeMissing(job);
  const body = `${MARK}\n${content}`;
  const earlier = await findOwn(thread);
  if (earlier?.body === body) return `The comment in ${number} is as it was.`;
  const { api, method, path, pathOf } = thread;
  if (earlier) await api.send(method, pathOf(earlier.id), { body });
  else await api.send("POST", path, { body });
  return `The comment in ${number} was ${earlier ? "updated" : "written"}.`;
}

async function describeMissing({ git, platform }: Job): Promise<string> {
  const run = platform.runUrl === undefined ? "the run" : `[the run](<${platform.runUrl}>)`;
  const commit = platform.pullRequest?.head ?? (await git.commit());
  return `## There is no report of commit ${commit}\n\n> [!WARNING]\n> Nothing is known of who leaves. A job failed before there was a report: ${run} says why.\n`;
}

/** The newest comment that begins with the mark. Another account can write the same mark. */
async function findOwn(thread: CommentThread): Promise<Comment | undefined> {
  let found: Comment | undefined;
  for (let page = 1; ; page += 1) {
    // GitHub lists the oldest first, and GitLab if it is asked to.
    const query = `order_by=created_at&sort=asc&per_page=${PAGE_SIZE}&page=${page}`;
    const { own, size } = await thread.readPage(query);
    found = own.findLast(({ body }) => body?.split(/\r?\n/, 1)[0] === MARK) ?? found;
    if (size < PAGE_SIZE) return found;
  }
}
