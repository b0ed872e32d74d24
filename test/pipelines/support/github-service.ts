import { randomUUID } from "node:crypto";
import Fastify, { type FastifyReply, type FastifyRequest } from "fastify";

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

/** The accounts, by their numbers. */
const REVIEWERS = ["ada", "olga", "otto"];

/** What a call sets of an environment. */
interface SentEnvironment {
  readonly prevent_self_review: boolean;
  readonly reviewers: readonly { readonly id: number }[];
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

/** What a call sends, by name. */
type Sent = Readonly<Record<string, string>>;

/** Carries out a call. @returns what GitHub answers; nothing if what is asked for is not there */
type Answer = (params: Sent, query: Sent, body: Partial<Issue>, reply: FastifyReply) => unknown;

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
  /** The warnings that a job printed for the page of its run, by the number of the job. */
  readonly annotations = new Map<number, { readonly title: string; readonly message: string }[]>();
  /** How the jobs of a run ended, by the number of the run. */
  readonly jobs = new Map<number, ReadonlyMap<string, string>>();
  /** Where the API is, once it is open. */
  url = "";
  readonly #policies: string[] = [];
  readonly #tokens = new Map<string, Permissions>();
  readonly #app = Fastify({ forceCloseConnections: true });

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
    this.#app.addContentTypeParser("application/json", { parseAs: "string" }, (_, text, done) =>
      done(null, text === "" ? {} : JSON.parse(String(text))),
    );
    this.#app.addHook("onRequest", async (request, reply) => {
      if (!this.#permissionsOf(request))
        await reply
          .code(401)
          .header("www-authenticate", 'Basic realm="GitHub"')
          .send({ message: "Requires authentication" });
    });
    this.#answerForSettings();
    this.#answerForRuns();
    this.#answerForComments();
    this.url = await this.#app.listen({ host: "127.0.0.1", port: 0 });
  }

  async close(): Promise<void> {
    await this.#app.close();
  }

  /** Makes the token of a job. */
  token(permissions: Permissions): string {
    const token = `ghs_${randomUUID()}`;
    this.#tokens.set(token, permissions);
    return token;
  }

  #permissionsOf({ headers }: FastifyRequest): Permissions | undefined {
    return this.#tokens.get((headers.authorization ?? "").replace(/^(token|Bearer) /, ""));
  }

  /** @param right the permission that the token needs, or one of several, and its level */
  #route(
    method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE",
    path: string,
    right: string,
    answer: Answer,
  ): void {
    const [names = "", level] = right.split(":");
    const handler = (request: FastifyRequest, reply: FastifyReply): unknown => {
      const has = this.#permissionsOf(request) ?? {};
      const isAllowed = names.split("|").some((name) => has[name] === "write" || has[name] === level);
      if (!isAllowed) return reply.code(403).send({ message: "Resource not accessible by integration" });
      const body = (request.body ?? {}) as Partial<Issue>;
      if (Array.from(body.body ?? "").length > LONGEST_BODY)
        return reply.code(422).send({ message: `body is too long (maximum is ${LONGEST_BODY} characters)` });
      const found = answer(request.params as Sent, request.query as Sent, body, reply);
      return reply.sent ? reply : (found ?? reply.code(404).send({ message: "Not Found" }));
    };
    this.#app.route({ method, url: `/repos/team/people/${path}`, handler });
  }

  #answerForSettings(): void {
    this.#route("GET", "environments/:name", "actions:read", ({ name = "" }) => this.#environment(name));
    this.#route("GET", "environments/:name/deployment-branch-policies", "actions:read", ({ name = "" }) => {
      const { branches = [], tags = [] } = this.environments.get(name) ?? {};
      const policies = { branch: branches, tag: tags };
      return {
        branch_policies: Object.entries(policies)
          .flatMap(([type, names]) => names.map((each) => ({ name: each, type })))
          .map((policy) => ({ id: this.#idOf(`${policy.type} ${policy.name}`), ...policy })),
      };
    });
    this.#route("GET", "rules/branches/main", "contents:read", () => this.branchRules);
    this.#route("GET", "rulesets", "contents:read", () =>
      [...this.rulesets].map(([id, set]) => ({ id, ...set })),
    );
    this.#route("GET", "rulesets/:id", "contents:read", ({ id }) => this.rulesets.get(Number(id)));
    this.#route("GET", "codeowners/errors", "contents:read", () => {
      return this.codeOwnerErrors && { errors: this.codeOwnerErrors };
    });
    this.#changeSettings();
  }

  /** The number of a policy, which stays. */
  #idOf(policy: string): number {
    if (!this.#policies.includes(policy)) this.#policies.push(policy);
    return this.#policies.indexOf(policy);
  }

  /** What only an administrator may. */
  #changeSettings(): void {
    const right = "administration:write";
    this.#route("PUT", "environments/:name", right, ({ name = "" }, _, sent) => {
      const { prevent_self_review: prevents, reviewers } = sent as Partial<SentEnvironment>;
      this.environments.set(name, {
        secrets: {},
        branches: [],
        ...this.environments.get(name),
        ...(reviewers && { reviewers: reviewers.map(({ id }) => REVIEWERS[id] ?? "") }),
        ...(prevents !== undefined && { preventSelfReview: prevents }),
      });
      return {};
    });
    const policies = "environments/:name/deployment-branch-policies";
    this.#route("POST", policies, right, ({ name = "" }, _, sent) => {
      const environment = this.environments.get(name);
      if (!environment?.branches) return undefined;
      const { name: branch } = sent as unknown as { readonly name: string };
      this.environments.set(name, { ...environment, branches: [...environment.branches, branch] });
      return {};
    });
    this.#route("DELETE", `${policies}/:id`, right, ({ name = "", id }, _query, _body, reply) => {
      const environment = this.environments.get(name) ?? { secrets: {} };
      const { branches = [], tags = [] } = environment;
      const kept = (type: string, names: readonly string[]) =>
        names.filter((each) => this.#idOf(`${type} ${each}`) !== Number(id));
      this.environments.set(name, {
        ...environment,
        branches: kept("branch", branches),
        tags: kept("tag", tags),
      });
      return reply.code(204).send();
    });
    this.#route("POST", "rulesets", right, (_params, _query, sent, reply) => {
      const ruleset = sent as unknown as { readonly target: string; readonly rules: readonly object[] };
      if (ruleset.target === "branch") this.branchRules = [...this.branchRules, ...ruleset.rules];
      else this.rulesets.set(100 + this.rulesets.size, ruleset);
      return reply.code(201).send({});
    });
  }

  #answerForRuns(): void {
    this.#route("GET", "actions/runs/:id", "actions:read", ({ id }) => this.runs.get(Number(id)));
    this.#route("GET", "actions/runs/:id/approvals", "actions:read", ({ id }) =>
      this.approvals
        .filter(({ run }) => run === Number(id))
        .map(({ environment, user, ...approval }) => ({
          ...approval,
          environments: [{ name: environment, created_at: "2026-01-01T00:00:00Z" }],
          user: { login: user },
        })),
    );
    this.#route("GET", "actions/runs/:id/attempts/:attempt/jobs", "actions:read", ({ id, attempt }) => ({
      jobs: (this.attempts.get(`${id}/${attempt}`) ?? []).map((job, at) => ({ id: at, ...job })),
    }));
    this.#route("GET", "actions/runs/:id/jobs", "actions:read", ({ id }) => ({
      jobs: [...(this.jobs.get(Number(id)) ?? [])].map(([name, conclusion], at) => ({
        id: Number(id) * 100 + at,
        name,
        conclusion,
      })),
    }));
    this.#route(
      "GET",
      "check-runs/:id/annotations",
      "checks:read",
      ({ id }) => this.annotations.get(Number(id)) ?? [],
    );
    this.#route("POST", "actions/runs/:id/cancel", "actions:write", ({ id }, _query, _body, reply) => {
      const run = this.runs.get(Number(id));
      if (!run?.cancel)
        return reply.code(409).send({ message: "Cannot cancel a workflow run that is completed." });
      run.cancel();
      return reply.code(202).send({});
    });
    this.#route("GET", "actions/workflows/:file/runs", "actions:read", ({ file }, query) => ({
      workflow_runs: [...this.runs.values()]
        .filter(({ name, head_branch }) => `${name}.yml` === file && head_branch === query["branch"])
        .filter(({ event }) => event === query["event"])
        .filter(({ isWaiting }) => query["status"] !== "waiting" || isWaiting?.() === true)
        .toReversed()
        .slice(0, Number(query["per_page"] ?? 30)),
    }));
    this.#route("GET", "commits/:sha/pulls", "pull-requests:read", ({ sha = "" }) =>
      (this.pulls.get(sha) ?? []).map(({ number, user, target = "main", isMerged = true }) => ({
        number,
        user: { login: user },
        base: { ref: target },
        merged_at: isMerged ? "2026-01-02T03:04:05Z" : null,
      })),
    );
    this.#route("GET", "compare/:range", "contents:read", ({ range = "" }) => {
      const [base = -1, head = -1] = range
        .split("...")
        .map((sha) => this.commits.findIndex((commit) => commit.sha === sha));
      const between = this.commits.slice(base + 1, head + 1);
      return {
        status: "ahead",
        total_commits: between.length,
        commits: between.map(({ sha, author, committer }) => ({
          sha,
          author: accountOf(author),
          committer: accountOf(committer),
        })),
      };
    });
  }

  #answerForComments(): void {
    this.#route("GET", "issues", "issues:read", (_, { labels: wanted = "" }) =>
      this.issues
        .filter(({ labels }) => wanted.split(",").every((label) => labels.includes(label)))
        .map((issue) => ({ ...issue, user: { login: "github-actions[bot]" } }))
        .toReversed(),
    );
    this.#route("POST", "issues", "issues:write", (_, _query, sent, reply) => {
      const { title = "", body = "", labels = [] } = sent;
      this.issues.push({ number: 100 + this.issues.length, title, body, state: "open", labels });
      return reply.code(201).send(this.issues.at(-1));
    });
    this.#route("PATCH", "issues/:number", "issues:write", ({ number }, _, sent) => {
      const issue = this.issues.find((each) => each.number === Number(number));
      return issue && Object.assign(issue, sent);
    });
    const right = "issues|pull-requests";
    this.#route(
      "POST",
      "issues/:number/comments",
      `${right}:write`,
      ({ number }, _, { body = "" }, reply) => {
        this.comment(Number(number), body);
        return reply.code(201).send({});
      },
    );
    this.#route("GET", "issues/:number/comments", `${right}:read`, ({ number }, query) => {
      const size = Number(query["per_page"] ?? 30);
      const start = (Number(query["page"] ?? 1) - 1) * size;
      const comments = (this.comments.get(Number(number)) ?? []).slice(start, start + size);
      return comments.map(({ user, ...each }) => ({ ...each, user: { login: user } }));
    });
    this.#route("PATCH", "issues/comments/:id", `${right}:write`, ({ id }, _, { body = "" }) => {
      const comment = [...this.comments.values()].flat().find((each) => each.id === Number(id));
      return comment && Object.assign(comment, { body });
    });
  }

  #environment(name: string): object | undefined {
    const environment = this.environments.get(name);
    if (!environment) return undefined;
    const { reviewers, preventSelfReview = false, canAdminsBypass = false, branches } = environment;
    const review = {
      type: "required_reviewers",
      prevent_self_review: preventSelfReview,
      reviewers: reviewers?.map((login) => ({
        type: "User",
        reviewer: { login, id: REVIEWERS.indexOf(login) },
      })),
    };
    return {
      name,
      can_admins_bypass: canAdminsBypass,
      protection_rules: [...(branches ? [{ type: "branch_policy" }] : []), ...(reviewers ? [review] : [])],
      deployment_branch_policy: branches ? { protected_branches: false, custom_branch_policies: true } : null,
    };
  }
}

/** Of an issue or a comment, in characters. */
const LONGEST_BODY = 65_536;

function accountOf(login: string | undefined): object | null {
  return login === undefined ? null : { login };
}
