import { existsSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { GitHubApi } from "./github/api";
import { HANDED_OVER, readHandedOver } from "./hand-over";
import type { Job } from "./job";
import { callWeb, readAnswer, type WebCall } from "./web";

/** The first line of the comment, by which the next run finds it. It is not shown. */
const MARK = "<!-- genauth-users:pipeline -->";

/** How many comments one call lists; the most that GitHub and GitLab allow. */
const PAGE_SIZE = 100;

const Comment = z.object({ id: z.number(), body: z.string().nullish() });

/** The comments of one pull request by the account that comments here, and how they are changed. */
interface OwnComments {
  /** One page of all comments, the oldest first, each with whether that account wrote it. */
  readonly list: (
    page: number,
  ) => Promise<readonly (z.infer<typeof Comment> & { readonly isOwn: boolean })[]>;
  readonly create: (body: string) => Promise<void>;
  readonly update: (id: number, body: string) => Promise<void>;
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
  const comments = platform.name === "github" ? onGitHub(job, number) : await onGitLab(job, number);
  if (!comments)
    return "There is no comment, because this job has no GENAUTH_COMMENT_TOKEN. The log of the job report holds the report.";
  const isMade = sha256 !== "" && (sha256 !== undefined || existsSync(join(folder, HANDED_OVER.comment)));
  const content = isMade
    ? readHandedOver(folder, "comment", sha256).toString("utf8")
    : await describeMissing(job);
  const body = `${MARK}\n${content}`;
  const earlier = await findOwn(comments);
  if (earlier?.body === body) return `The comment in ${number} is as it was.`;
  if (earlier) await comments.update(earlier.id, body);
  else await comments.create(body);
  return `The comment in ${number} was ${earlier ? "updated" : "written"}.`;
}

async function describeMissing({ git, platform }: Job): Promise<string> {
  const run = platform.runUrl === undefined ? "the run" : `[the run](<${platform.runUrl}>)`;
  return `## There is no report of commit ${platform.head ?? (await git.commit())}\n\n> [!WARNING]\n> Nothing is known of who leaves. A job failed before there was a report: ${run} says why.\n`;
}

/** The newest comment that begins with the mark. Another account can write the same mark. */
async function findOwn({ list }: OwnComments): Promise<z.infer<typeof Comment> | undefined> {
  let found: z.infer<typeof Comment> | undefined;
  for (let page = 1; ; page += 1) {
    const comments = await list(page);
    found = comments.findLast(({ isOwn, body }) => isOwn && body?.split(/\r?\n/, 1)[0] === MARK) ?? found;
    if (comments.length < PAGE_SIZE) return found;
  }
}

const GitHubComments = z.array(Comment.extend({ user: z.object({ login: z.string() }).nullish() }));

function onGitHub({ environment }: Job, number: number): OwnComments {
  const github = new GitHubApi(environment);
  return {
    list: async (page) => {
      const path = `issues/${number}/comments?per_page=${PAGE_SIZE}&page=${page}`;
      return (await github.read(path, GitHubComments)).map(({ user, ...comment }) => ({
        ...comment,
        // The account of every job's token.
        isOwn: user?.login === "github-actions[bot]",
      }));
    },
    create: (body) => github.send("POST", `issues/${number}/comments`, { body }),
    update: (id, body) => github.send("PATCH", `issues/comments/${id}`, { body }),
  };
}

const GitLabUser = z.object({ id: z.number() });
const GitLabNotes = z.array(Comment.extend({ author: GitLabUser }));

/** The token of a job cannot write a note, so a token of the project does. @returns undefined without one */
async function onGitLab({ environment }: Job, number: number): Promise<OwnComments | undefined> {
  const { CI_API_V4_URL: url = "", CI_PROJECT_ID: project = "", GENAUTH_COMMENT_TOKEN: token } = environment;
  if (token === undefined || token === "") return undefined;
  const call = async <T>(path: string, schema: z.ZodType<T>, options?: WebCall): Promise<T> => {
    const { status, body } = await callWeb(`${url}/${path}`, { "private-token": token }, options);
    if (status >= 200 && status <= 299) return readAnswer(body, schema, `GitLab's answer for ${path}`);
    throw new Error(
      `GitLab answered ${status} for ${path}, so there is no comment. GENAUTH_COMMENT_TOKEN must be a project access token with the role Reporter and the scope api.`,
    );
  };
  const notes = `projects/${project}/merge_requests/${number}/notes`;
  const { id: own } = await call("user", GitLabUser);
  return {
    list: async (page) => {
      const query = `order_by=created_at&sort=asc&per_page=${PAGE_SIZE}&page=${page}`;
      return (await call(`${notes}?${query}`, GitLabNotes)).map(({ author, ...note }) => ({
        ...note,
        isOwn: author.id === own,
      }));
    },
    create: async (body) => {
      await call(notes, Comment, { method: "POST", body: { body } });
    },
    update: async (id, body) => {
      await call(`${notes}/${id}`, Comment, { method: "PUT", body: { body } });
    },
  };
}
