import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { readPlainFile, type StackDrift } from "../hand-over";
import type { Job } from "../job";
import { GitHubApi } from "./api";
import { checkGitHubRules, readRuns } from "./rules";

const Issues = z.array(
  z.object({
    number: z.number(),
    state: z.string(),
    body: z.string().nullish(),
    user: z.object({ login: z.string() }),
  }),
);

/**
 * Ends a night: cancels older ones that still wait for an approval, and keeps one issue about the drift of each stack, which changes
 * only if other people are in it: nobody is told the same twice. At the end, it checks the rules of the repository.
 *
 * @param folder that of the drift, as its job handed it over
 */
export async function concludeNight(job: Job, folder: string): Promise<void> {
  const { environment, settings } = job;
  const github = new GitHubApi(environment);
  const own = Number(environment.GITHUB_RUN_ID);
  // A run that waits does nothing, so nothing is cut off.
  for (const { id } of await readRuns(github, "schedule", settings.branch, 100, "waiting")) {
    if (id >= own) continue;
    await github.send("POST", `actions/runs/${id}/cancel`, {});
    process.stdout.write(
      `Run ${id} was cancelled, because this run plans the deletions that are due anew.\n`,
    );
  }
  const drifts = JSON.parse(
    readPlainFile(join(folder, "summary.json")).toString("utf8"),
  ) as readonly StackDrift[];
  const issues = await github.read("issues?labels=genauth-drift&state=all&per_page=100", Issues);
  for (const drift of drifts)
    await keepIssue(github, drift, issues, readFileSync(join(folder, drift.name, "drift.md"), "utf8"));
  await checkGitHubRules(job, "approval", Date.now());
}

async function keepIssue(
  github: GitHubApi,
  { name, title, people }: StackDrift,
  issues: z.infer<typeof Issues>,
  report: string,
): Promise<void> {
  const mark = `<!-- genauth-users:drift stack=${name} people=`;
  // The newest issue that this workflow wrote, open or not.
  const issue = issues.find(
    ({ user, body }) => user.login === "github-actions[bot]" && body?.startsWith(mark) === true,
  );
  const before = issue?.body?.slice(mark.length).split(" ")[0] ?? "none";
  if (before === people) return;
  const content = {
    title: `${name}: ${title}`,
    body: `${mark}${people} -->\n${report}`,
    labels: ["genauth-drift"],
  };
  if (issue && (people === "none" || issue.state === "open")) {
    const state = people === "none" ? "closed" : "open";
    await github.send("PATCH", `issues/${issue.number}`, { ...content, state });
    // Nobody is told about a change of an issue, but about a comment.
    await github.send("POST", `issues/${issue.number}/comments`, { body: title });
  } else await github.send("POST", "issues", content);
}
