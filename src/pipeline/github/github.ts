import { appendFileSync, readFileSync } from "node:fs";
import * as z from "zod";
import type { CheckedRules, CommentThread, Job, Platform, PlanToApprove, PullRequest, Receipt } from "../job";
import { GitHubApi } from "./api";
import { readOwners } from "./owner";
import { findMergedPulls } from "./pulls";
import { writeGitHubReceipt } from "./receipt";
import { checkGitHubRules, describeFault, findReadFaults, findRuleFaults } from "./rules";
import { findAnnotation, readReviews } from "./runs";

/** The title of the annotation of an apply that was cut off. */
const CUT_OFF = "The apply was cut off";

const Comments = z.array(
  z.object({ id: z.number(), body: z.string().nullish(), user: z.object({ login: z.string() }).nullish() }),
);

/**
 * GitHub, for one run of the workflow. The job that applies waits in the environment `genauth` for its
 * reviewers; where there are none, an owner starts the workflow with the number of the run and the SHA-256 of
 * its plan.
 */
export class GitHub implements Platform {
  readonly runUrl: string;
  readonly attempt: number;
  readonly pullRequest: PullRequest | undefined;
  readonly pushedFrom: string | undefined;
  readonly outdatedRun = "ends";
  readonly #environment: NodeJS.ProcessEnv;

  constructor(environment: NodeJS.ProcessEnv) {
    const { GITHUB_SERVER_URL: server = "", GITHUB_REPOSITORY: repository = "" } = environment;
    const { GITHUB_RUN_ID: run = "", GITHUB_RUN_ATTEMPT: attempt } = environment;
    this.#environment = environment;
    this.runUrl = `${server}/${repository}/actions/runs/${run}`;
    this.attempt = Number(attempt ?? 1);
    const event = readEvent(environment);
    this.pullRequest = readPullRequest(environment, event);
    // That of a pull request is about its own branch.
    this.pushedFrom = this.pullRequest ? undefined : event?.before;
  }

  setOutput(name: string, value: string): void {
    const { GITHUB_OUTPUT: file } = this.#environment;
    if (value.includes("\n")) throw new Error(`The output ${name} must be one line.`);
    if (file !== undefined) appendFileSync(file, `${name}=${value}\n`);
  }

  /** An annotation of this job, which no other job can write. */
  announceCutOff(text: string): void {
    process.stdout.write(`::warning title=${CUT_OFF}::${text}\n`);
  }

