import { randomUUID } from "node:crypto";
import { type RestReply, type RestRequest, RestServer } from "../rest-server";
import { answerForComments } from "./comments-api";
import type { Approval, Commit, Environment, IssueComment, PullRequest, RunRecord } from "./records";
import { answerForRuns } from "./runs-api";
import { answerForSettings } from "./settings-api";

/** Of a comment, in characters. */
const LONGEST_BODY = 65_536;

/** What a token of a job may do, by the name of the permission. */
type Permissions = Readonly<Record<string, string>>;

/** What a call sends, by name. */
type Sent = Readonly<Record<string, string>>;

/** What a call writes: `body` is the text of a comment. */
interface Written {
  readonly body?: string;
}

/** Carries out a call. @returns what GitHub answers; nothing if what is asked for is not there */
type Answer = (params: Sent, query: Sent, body: Written, reply: RestReply) => object | undefined;

/**
 * Adds a call of the API.
 *
 * @param right the permission that the token needs, or one of several, and its level
 */
export type Route = (
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE",
  path: string,
  right: string,
  answer: Answer,
) => void;

/**
 * Stands in for GitHub: its API, with the rights of each job's token, and a private repository that refuses a fetch without
 * credentials.
 */
export class GitHubService {
  readonly environments = new Map<string, Environment>();
  /** Secrets of the repository, which every job can read. */
  readonly secrets: Record<string, string> = {};
  readonly approvals: Approval[] = [];
  /** The comments of issues and pull requests, by number. */
  readonly comments = new Map<number, IssueComment[]>();
  /** By commit. */
  readonly pulls = new Map<string, readonly PullRequest[]>();
  /** In order, the newest last. */
  readonly commits: Commit[] = [];
  readonly runs = new Map<number, RunRecord>();
  /** Of each attempt of a run, by `run/attempt`: the jobs that are known, with the runner of those that have begun. */
  readonly attempts = new Map<string, { readonly name: string; readonly runner_id: number }[]>();
  /** The active rules of the branch main. */
  branchRules: readonly object[] = [
    {
      type: "pull_request",
      parameters: {
        require_code_owner_review: true,
        require_last_push_approval: true,
        dismiss_stale_reviews_on_push: true,
      },
    },
  ];
  /** By id. */
  readonly rulesets = new Map<number, object>([
    [
      7,
      {
        target: "tag",
        enforcement: "active",
        conditions: { ref_name: { include: ["refs/tags/main"], exclude: [] } },
        rules: [{ type: "creation" }],
      },
    ],
  ]);
  /** Undefined: there is no CODEOWNERS file. */
  codeOwnerErrors: readonly object[] | undefined = [];
  /** The warnings that a job printed for the page of its run, by the number of the job. */
  readonly annotations = new Map<number, { readonly title: string; readonly message: string }[]>();
  /** How the jobs of a run ended, by the number of the run. */
  readonly jobs = new Map<number, ReadonlyMap<string, string>>();
  /** Where the API is, once it is open. */
  url = "";
  readonly #tokens = new Map<string, Permissions>();
  readonly #server = new RestServer((request, reply) => {
    if (this.#permissionsOf(request)) return;
    reply
      .code(401)
      .header("www-authenticate", 'Basic realm="GitHub"')
      .send({ message: "Requires authentication" });
  });

  /** What the comments of an issue or a pull request say, the oldest first. */
  commentsOf(number: number): string[] {
    return (this.comments.get(number) ?? []).map(({ body }) => body);
  }

  /** Writes a comment. */
  comment(number: number, body: string, user = "github-actions[bot]"): void {
    const all = [...this.comments.values()].flat();
    this.comments.set(number, [...(this.comments.get(number) ?? []), { id: 900 + all.length, user, body }]);
  }

  /** Serves until all tests of the file have ended. */
  async open(): Promise<void> {
    const route: Route = (...call) => this.#route(...call);
    answerForSettings(this, route);
    answerForRuns(this, route);
    answerForComments(this, route);
    this.url = await this.#server.open();
  }

  /** Makes the token of a job. */
  token(permissions: Permissions): string {
    const token = `ghs_${randomUUID()}`;
    this.#tokens.set(token, permissions);
    return token;
  }

  #permissionsOf({ headers }: RestRequest): Permissions | undefined {
    return this.#tokens.get((headers.authorization ?? "").replace(/^(token|Bearer) /, ""));
  }

  #route(...[method, path, right, answer]: Parameters<Route>): void {
    const [names = "", level] = right.split(":");
    this.#server.route(method, `/repos/team/people/${path}`, (request, reply) => {
      const has = this.#permissionsOf(request) ?? {};
      const isAllowed = names.split("|").some((name) => has[name] === "write" || has[name] === level);
      if (!isAllowed) return reply.code(403).send({ message: "Resource not accessible by integration" });
      const body: Written = request.body;
      if (Array.from(body.body ?? "").length > LONGEST_BODY)
        return reply.code(422).send({ message: `body is too long (maximum is ${LONGEST_BODY} characters)` });
      return answer(request.params, request.query, body, reply);
    });
  }
}
