import type { GitHubService, Route } from "./service";

/** Answers for runs, their jobs and approvals, and for the commits that a run brings. */
export function answerForRuns(service: GitHubService, route: Route): void {
  route("GET", "actions/runs/:id", "actions:read", ({ id }) => service.runs.get(Number(id)));
  route("GET", "actions/runs/:id/approvals", "actions:read", ({ id }) =>
    service.approvals
      .filter(({ run }) => run === Number(id))
      .map(({ environment, user, ...approval }) => ({
        ...approval,
        environments: [{ name: environment, created_at: "2026-01-01T00:00:00Z" }],
        user: { login: user },
      })),
  );
  route("GET", "actions/runs/:id/attempts/:attempt/jobs", "actions:read", ({ id, attempt }) => ({
    jobs: (service.attempts.get(`${id}/${attempt}`) ?? []).map((job, at) => ({ id: at, ...job })),
  }));
  route("GET", "actions/runs/:id/jobs", "actions:read", ({ id }) => ({
    jobs: [...(service.jobs.get(Number(id)) ?? [])].map(([name, conclusion], at) => ({
      id: Number(id) * 100 + at,
      name,
      conclusion,
    })),
  }));
  route(
    "GET",
    "check-runs/:id/annotations",
    "checks:read",
    ({ id }) => service.annotations.get(Number(id)) ?? [],
  );
  route("GET", "actions/workflows/:file/runs", "actions:read", ({ file }, query) => ({
    workflow_runs: [...service.runs.values()]
      .filter(({ name, head_branch }) => `${name}.yml` === file && head_branch === query["branch"])
      .filter(({ event }) => event === query["event"])
      .toReversed()
      .slice(0, Number(query["per_page"] ?? 30)),
  }));
  route("GET", "commits/:sha/pulls", "pull-requests:read", ({ sha = "" }) =>
    (service.pulls.get(sha) ?? []).map(({ number, user, target = "main", isMerged = true }) => ({
      number,
      user: { login: user },
      base: { ref: target },
      merged_at: isMerged ? "2026-01-02T03:04:05Z" : null,
    })),
  );
  route("GET", "compare/:range", "contents:read", ({ range = "" }) => {
    const [base = -1, head = -1] = range
      .split("...")
      .map((sha) => service.commits.findIndex((commit) => commit.sha === sha));
    const between = service.commits.slice(base + 1, head + 1);
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

function accountOf(login: string | undefined): object | null {
  return login === undefined ? null : { login };
}
