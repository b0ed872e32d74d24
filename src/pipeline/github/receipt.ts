import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { markdownCode } from "../../reports/markdown";
import type { Job, Receipt } from "../job";
import { ApplyOutcome, describeCauses, describeOutcome, keepReceipt } from "../outcome";
import { GitHubApi } from "./api";
import { readMergedPulls } from "./pulls";
import { readJobs, readReviews, RunReview } from "./runs";

const Needs = z.record(
  z.string(),
  z.object({ result: z.string(), outputs: z.record(z.string(), z.string()).default({}) }),
);
const Stacks = z.array(z.object({ name: z.string(), plan_sha256: z.string(), report_sha256: z.string() }));

/**
 * Writes down who approved an attempt of a run and how its jobs ended, and comments it on the pull requests
 * that the push merged. It names nobody who leaves.
 *
 * @param context the context `needs`, as JSON
 */
export async function writeGitHubReceipt(job: Job, context: string): Promise<Receipt> {
  const { environment, platform } = job;
  const { attempt } = platform;
  const needs = Needs.parse(JSON.parse(context));
  // An owner has started the workflow to apply the plan of another run.
  const owner = needs.owner?.result === "success" ? needs.owner.outputs : undefined;
  const { GITHUB_RUN_ID: run = "", GITHUB_SHA: sha = "", GITHUB_EVENT_NAME: event = "" } = environment;
  const commit = owner?.commit || sha;
  const planned = needs.plan?.outputs ?? {};
  const applied = needs.apply?.outputs ?? {};
  const trailers = await job.git.trailers(commit);
  const recorded = applied.outcome ? ApplyOutcome.parse(JSON.parse(applied.outcome)) : undefined;
  const jobs = Object.entries(needs).map(([name, { result }]) => [name, result] as const);
  const known = {
    kind: "receipt",
    repository: environment.GITHUB_REPOSITORY,
    commit,
    ...trailers,
    event,
    actor: environment.GITHUB_TRIGGERING_ACTOR,
    run: `${platform.runUrl ?? ""}/attempts/${attempt}`,
    attempt,
    time: new Date().toISOString(),
    change: planned.change ?? null,
    sealed_sha256: planned.sha256 || null,
    stacks: Stacks.parse(JSON.parse(applied.stacks || planned.stacks || "[]")),
    outcome: recorded,
    jobs: Object.fromEntries(jobs),
  };
  const receipt = await keepReceipt(job, known, async () => {
    const github = new GitHubApi(environment);
    const outcome = recorded ?? (await findUnrecorded(github, run, attempt));
    // An apply begins only in the attempt of its plan, so a later attempt of the receipt alone is about that
    // one, too.
    const isOfPlan =
      planned.attempt === String(attempt) || !["not_started", "refused"].includes(outcome.kind);
    const approvals = isOfPlan ? await reviewsOfAttempt(github, run, needs) : [];
    // The run of an owner has one attempt only.
    if (owner !== undefined) {
      const { GITHUB_ACTOR: user = "" } = environment;
      approvals.push(...(await readReviews(github, run)), { state: "approved", user, comment: "" });
    }
    const ending = describeEnding(needs, { outcome, reviews: approvals, attempt });
    return { ...trailers, outcome, approvals, ending };
  });
  const markdown = [
    "<!-- cdktf-genauth:receipt -->",
    `**${receipt.ending}**`,
    "",
    ...receipt.approvals.map(({ state, user }) => `- ${state} by @${user}`),
    `- jobs: ${jobs.map((each) => each.join(" ")).join(", ")}`,
    ...describeCauses(receipt.outcome).map((line) => `- ${markdownCode(line)}`),
    ...Object.entries<string>({ ...trailers }).map(([name, text]) => `- ${name}: ${markdownCode(text)}`),
    `- commit ${commit}, [run, attempt ${attempt}](${known.run})`,
    "",
  ].join("\n");
  writeFileSync(join(job.folder, "receipt", "receipt.md"), markdown);
  platform.addSummary(markdown);
  if (known.change !== "nothing") await comment(job, markdown, commit, receipt.outcome);
  return receipt;
}

