import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RestServer } from "./rest-server";

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
  const server = new RestServer(({ path, headers }, reply) => {
    beforeAnswer();
    // The token of a job can neither read nor write notes (docs.gitlab.com: "CI/CD job token").
    const isForPeople = path === "/user" || path.includes("/notes");
    const isAllowed = isForPeople
      ? headers["private-token"] === COMMENT_TOKEN.token
      : tokens.has(String(headers["job-token"]));
    if (!isAllowed) reply.code(401).send({ message: "401 Unauthorized" });
  });

  const project = "/projects/1";
  server.route("GET", `${project}/jobs/:job/artifacts/*`, ({ params: { job = "", rest = "" } }) => {
    const file = join(artifacts, job, rest);
    return existsSync(file) ? readFileSync(file) : undefined;
  });
  server.route("GET", `${project}/deployments`, ({ query }) =>
    deployments
      .filter(({ environment }) => environment === query["environment"])
      .map(({ id, sha, status, deployable }) => ({ id, sha, status, deployable }))
      .toReversed(),
  );
  server.route("GET", `${project}/deployments/:id`, ({ params }) =>
    deployments.find(({ id }) => id === Number(params["id"])),
  );
  server.route("GET", `${project}/deployments/:id/merge_requests`, () => [
    { iid: 7, web_url: "https://gitlab.example.com/team/people/-/merge_requests/7" },
  ]);

  const author = { id: COMMENT_TOKEN.account };
  server.route("GET", "/user", () => author);
  const path = `${project}/merge_requests/:request/notes`;
  server.route("GET", path, ({ params, query }) => {
    const size = Number(query["per_page"]);
    const start = (Number(query["page"]) - 1) * size;
    return notes.filter(({ request }) => request === Number(params["request"])).slice(start, start + size);
  });
  server.route("POST", path, ({ params, body }, reply) => {
    const { body: said } = body as { readonly body: string };
    const note: Note = { id: 300 + notes.length, request: Number(params["request"]), author, body: said };
    notes.push(note);
    return reply.code(201).send(note);
  });
  server.route("PUT", `${path}/:id`, ({ params, body }) => {
    const note = notes.find(({ id }) => id === Number(params["id"]));
    return note && Object.assign(note, body);
  });

  const url = await server.open();
  const now = () => {
    seconds += 1;
    return new Date(Date.UTC(2026, 0, 2, 3, 4, seconds)).toISOString();
  };
  const approvedBy = (username: string): Approval => {
    return { user: { username }, status: "approved", created_at: now(), comment: "" };
  };
  return { url, tokens, deployments, notes, now, approvedBy };
}
