import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { markdownCode } from "../../reports/markdown";
import { type Job, renewFolder } from "../job";
import { GitHubApi } from "./api";
import { readReviews, type RunReview } from "./rules";

const Needs = z.record(
  z.string(),
  z.object({ result: z.string(), outputs: z.record(z.string(), z.string()).default({}) }),
);
const AttemptJobs = z.object({
  jobs: z.array(
    z.object({
      name: z.string(),
      runner_id: z.number().nullish(),
      steps: z.array(z.unknown()).nullish(),
    }),
  ),
});
const MergedPulls = z.array(
  z.object({ number: z.number(), merged_at: z.string().nullish(), base: z.object({ ref: z.string() }) }),
);
const Reviews = z.array(z.object({ state: z.string(), user: z.string(), comment: z.string() }));
const Stacks = z.array(z.object({ name: z.string(), plan_sha256: z.string(), report_sha256: z.string() }));

/** The jobs that apply. */
const APPLIES = ["apply", "apply-due"];

/**
 * Writes down who approved an attempt of a run and how its jobs ended, and comments it on the pull requests that the push merged. It
 * names nobody who leaves.
 *
 * @param context the context `needs`, as JSON
 * @returns how it ended, as a sentence
 */
export async function writeGitHubReceipt(job: Job, context: string): Promise<string> {
  const { environment, platform } = job;
  const github = new GitHubApi(environment);
  const needs = Needs.parse(JSON.parse(context));
  // An owner has started the workflow to apply the plan of another run.
  const owner = needs.owner?.result === "success" ? needs.owner.outputs : undefined;
  const { GITHUB_RUN_ID: run = "", GITHUB_SHA: sha = "", GITHUB_EVENT_NAME: event = "" } = environment;
  const commit = owner?.commit || sha;
  const [planned, applied] = [needs.plan?.outputs ?? {}, needs.apply?.outputs ?? {}];
  const began = await findBegun(github, run, platform.attempt);
  const hasOwnPlan = planned.attempt === String(platform.attempt);
  const reviews = hasOwnPlan ? await reviewsOfAttempt(github, run, needs) : [];
  // The run of an owner has one attempt only.
  if (owner !== undefined)
    reviews.push(...(await readReviews(github, run)), {
      state: "approved",
      user: environment.GITHUB_ACTOR ?? "",
      comment: "",
    });
  const trailers = await job.git.trailers(commit);
  const receipt = {
    kind: "receipt",
    repository: environment.GITHUB_REPOSITORY,
    commit,
    ...trailers,
    event,
    actor: environment.GITHUB_TRIGGERING_ACTOR,
    run: `${platform.runUrl ?? ""}/attempts/${platform.attempt}`,
    attempt: platform.attempt,
    time: new Date().toISOString(),
    change: planned.change ?? null,
    sealed_sha256: planned.sha256 || null,
    stacks: Stacks.parse(JSON.parse(applied.stacks || planned.stacks || "[]")),
    audit_sha256: applied.audit_sha256 || null,
    deletions: applied.audit_sha256
      ? { approved: Number(applied.approved), sent: Number(applied.sent), deleted: Number(applied.deleted) }
      : null,
    approvals: reviews,
    jobs: Object.fromEntries(Object.entries(needs).map(([name, { result }]) => [name, result])),
  };
  const ending = describeEnding(needs, {
    began,
    reviews,
    attempt: platform.attempt,
    deletions: receipt.deletions,
  });
  const markdown = [
    "<!-- genauth-users:receipt -->",
    `**${ending}**`,
    "",
    ...reviews.map(({ state, user }) => `- ${state} by @${user}`),
    ...(receipt.deletions
      ? [
          `- by the guard's audit: ${receipt.deletions.deleted} deleted, of ${receipt.deletions.sent} sent and ${receipt.deletions.approved} approved`,
        ]
      : []),
    `- jobs: ${Object.entries(receipt.jobs)
      .map((each) => each.join(" "))
      .join(", ")}`,
    ...Object.entries(trailers as Readonly<Record<string, string>>).map(
      ([name, text]) => `- ${name}: ${markdownCode(text)}`,
    ),
    `- commit ${commit}, [run, attempt ${platform.attempt}](${receipt.run})`,
    "",
  ].join("\n");
  const out = renewFolder(job, "receipt");
  writeFileSync(join(out, "receipt.json"), `${JSON.stringify({ ...receipt, ending }, null, 2)}\n`);
  writeFileSync(join(out, "receipt.md"), markdown);
  platform.addSummary(markdown);
  // The plan of a nightly run comes from no pull request.
  if (receipt.change !== "nothing" && event !== "schedule")
    await comment(job, github, markdown, commit, owner?.before || platform.before);
  return ending;
}

