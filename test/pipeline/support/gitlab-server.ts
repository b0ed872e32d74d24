import { createReadStream } from "node:fs";
import { join } from "node:path";
import Fastify from "fastify";

/** A comment of a merge request, as GitLab's API shows it. */
export interface Note {
  readonly id: number;
  readonly author: { readonly username: string };
  body: string;
}

/** A merge request, as GitLab's API shows it. */
export interface MergeRequest {
  readonly iid: number;
  readonly state: "opened" | "merged";
  readonly target_branch: string;
}

/** An issue, as GitLab's API shows it. */
export interface Issue {
  readonly iid: number;
  readonly labels: readonly string[];
  title: string;
  description: string;
  state: "opened" | "closed";
}

/** A substitute for GitLab: the parts of its API that the pipeline calls, and its data. */
export interface GitLabServer {
  /** The value of CI_API_V4_URL. */
  readonly url: string;
  /** The access token of the bot. Calls without it are refused. */
  readonly token: string;
  /** The comments, by number of the merge request. */
  readonly notes: Map<number, Note[]>;
  readonly issues: Issue[];
  /** The merge requests that contain a commit, by commit. */
  readonly mergeRequests: Map<string, readonly MergeRequest[]>;
  close(): Promise<void>;
}

/** The user of the token. */
export const BOT = "genauth-bot";

/**
 * Starts the server on loopback. Paths, parameters and fields are those of GitLab's REST API (docs.gitlab.com: Notes, Issues,
 * Commits, Job artifacts).
 *
 * @param artifacts the folder with the artifacts of jobs, in folders named by job number
 */
export async function startGitLabServer(artifacts: string): Promise<GitLabServer> {
  const token = "glpat-of-the-bot";
  const notes = new Map<number, Note[]>();
  const issues: Issue[] = [];
  const mergeRequests = new Map<string, readonly MergeRequest[]>();
  const notesOf = (number: string) => {
    const held = notes.get(Number(number)) ?? [];
    notes.set(Number(number), held);
    return held;
  };

  const app = Fastify();
  app.addContentTypeParser<string>(
    "application/x-www-form-urlencoded",
    { parseAs: "string" },
    (_request: unknown, body: string, done: (error: null, form: URLSearchParams) => void) =>
      done(null, new URLSearchParams(body)),
  );
  app.addHook("onRequest", async (request, reply) => {
    if (request.headers["private-token"] !== token)
      await reply.code(401).send({ message: "401 Unauthorized" });
  });

  const project = "/projects/1";
  app.get<{ Params: { job: string; "*": string } }>(`${project}/jobs/:job/artifacts/*`, ({ params }, reply) =>
    reply.type("application/octet-stream").send(createReadStream(join(artifacts, params.job, params["*"]))),
  );
  app.get<{ Params: { sha: string } }>(
    `${project}/repository/commits/:sha/merge_requests`,
    ({ params }) => mergeRequests.get(params.sha) ?? [],
  );
  const allNotes = `${project}/merge_requests/:number/notes`;
  app.get<{ Params: { number: string } }>(allNotes, ({ params }) => notesOf(params.number));
  app.post<{ Params: { number: string }; Body: URLSearchParams }>(allNotes, ({ params, body }, reply) => {
    const held = notesOf(params.number);
    const note = { id: 41 + held.length, author: { username: BOT }, body: field(body, "body") };
    held.push(note);
    return reply.code(201).send(note);
  });
  app.put<{ Params: { number: string; id: string }; Body: URLSearchParams }>(
    `${allNotes}/:id`,
    ({ params, body }, reply) => {
      const note = notesOf(params.number).find(({ id }) => id === Number(params.id));
      if (!note) return reply.code(404).send({ message: "404 Not found" });
      note.body = field(body, "body");
      return reply.send(note);
    },
  );
  app.get<{ Querystring: { labels: string; state: string } }>(`${project}/issues`, ({ query }) =>
    issues.filter(({ labels, state }) => labels.includes(query.labels) && state === query.state),
  );
  app.post<{ Body: URLSearchParams }>(`${project}/issues`, ({ body }, reply) => {
    const issue: Issue = {
      iid: issues.length + 1,
      labels: field(body, "labels").split(","),
      title: field(body, "title"),
      description: field(body, "description"),
      state: "opened",
    };
    issues.push(issue);
    return reply.code(201).send(issue);
  });
  app.put<{ Params: { iid: string }; Body: URLSearchParams }>(
    `${project}/issues/:iid`,
    ({ params, body }, reply) => {
      const issue = issues.find(({ iid }) => iid === Number(params.iid));
      if (!issue) return reply.code(404).send({ message: "404 Not found" });
      if (body.has("title")) issue.title = field(body, "title");
      if (body.has("description")) issue.description = field(body, "description");
      if (body.get("state_event") === "close") issue.state = "closed";
      return reply.send(issue);
    },
  );

  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return { url, token, notes, issues, mergeRequests, close: () => app.close() };
}

function field(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (value === null) throw new Error(`The form has no ${name}.`);
  return value;
}