/**
 * Finds out how an apply ended that handed nothing over: it was cut off if its job has begun. One that waited
 * until it was rejected or cancelled has had no runner.
 */
async function findUnrecorded(github: GitHubApi, run: string, attempt: number): Promise<ApplyOutcome> {
  const jobs = await readJobs(github, run, attempt);
  const hasBegun = jobs.some(({ name, runner_id: id }) => name === "apply" && (id ?? 0) > 0);
  return { kind: hasBegun ? "unknown" : "not_started" };
}

/**
 * GitHub lists the reviews of all attempts together. Those that were there when this attempt had made its
 * plan belong to others.
 */
async function reviewsOfAttempt(
  github: GitHubApi,
  run: string,
  { plan }: z.infer<typeof Needs>,
): Promise<RunReview[]> {
  // A plan that changes nothing has asked nobody.
  if (plan === undefined || plan.result !== "success" || plan.outputs.change === "nothing") return [];
  const earlier = z.array(RunReview).parse(JSON.parse(plan.outputs.reviews || "[]"));
  const own = await readReviews(github, run);
  for (const review of earlier) {
    const at = own.findIndex((each) => isDeepStrictEqual(each, review));
    if (at >= 0) own.splice(at, 1);
  }
  return own;
}

interface Ending {
  readonly outcome: ApplyOutcome;
  readonly reviews: readonly RunReview[];
  readonly attempt: number;
}

/** What was applied, and if nothing was, why. */
function describeEnding(needs: z.infer<typeof Needs>, { outcome, reviews, attempt }: Ending): string {
  const { change, attempt: planned } = needs.plan?.outputs ?? {};
  const other =
    !planned || planned === String(attempt)
      ? ""
      : `This attempt has no plan of its own: the plan is of attempt ${planned}. `;
  if (outcome.kind !== "not_started") {
    const isUnasked = change === "without-deletions" && outcome.kind === "as_approved";
    return `${other}${describeOutcome(outcome)}${isUnasked ? " Nobody had to approve." : ""}`;
  }
  return `${other || `${describeNotStarted(needs, reviews)} `}${describeOutcome(outcome)}`;
}

/** Why no job that applies has begun. */
function describeNotStarted(needs: z.infer<typeof Needs>, reviews: readonly RunReview[]): string {
  const result = (name: string): string | undefined => needs[name]?.result;
  if ((result("owner") ?? "skipped") !== "skipped")
    return result("owner") === "success" ? "It ended before the apply began." : "Refused.";
  if (result("plan") !== "success") return "There is no plan that can be applied.";
  if (needs.plan?.outputs.change === "nothing") return "The plan changes nothing.";
  if (result("apply") === "skipped")
    return "An owner has to start the workflow, as the summary of the run says.";
  if (reviews.some(({ state }) => state === "rejected")) return "Rejected.";
  return "It was cancelled while it waited for an approval.";
}

/**
 * Comments on the pull requests that the push merged, and on those that took people away whose day has come.
 */
async function comment(
  { git, platform, environment, settings }: Job,
  body: string,
  commit: string,
  outcome: ApplyOutcome,
): Promise<void> {
  const github = new GitHubApi(environment);
  // A push can bring several pull requests, for example from a merge queue.
  const numbers = new Set<number>();
  const isSchedule = environment.GITHUB_EVENT_NAME === "schedule";
  const merged = isSchedule ? [] : await git.commitsSince(platform.pushedFrom, commit);
  const causes = "causes" in outcome ? outcome.causes.map((cause) => cause.commit) : [];
  for (const each of new Set([...merged, ...causes]))
    for (const number of await readMergedPulls(github, each, settings.branch)) numbers.add(number);
  for (const number of [...numbers].sort((one, other) => one - other))
    await github.send("POST", `issues/${number}/comments`, { body });
}