/** Which of the jobs that apply have begun in this attempt. One that waited until it was rejected or cancelled has had no runner. */
async function findBegun(github: GitHubApi, run: string, attempt: number): Promise<ReadonlySet<string>> {
  const { jobs } = AttemptJobs.parse(
    await github.read(`actions/runs/${run}/attempts/${attempt}/jobs?per_page=100`),
  );
  const begun = jobs.filter(
    ({ name, runner_id: runner, steps }) =>
      APPLIES.includes(name) && ((runner ?? 0) > 0 || (steps?.length ?? 0) > 0),
  );
  return new Set(begun.map(({ name }) => name));
}

/** GitHub lists the reviews of all attempts together. Those that were there before this attempt waited belong to others. */
async function reviewsOfAttempt(
  github: GitHubApi,
  run: string,
  { settings }: z.infer<typeof Needs>,
): Promise<RunReview[]> {
  if (settings === undefined || settings.result !== "success") return [];
  const earlier = Reviews.parse(JSON.parse(settings.outputs.reviews || "[]")).map((each) =>
    JSON.stringify(each),
  );
  return (await readReviews(github, run)).filter((review) => {
    const at = earlier.indexOf(JSON.stringify(review));
    if (at >= 0) earlier.splice(at, 1);
    return at < 0;
  });
}

interface Ending {
  readonly began: ReadonlySet<string>;
  readonly reviews: readonly RunReview[];
  readonly attempt: number;
  readonly deletions: { readonly deleted: number } | null;
}

function describeEnding(
  needs: z.infer<typeof Needs>,
  { began, reviews, attempt, deletions }: Ending,
): string {
  const result = (name: string): string | undefined => needs[name]?.result;
  const done =
    deletions === null
      ? "What it changed is not known here: the log of the job says it, and the summary of drift-after-apply who is left."
      : `${deletions.deleted} deleted. The log of the job says why, and the summary of drift-after-apply who is left.`;
  const ended = (name: string): string => {
    if (result(name) === "success") return `Applied as approved: ${deletions?.deleted ?? 0} deleted.`;
    return `Not applied as planned. ${done}`;
  };
  if ((result("owner") ?? "skipped") !== "skipped") {
    if (result("owner") !== "success") return "Refused. Nothing was applied.";
    const [name] = began;
    return name === undefined ? "It ended before the apply began. Nothing was applied." : ended("apply");
  }
  if (result("plan") !== "success") return "There is no plan that can be applied. Nothing was applied.";
  const { change, attempt: planned } = needs.plan?.outputs ?? {};
  if (change === "nothing") return "The plan changes nothing.";
  if (result("settings") !== "success")
    return "The settings of the repository stopped the run. Nothing was applied.";
  if (planned !== String(attempt)) {
    const other = `This attempt has no plan of its own: the plan is of attempt ${planned ?? "?"}.`;
    // An apply is refused in another attempt than that of its plan, so one with an audit ran in that one.
    return deletions === null ? `${other} Nothing was applied.` : `${other} That one: ${ended("apply")}`;
  }
  if (change === "without-deletions") {
    if (result("apply") === "success") return "Applied. Nobody was deleted, so nobody had to approve.";
    return "Not applied as planned. Nobody was deleted.";
  }
  if (result("apply") === "skipped")
    return "Not applied yet: an owner has to start the workflow. The summary of the run says how.";
  if (began.has("apply")) return ended("apply");
  if (reviews.some(({ state }) => state === "rejected")) return "Rejected. Nothing was applied.";
  return "It was cancelled while it waited for an approval. Nothing was applied.";
}

async function comment(
  { git, environment }: Job,
  github: GitHubApi,
  body: string,
  commit: string,
  before: string | undefined,
): Promise<void> {
  // A push can bring several pull requests, for example from a merge queue.
  const commits =
    /^[0-9a-f]{40}$/.test(before ?? "") && before !== undefined
      ? await git.commitsSince(before, commit)
      : [commit];
  const branch = (environment.GITHUB_REF ?? "").replace("refs/heads/", "");
  const numbers = new Set<number>();
  for (const each of commits)
    for (const { number, merged_at: merged, base } of MergedPulls.parse(
      await github.read(`commits/${each}/pulls`),
    ))
      if (merged !== null && merged !== undefined && base.ref === branch) numbers.add(number);
  for (const number of [...numbers].sort((one, other) => one - other))
    await github.send("POST", `issues/${number}/comments`, { body });
}
