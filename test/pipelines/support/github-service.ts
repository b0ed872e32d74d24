import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** The rules of an environment. Without rules, it protects nothing, as on GitHub. */
export interface Environment {
  readonly secrets: Readonly<Record<string, string>>;
  /** Who may approve a job of the environment. */
  readonly reviewers?: readonly string[];
  readonly preventSelfReview?: boolean;
  readonly canAdminsBypass?: boolean;
  /** The branches that are admitted; default all. */
  readonly branches?: readonly string[];
  /** The tags that are admitted, beside the branches. */
  readonly tags?: readonly string[];
}

/** A pull request that contains a commit. */
export interface PullRequest {
  readonly number: number;
  readonly user: string;
  readonly target?: string;
  readonly isMerged?: boolean;
}

export interface Approval {
  readonly run: number;
  readonly environment: string;
  readonly state: "approved" | "rejected";
  readonly user: string;
  readonly comment: string;
}

export interface Issue {
  readonly number: number;
  title: string;
  body: string;
  state: "open" | "closed";
  labels: string[];
}

/** A comment of an issue or a pull request. */
export interface IssueComment {
  readonly id: number;
  readonly user: string;
  body: string;
}

interface Commit {
  readonly sha: string;
  /** Undefined: the e-mail address of the commit belongs to no account. */
  readonly author?: string;
  readonly committer?: string;
}

export interface RunRecord {
  readonly id: number;
  readonly name: string;
  readonly path: string;
  readonly event: string;
  readonly head_branch: string;
  readonly head_sha: string;
  readonly actor: { readonly login: string };
  readonly run_attempt: number;
  readonly created_at: string;
  /** Absent: it has ended. */
  readonly isWaiting?: () => boolean;
  readonly cancel?: () => void;
}

/** What a token of a job may do, by the name of the permission. */
type Permissions = Readonly<Record<string, string>>;

type Reply = readonly [status: number, body?: unknown];

/**
 * Stands in for GitHub: its API, with the rights of each job's token, and a private repository that refuses a fetch without
 * credentials.
 */