  async findCutOff({ settings }: Job): Promise<string | undefined> {
    return await findAnnotation(new GitHubApi(this.#environment), settings.branch, CUT_OFF);
  }

  addSummary(markdown: string): void {
    const { GITHUB_STEP_SUMMARY: file } = this.#environment;
    if (file !== undefined) appendFileSync(file, `${markdown}\n`);
  }

  /** The checkout of the workflow has fetched all branches. */
  fetchBranch(): Promise<true> {
    return Promise.resolve(true);
  }

  /** The workflow downloads the artifacts, whose SHA-256 comes as an output. */
  fetchHandedOver(): Promise<void> {
    return Promise.resolve();
  }

  async checkRules(job: Job): Promise<CheckedRules> {
    const { approval, faults } = await findRuleFaults(job, 1);
    const all = [...faults, ...(await findReadFaults(job))];
    const sentence =
      all.length > 0 ? "" : `The rules of the repository hold. A plan is approved by ${approval}.`;
    return { sentence, faults: all.map(describeFault) };
  }

  async fixRules(job: Job): Promise<void> {
    const github = new GitHubApi(this.#environment);
    const { faults } = await findRuleFaults(job, 1);
    const calls = [...faults, ...(await findReadFaults(job))].flatMap((fault) => fault.calls ?? []);
    // One call can mend several faults.
    for (const { method, path, body } of new Map(
      calls.map((call) => [JSON.stringify(call), call]),
    ).values()) {
      const text = body === undefined ? "" : ` ${JSON.stringify(body)}`;
      process.stdout.write(`${method} ${path}${text}\n`);
      await github.send(method, path, body);
    }
  }

  async askForApproval(job: Job, { approvals, sha256 }: PlanToApprove): Promise<void> {
    const { settings } = job;
    const { GITHUB_RUN_ID: run = "" } = this.#environment;
    const approval = await checkGitHubRules(job, approvals);
    // What is added later is about this attempt.
    this.setOutput("reviews", JSON.stringify(await readReviews(new GitHubApi(this.#environment), run)));
    this.setOutput("approval", approval);
    if (approval !== "dispatch") return;
    readOwners(this.#environment);
    const why =
      approvals === 2
        ? `The plan deletes more people than one person may approve (${settings.limits.two_approvals_above ?? 0}). An owner starts the apply, and then somebody else approves it.`
        : "The environment genauth requires no reviewers.";
    process.stdout.write(`::notice::${why} Nothing is applied by this run. The summary says how to go on.\n`);
    this.addSummary(
      `### How to approve\n\n${why} Read the report above. An owner who made none of these changes then starts the workflow \`genauth\` on \`${settings.branch}\` with:\n\n- run: \`${run}\`\n- sha256: \`${sha256}\`\n`,
    );
  }

  /** The reviewers, and the owner who started this run for another plan, as the job `owner` has checked. */
  async findApprovers(): Promise<readonly string[]> {
    const {
      GITHUB_RUN_ID: run = "",
      GITHUB_EVENT_NAME: event,
      GITHUB_TRIGGERING_ACTOR: actor,
    } = this.#environment;
    const reviews = await readReviews(new GitHubApi(this.#environment), run);
    return [
      ...reviews.filter(({ state }) => state === "approved").map(({ user }) => user),
      ...(event === "workflow_dispatch" && actor !== undefined ? [actor] : []),
    ];
  }

  /** A step may have no token: only the message of the commit tells it then. */
  async findRequest(commit: string, branch: string): Promise<string | undefined> {
    if ((this.#environment.GH_TOKEN ?? "") === "") return undefined;
    const [number] = await findMergedPulls(new GitHubApi(this.#environment), commit, branch);
    return number === undefined ? undefined : `#${number}`;
  }

  openComments(): Promise<CommentThread> {
    const api = new GitHubApi(this.#environment);
    const path = `issues/${this.pullRequest?.number ?? ""}/comments`;
    return Promise.resolve({
      api,
      path,
      pathOf: (id) => `issues/comments/${id}`,
      method: "PATCH",
      async readPage(query) {
        const comments = await api.read(`${path}?${query}`, Comments);
        // The account of every job's token.
        const own = comments.filter(({ user }) => user?.login === "github-actions[bot]");
        return { own, size: comments.length };
      },
    });
  }

  writeReceipt(job: Job): Promise<Receipt> {
    const { NEEDS = "" } = this.#environment;
    if (NEEDS === "") throw new Error("This step needs NEEDS: ${{ toJSON(needs) }}.");
    return writeGitHubReceipt(job, NEEDS);
  }
}

/** The parts of GitHub's event that no variable holds. */
const Event = z.object({
  /** Of a push. */
  before: z.string().optional(),
  pull_request: z
    .object({
      head: z.object({ sha: z.string(), repo: z.object({ full_name: z.string() }).nullish() }),
      user: z.object({ login: z.string() }),
    })
    .optional(),
  merge_group: z.object({ base_ref: z.string() }).optional(),
});

type Event = z.infer<typeof Event>;

/** @returns undefined for a person who checks the rules */
function readEvent({ GITHUB_EVENT_PATH: file }: NodeJS.ProcessEnv): Event | undefined {
  return file === undefined ? undefined : Event.parse(JSON.parse(readFileSync(file, "utf8")));
}

function readPullRequest(
  {
    GITHUB_EVENT_NAME: event,
    GITHUB_REF: ref = "",
    GITHUB_BASE_REF: base = "",
    GITHUB_REPOSITORY: repository,
  }: NodeJS.ProcessEnv,
  { pull_request: request, merge_group: group }: Event = {},
): PullRequest | undefined {
  const target = base || group?.base_ref.replace(/^refs\/heads\//, "");
  if (target === undefined || target === "") return undefined;
  const [, number] = /^refs\/pull\/(\d+)\/merge$/.exec(ref) ?? [];
  return {
    number: event === "pull_request" && number !== undefined ? Number(number) : undefined,
    head: request?.head.sha,
    target,
    // A fork that was deleted has no repository.
    isForeign:
      request !== undefined &&
      (request.head.repo?.full_name !== repository || request.user.login === "dependabot[bot]"),
  };
}
