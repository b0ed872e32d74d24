import { createReadStream, existsSync } from "node:fs";
import { join } from "node:path";
import Fastify from "fastify";
import { atEnd } from "../../support/at-end";

/** An approval of a deployment, as GitLab's API shows it. */
export interface Approval {
  readonly user: { readonly username: string };
  readonly status: "approved" | "rejected";
  readonly created_at: string;
  readonly comment: string;
}

/** A deployment, which GitLab creates for each job with an environment, unless the job only accesses it. */
export interface Deployment {
  readonly id: number;
  readonly environment: string;
  /** The commit of its pipeline. */
  readonly sha: string;
  status: "running" | "success" | "failed";
  readonly approvals: Approval[];
  /** Absent if somebody created it by the API. */
  readonly deployable?: {
    readonly id: number;
    readonly name: string;
    status: string;
    readonly pipeline: { readonly id: number; readonly source: string };
    readonly user: { readonly username: string };
    finished_at: string | null;
  };
}

/** A note of a merge request. */
export interface Note {
  readonly id: number;
  readonly request: number;
  readonly author: { readonly id: number };
  body: string;
}

/** The access token of the project, and the account that GitLab creates for it. */
export const COMMENT_TOKEN = { token: "glpat-0123456789", account: 77 } as const;

/** A substitute for GitLab: the parts of its API that the pipeline calls, and its data. */
export interface GitLabServer {
  /** The value of CI_API_V4_URL. */
  readonly url: string;
  /** The tokens of running jobs. Calls without one are refused. */
  readonly tokens: Set<string>;
  /** In the order in which they were created. */
  readonly deployments: Deployment[];
  /** The notes of merge requests, the oldest first, with the number of the request and of the author. */
  readonly notes: Note[];
  /** The time of the server, in seconds. It advances with each question. */
  now(): string;
  /** An approval that is given now. */
  readonly approvedBy: (username: string) => Approval;
}

/**
 * Starts the server on loopback. Paths, parameters and fields are those of GitLab's REST API (docs.gitlab.com: Deployments API,
 * Job artifacts API).
 *
 * @param artifacts the folder with the artifacts of jobs, in folders named by job number
 * @param beforeAnswer runs before each answer, and may add to the data
 */
export async function startGitLabServer(artifacts: string, beforeAnswer: () => void): Promise<GitLabServer> {
  const tokens = new Set<string>();
  const deployments: Deployment[] = [];
  const notes: Note[] = [];
  let seconds = 0;
  const app = Fastify();
  app.addHook("onRequest", async (request, reply) => {
    beforeAnswer();
    // The token of a job can neither read nor write notes (docs.gitlab.com: "CI/CD job token").
    if (request.url === "/user" || request.url.includes("/notes")) {
      if (request.headers["private-token"] !== COMMENT_TOKEN.token)
        await reply.code(401).send({ message: "401 Unauthorized" });
      return;
    }
    const token = request.headers["job-token"];
    if (typeof token !== "string" || !tokens.has(token))
      await reply.code(401).send({ message: "401 Unauthorized" });
  });

  const project = "/projects/1";
  app.get<{ Params: { job: string; "*": string } }>(
    `${project}/jobs/:job/artifacts/*`,
    ({ params }, reply) => {
      const file = join(artifacts, params.job, params["*"]);
      if (!existsSync(file)) return reply.code(404).send({ message: "404 Not Found" });
      return reply.type("application/octet-stream").send(createReadStream(file));
    },
  );
  app.get<{ Querystring: { environment: string; order_by: string; sort: string } }>(
    `${project}/deployments`,
    ({ query }) =>
      deployments
        .filter(({ environment }) => environment === query.environment)
        .map(({ id, sha, status, deployable }) => ({ id, sha, status, deployable }))
        .toReversed(),
  );
  app.get<{ Params: { id: string } }>(`${project}/deployments/:id`, ({ params }, reply) => {
    const found = deployments.find(({ id }) => id === Number(params.id));
    return found ?? reply.code(404).send({ message: "404 Not found" });
  });
  app.get(`${project}/deployments/:id/merge_requests`, () => [
    { iid: 7, web_url: "https://gitlab.example.com/team/people/-/merge_requests/7" },
  ]);

  const author = { id: COMMENT_TOKEN.account };
  app.get("/user", () => author);
  const path = `${project}/merge_requests/:request/notes`;
  app.get<{ Params: { request: string }; Querystring: { page: string; per_page: string } }>(
    path,
    ({ params, query }) => {
      const start = (Number(query.page) - 1) * Number(query.per_page);
      return notes
        .filter(({ request }) => request === Number(params.request))
        .slice(start, start + Number(query.per_page));
    },
  );
  app.post<{ Params: { request: string }; Body: { body: string } }>(path, ({ params, body }, reply) => {
    notes.push({ id: 300 + notes.length, request: Number(params.request), author, body: body.body });
    return reply.code(201).send(notes.at(-1));
  });
  app.put<{ Params: { id: string }; Body: { body: string } }>(`${path}/:id`, ({ params, body }, reply) => {
    const note = notes.find(({ id }) => id === Number(params.id));
    return note ? Object.assign(note, body) : reply.code(404).send({ message: "404 Not found" });
  });

  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const now = () => {
    seconds += 1;
    return new Date(Date.UTC(2026, 0, 2, 3, 4, seconds)).toISOString();
  };
  atEnd(() => app.close());
  const approvedBy = (username: string): Approval => {
    return { user: { username }, status: "approved", created_at: now(), comment: "" };
  };
  return { url, tokens, deployments, notes, now, approvedBy };
}
