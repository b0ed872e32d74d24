import { existsSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { GitHubApi } from "./github/api";
import { HANDED_OVER, readHandedOver } from "./hand-over";
import type { Job } from "./job";
import { PlatformApi } from "./web";

/** The first line of the comment, by which the next run finds it. It is not shown. */
const MARK = "<!-- genauth-users:pipeline -->";

/** How many comments one call lists; the most that GitHub and GitLab allow. */
const PAGE_SIZE = 100;

const Comments = z.array(
  z.object({
    id: z.number(),
    body: z.string().nullish(),
    /** On GitHub. */
    user: z.object({ login: z.string() }).nullish(),
    /** On GitLab. */
    author: z.object({ id: z.number() }).nullish(),
  }),
);
type Comment = z.infer<typeof Comments>[number];

/** The comments of one pull request, and how they are changed. */
interface Thread {
  readonly api: PlatformApi;
  readonly path: string;
  readonly pathOf: (id: number) => string;
  readonly method: "PATCH" | "PUT";
  /** Whether the account wrote a comment that comments here. */
  readonly isOwn: (comment: Comment) => boolean;
}

/**
 * Keeps one comment in a pull request: the report of its newest plan, as `plan` wrote it, so what `--redact` hides is hidden there,
 * too. A run that made no report replaces that of an older commit, which would be read as the newest.
 *
 * @param sha256 of the comment, as the job said that made it; empty: it made none; undefined: the platform fetched it from that job
 * @returns what was done, as a sentence
 * @throws Error if the platform refuses it
 */
export async function commentReport(job: Job, sha256: string | undefined): Promise<string> {
  const { platform, folder } = job;
  const number = platform.pullRequest;
  if (number === undefined) return "This run is not that of a pull request, so there is no comment.";
  const thread = platform.name === "github" ? onGitHub(job, number) : await onGitLab(job, number);
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
  return `## There is no report of commit ${platform.head ?? (await git.commit())}\n\n> [!WARNING]\n> Nothing is known of who leaves. A job failed before there was a report: ${run} says why.\n`;
}

/** The newest comment that begins with the mark. Another account can write the same mark. */
async function findOwn({ api, path, isOwn }: Thread): Promise<Comment | undefined> {
  let found: Comment | undefined;
  for (let page = 1; ; page += 1) {
    // GitHub lists the oldest first, and GitLab if it is asked to.
    const query = `order_by=created_at&sort=asc&per_page=${PAGE_SIZE}&page=${page}`;
    const comments = await api.read(`${path}?${query}`, Comments);
    found = comments.findLast((each) => isOwn(each) && each.body?.split(/\r?\n/, 1)[0] === MARK) ?? found;
    if (comments.length < PAGE_SIZE) return found;
  }
}

function onGitHub({ environment }: Job, number: number): Thread {
  return {
    api: new GitHubApi(environment),
    path: `issues/${number}/comments`,
    pathOf: (id) => `issues/comments/${id}`,
    method: "PATCH",
    // The account of every job's token.
    isOwn: ({ user }) => user?.login === "github-actions[bot]",
  };
}

/** The token of a job cannot write a note, so a token of the project does. @returns undefined without one */
async function onGitLab({ environment }: Job, number: number): Promise<Thread | undefined> {
  const { CI_API_V4_URL: base = "", CI_PROJECT_ID: project = "", GENAUTH_COMMENT_TOKEN: token } = environment;
  if (token === undefined || token === "") return undefined;
  const api = new PlatformApi({
    name: "GitLab",
    base,
    headers: { "private-token": token },
    advise: () =>
      " GENAUTH_COMMENT_TOKEN must be a project access token with the role Reporter and the scope api.",
  });
  const { id: own } = await api.read("user", z.object({ id: z.number() }));
  const path = `projects/${project}/merge_requests/${number}/notes`;
  return {
    api,
    path,
    pathOf: (id) => `${path}/${id}`,
    method: "PUT",
    isOwn: ({ author }) => author?.id === own,
  };
}