export class GitHubService {
  readonly environments = new Map<string, Environment>();
  /** Secrets of the repository, which every job can read. */
  readonly secrets: Record<string, string> = {};
  readonly approvals: Approval[] = [];
  readonly issues: Issue[] = [];
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
  workflow = { state: "active", created_at: new Date().toISOString() };
  /** How the jobs of a run ended, by the number of the run. */
  readonly jobs = new Map<number, ReadonlyMap<string, string>>();
  readonly #tokens = new Map<string, Permissions>();
  readonly #server: Server = createServer((request, response) => {
    void this.#answer(request).then(([status, body]) => {
      response.writeHead(status, {
        "content-type": "application/json",
        ...(status === 401 && { "www-authenticate": 'Basic realm="GitHub"' }),
      });
      response.end(body === undefined ? "" : JSON.stringify(body));
    });
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

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Makes the token of a job. */
  token(permissions: Permissions): string {
    const token = `ghs_${randomUUID()}`;
    this.#tokens.set(token, permissions);
    return token;
  }

  async #answer(request: IncomingMessage): Promise<Reply> {
    const { pathname, searchParams } = new URL(request.url ?? "", this.url);
    const permissions = this.#tokens.get(
      (request.headers.authorization ?? "").replace(/^(token|Bearer) /, ""),
    );
    if (!permissions) return [401, { message: "Requires authentication" }];
    const path = pathname.replace(/^\/repos\/team\/people\//, "");
    const body = await text(request);
    for (const [method, pattern, right, reply] of this.#routes(searchParams, body)) {
      const match = pattern.exec(path);
      if (request.method !== method || !match) continue;
      const [names = "", level] = right.split(":");
      const isAllowed = names.split("|").some((name) => {
        const has = permissions[name];
        return has === "write" || (has === "read" && level === "read");
      });
      if (!isAllowed) return [403, { message: "Resource not accessible by integration" }];
      return reply(...match.slice(1).map(decodeURIComponent));
    }
    return [404, { message: `Not Found: ${request.method ?? ""} ${path}` }];
  }

  #routes(query: URLSearchParams, body: string): readonly Route[] {
    const sent = () => JSON.parse(body) as Partial<Issue> & { labels?: string[] };
    const isTooLong = () => Array.from(sent().body ?? "").length > LONGEST_BODY;
    const tooLong: Reply = [422, { message: `body is too long (maximum is ${LONGEST_BODY} characters)` }];
    const comment = (number = ""): Reply => {
      if (isTooLong()) return tooLong;
      this.comment(Number(number), sent().body ?? "");
      return [201, {}];
    };
    return [
      ["GET", /^environments\/([^/]+)$/, "actions:read", (name = "") => this.#environment(name)],
      [
        "GET",
        /^environments\/([^/]+)\/deployment-branch-policies$/,
        "actions:read",
        (name = "") => [
          200,
          {
            branch_policies: (["branch", "tag"] as const).flatMap((type) => {
              const { branches = [], tags = [] } = this.environments.get(name) ?? {};
              return (type === "branch" ? branches : tags).map((each) => ({ name: each, type }));
            }),
          },
        ],
      ],
      ["GET", /^actions\/runs\/(\d+)$/, "actions:read", (id) => found(this.runs.get(Number(id)))],
      [
        "GET",
        /^actions\/runs\/(\d+)\/approvals$/,
        "actions:read",
        (id) => [
          200,
          this.approvals
            .filter(({ run }) => run === Number(id))
            .map(({ environment, state, user, comment: said }) => ({
              environments: [{ name: environment, created_at: "2026-01-01T00:00:00Z" }],
              state,
              comment: said,
              user: { login: user },
            })),
        ],
      ],
      [
        "GET",
        /^actions\/runs\/(\d+)\/attempts\/(\d+)\/jobs$/,
        "actions:read",
        (id, attempt) => [200, { jobs: this.attempts.get(`${id}/${attempt}`) ?? [] }],
      ],
      ["GET", /^rules\/branches\/main$/, "contents:read", () => [200, this.branchRules]],
      [
        "GET",
        /^rulesets$/,
        "contents:read",
        () => [200, [...this.rulesets].map(([id, { ...each }]) => ({ id, ...each }))],
      ],
      ["GET", /^rulesets\/(\d+)$/, "contents:read", (id) => found(this.rulesets.get(Number(id)))],
      [
        "GET",
        /^codeowners\/errors$/,
        "contents:read",
        () => found(this.codeOwnerErrors && { errors: this.codeOwnerErrors }),
      ],
      ["GET", /^actions\/workflows\/[\w-]+\.yml$/, "actions:read", () => [200, this.workflow]],
      [
        "GET",
        /^commits\/(\w+)\/pulls$/,
        "pull-requests:read",
        (sha = "") => [
          200,
          (this.pulls.get(sha) ?? []).map(({ number, user, target = "main", isMerged = true }) => ({
            number,
            user: { login: user },
            base: { ref: target },
            merged_at: isMerged ? "2026-01-02T03:04:05Z" : null,
          })),
        ],
      ],
      [
        "GET",
        /^compare\/(\w+)\.\.\.(\w+)$/,
        "contents:read",
        (base = "", head = "") => this.#compare(base, head),
      ],
      [
        "GET",
        /^actions\/workflows\/([\w-]+)\.yml\/runs$/,
        "actions:read",
        (name = "") => [
          200,
          {
            workflow_runs: [...this.runs.values()]
              .filter((run) => run.name === name && run.head_branch === query.get("branch"))
              .filter(({ event }) => event === query.get("event"))
              .filter(({ isWaiting }) => query.get("status") !== "waiting" || isWaiting?.() === true)
              .toReversed()
              .slice(0, Number(query.get("per_page") ?? 30)),
          },
        ],
      ],
      [
        "POST",
        /^actions\/runs\/(\d+)\/cancel$/,
        "actions:write",
        (id) => {
          const run = this.runs.get(Number(id));
          if (!run?.cancel) return [409, { message: "Cannot cancel a workflow run that is completed." }];
          run.cancel();
          return [202, {}];
        },
      ],
      [
        "GET",
        /^actions\/runs\/(\d+)\/jobs$/,
        "actions:read",
        (id) => [
          200,
          {
            jobs: [...(this.jobs.get(Number(id)) ?? [])].map(([name, conclusion]) => ({ name, conclusion })),
          },
        ],
      ],
      [
        "GET",
        /^issues$/,
        "issues:read",
        () => [
          200,
          this.issues
            .filter(({ labels }) =>
              (query.get("labels") ?? "").split(",").every((label) => labels.includes(label)),
            )
            .map((issue) => ({ ...issue, user: { login: "github-actions[bot]" } }))
            .toReversed(),
        ],
      ],
      [
        "POST",
        /^issues$/,
        "issues:write",
        () => {
          if (isTooLong()) return tooLong;
          const { title = "", body: written = "", labels = [] } = sent();
          this.issues.push({ number: 100 + this.issues.length, title, body: written, state: "open", labels });
          return [201, this.issues.at(-1)];
        },
      ],
      [
        "PATCH",
        /^issues\/(\d+)$/,
        "issues:write",
        (number) => {
          if (isTooLong()) return tooLong;
          const issue = this.issues.find((each) => each.number === Number(number));
          return found(issue && Object.assign(issue, sent()));
        },
      ],
      ["POST", /^issues\/(\d+)\/comments$/, "issues|pull-requests:write", comment],
      [
        "GET",
        /^issues\/(\d+)\/comments$/,
        "issues|pull-requests:read",
        (number) => {
          const size = Number(query.get("per_page") ?? 30);
          const start = (Number(query.get("page") ?? 1) - 1) * size;
          const comments = this.comments.get(Number(number)) ?? [];
          return [
            200,
            comments
              .slice(start, start + size)
              .map(({ user, ...each }) => ({ ...each, user: { login: user } })),
          ];
        },
      ],
      [
        "PATCH",
        /^issues\/comments\/(\d+)$/,
        "issues|pull-requests:write",
        (id) => {
          if (isTooLong()) return tooLong;
          const found = [...this.comments.values()].flat().find((each) => each.id === Number(id));
          if (!found) return [404, { message: "Not Found" }];
          found.body = sent().body ?? "";
          return [200, {}];
        },
      ],
    ];
  }

  #environment(name: string): Reply {
    const environment = this.environments.get(name);
    if (!environment) return [404, { message: "Not Found" }];
    const { reviewers, preventSelfReview = false, canAdminsBypass = false, branches } = environment;
    return [
      200,
      {
        name,
        can_admins_bypass: canAdminsBypass,
        protection_rules: [
          ...(branches ? [{ type: "branch_policy" }] : []),
          ...(reviewers
            ? [
                {
                  type: "required_reviewers",
                  prevent_self_review: preventSelfReview,
                  reviewers: reviewers.map((login) => ({ type: "User", reviewer: { login } })),
                },
              ]
            : []),
        ],
        deployment_branch_policy: branches
          ? { protected_branches: false, custom_branch_policies: true }
          : null,
      },
    ];
  }

  #compare(base: string, head: string): Reply {
    const at = (sha: string) => this.commits.findIndex((commit) => commit.sha === sha);
    const between = this.commits.slice(at(base) + 1, at(head) + 1);
    return [
      200,
      {
        status: "ahead",
        total_commits: between.length,
        commits: between.map(({ sha, author, committer }) => ({
          sha,
          author: author === undefined ? null : { login: author },
          committer: committer === undefined ? null : { login: committer },
        })),
      },
    ];
  }
}

/** Of an issue or a comment, in characters. */
const LONGEST_BODY = 65_536;

type Route = readonly [method: string, path: RegExp, right: string, reply: (...parts: string[]) => Reply];

function found(value: unknown): Reply {
  return value === undefined ? [404, { message: "Not Found" }] : [200, value];
}
