import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod";
import { HANDED_OVER } from "./hand-over";
import type { CheckedRules, CommentThread, Job, Platform, PullRequest, Receipt } from "./job";
import { ApplyOutcome, describeOutcome, keepReceipt } from "./outcome";
import type { CheckedOut } from "./repository";
import { PlatformApi, readAnswer } from "./web";

const User = z.object({ username: z.string() });
const Deployments = z.array(
  z.object({
    id: z.number(),
    sha: z.string(),
    deployable: z
      .object({
        id: z.number(),
        name: z.string(),
        status: z.string(),
        finished_at: z.string().nullish(),
        pipeline: z.object({ id: z.number() }),
        user: User.nullish(),
      })
      .nullish(),
  }),
);
const Approved = z.object({
  approvals: z
    .array(
      z.object({
        user: User.transform(({ username }) => username),
        status: z.string(),
        created_at: z.string(),
        comment: z.string().nullish(),
      }),
    )
    .nullish()
    .transform((all) => all ?? []),
});
const MergeRequests = z.array(z.object({ web_url: z.string() }));
const RequestsOfCommit = z.array(z.object({ iid: z.number(), state: z.string(), target_branch: z.string() }));

const Notes = z.array(
  z.object({ id: z.number(), body: z.string().nullish(), author: z.object({ id: z.number() }) }),
);

/** The environment of the job that makes each file that is handed over. */
const MAKERS = { stacks: "synth", plan: "genauth-plan" } as const;

/** The environments of the jobs that apply. */
const APPLYING = ["genauth", "genauth-state"];

/**
 * GitLab, for one pipeline. The token of the job is enough for all but comments: it can read deployments and
 * artifacts. People approve the deployment of the job that applies, and start it.
 */
export class GitLab implements Platform {
  readonly runUrl: string | undefined;
  readonly attempt = 1;
  readonly pullRequest: PullRequest | undefined;
  readonly pushedFrom: string | undefined;
  readonly outdatedRun = "fails";
  readonly #environment: NodeJS.ProcessEnv;
  readonly #api: PlatformApi;
  readonly #pipeline: string;

  constructor(environment: NodeJS.ProcessEnv) {
    const { CI_API_V4_URL: url = "", CI_PROJECT_ID: project = "", CI_JOB_TOKEN: token = "" } = environment;
    const { CI_PIPELINE_ID: pipeline = "", CI_PIPELINE_URL: runUrl = "" } = environment;
    this.#environment = environment;
    this.#pipeline = pipeline;
    this.runUrl = runUrl.startsWith("https:") ? runUrl : undefined;
    this.pullRequest = readMergeRequest(environment);
    this.pushedFrom = environment.CI_COMMIT_BEFORE_SHA;
    this.#api = new PlatformApi({
      name: "GitLab",
      base: `${url}/projects/${project}`,
      headers: { "job-token": token },
      advise: () => ` ${RUN_AGAIN}`,
    });
  }

  setOutput(): void {
    // Later jobs read deployments and artifacts.
  }

  announceCutOff(): void {
    // Later pipelines read the artifact with the outcome.
  }

  async findCutOff(): Promise<string | undefined> {
    const all = await Promise.all(APPLYING.map((name) => this.#api.read(deploymentsOf(name), Deployments)));
    const [newest] = all
      .flat()
      .flatMap(({ id, deployable: job }) => (job?.finished_at ? [{ id, job }] : []))
      .filter(({ job }) => String(job.pipeline.id) !== this.#pipeline)
      .sort((one, other) => other.id - one.id);
    const outcome = newest && (await this.#findOutcome(newest.job.id));
    return outcome?.kind === "cut_off" ? describeOutcome(outcome) : undefined;
  }

  addSummary(): void {
    // People read the log.
  }

  async fetchBranch(git: CheckedOut, branch: string): Promise<true> {
    await git.fetch(branch);
    return true;
  }

  /**
   * Code of the repository can upload files with its job's token, and the runner would unpack them over the
   * checkout of the next job. So one file is fetched here, unless the runner has unpacked it, as with
   * the variable `ARTIFACTS: needs`.
   *
   * @throws Error unless exactly one job made it: an approval is for one plan, and a plan for one synthesis
   */
  async fetchHandedOver({ folder }: Job, file: keyof typeof MAKERS): Promise<void> {
    const environment = MAKERS[file];
    const [job, ...others] = await this.#jobsOf(environment);
    if (!job) return refuseHandedOver(`No job of this pipeline has handed over ${HANDED_OVER[file]}.`);
    if (others.length > 0)
      return refuseHandedOver(
        `The job with the environment ${environment} ran more than once in this pipeline, so nothing says which result was read.`,
      );
    if (this.#environment.ARTIFACTS === "needs") return;
    const { status, body } = await this.#api.call(artifactOf(job.id, file));
    if (status !== 200)
      return refuseHandedOver(`GitLab answered ${status} for ${pathOf(file)} of the job ${job.name}.`);
    const path = join(folder, HANDED_OVER[file]);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, body);
  }

  checkRules(): Promise<CheckedRules> {
    const sentence = "The rules of a project on GitLab cannot be read by its jobs. The README lists them.";
    return Promise.resolve({ sentence, faults: [] });
  }

  /** The log of this job is read, and the deployment of the job that applies is approved. */
  askForApproval(): Promise<void> {
    return Promise.resolve();
  }

  /** Older versions of GitLab do not answer the token of a job. */
  async findRequest(commit: string, branch: string): Promise<string | undefined> {
    const path = `repository/commits/${commit}/merge_requests`;
    const { status, body } = await this.#api.call(path);
    if (status !== 200) return undefined;
    const requests = readAnswer(body, RequestsOfCommit, `GitLab's answer for ${path}`);
    const found = requests.find((each) => each.state === "merged" && each.target_branch === branch);
    return found && `!${found.iid}`;
  }

  /** Refuses a plan that was approved before it was made. */
  async findApprovers(): Promise<readonly string[]> {
    const {
      CI_ENVIRONMENT_NAME: name = "",
      CI_JOB_ID: own = "",
      GITLAB_USER_LOGIN: user = "",
    } = this.#environment;
    const planned = (await this.#jobsOf(MAKERS.plan))[0]?.finished_at ?? undefined;
    const deployment = (await this.#jobsOf(name)).find(({ id }) => String(id) === own)?.deployment;
    if (planned === undefined || deployment === undefined)
      return refuseHandedOver("GitLab does not say when the plan was made, or who approved it.");
    const { approvals } = await this.#api.read(`deployments/${deployment}`, Approved);
    const isNewer = approvals.every(
      ({ status, created_at: at }) => status === "approved" && Date.parse(at) >= Date.parse(planned),
    );
    if (!isNewer) return refuseHandedOver("An approval is older than the plan, or it is a rejection.");
    process.stdout.write(
      approvals.length === 0
        ? `The environment ${name} asked for no approvals. ${user} started this job.\n`
        : approvals.map((approval) => `Approved by @${approval.user}.\n`).join(""),
    );
    return approvals.map((approval) => approval.user);
  }

  /** The token of a job cannot write a note, so a token of the project does. */
  async openComments(): Promise<CommentThread | undefined> {
    const {
      CI_API_V4_URL: base = "",
      CI_PROJECT_ID: project = "",
      GENAUTH_COMMENT_TOKEN: token = "",
    } = this.#environment;
    if (token === "") return undefined;
    const api = new PlatformApi({
      name: "GitLab",
      base,
      headers: { "private-token": token },
      advise: () =>
        " GENAUTH_COMMENT_TOKEN must be a project access token with the role Reporter and the scope api.",
    });
    const { id: self } = await api.read("user", z.object({ id: z.number() }));
    const path = `projects/${project}/merge_requests/${this.pullRequest?.number ?? ""}/notes`;
    return {
      api,
      path,
      pathOf: (id) => `${path}/${id}`,
      method: "PUT",
      async readPage(query) {
        const notes = await api.read(`${path}?${query}`, Notes);
        return { own: notes.filter(({ author }) => author.id === self), size: notes.length };
      },
    };
  }

  async writeReceipt(job: Job): Promise<Receipt> {
    const environment = this.#environment;
    const known = {
      kind: "receipt",
      project: environment.CI_PROJECT_PATH,
      commit: environment.CI_COMMIT_SHA,
      source: environment.CI_PIPELINE_SOURCE,
      pipeline: environment.CI_PIPELINE_URL,
      time: new Date().toISOString(),
    };
    return await keepReceipt(job, known, async () => {
      const applied = (await Promise.all(APPLYING.map((name) => this.#readApplies(name)))).flat();
      // A job that left all to another one says nothing here. The newest comes last.
      const began = applied.filter(({ outcome }) => outcome.kind !== "not_started").reverse();
      const ending = began.map((each) => `${each.job}: ${each.status}. ${describeOutcome(each.outcome)}`);
      return { ...(await job.git.trailers()), applied, ending: ending.join(" ") || "Nothing was applied." };
    });
  }

  /** The jobs of this pipeline that applied in an environment, with who approved each, and how it ended. */
  async #readApplies(environment: string) {
    const jobs = await this.#jobsOf(environment);
    return await Promise.all(
      jobs.map(async ({ deployment, ...job }) => {
        const path = `deployments/${deployment}`;
        const requests = await this.#api.read(`${path}/merge_requests`, MergeRequests);
        return {
          job: job.name,
          status: job.status,
          started_by: job.user?.username ?? null,
          finished_at: job.finished_at ?? null,
          ...(await this.#api.read(path, Approved)),
          merge_requests: requests.map(({ web_url: url }) => url),
          outcome: job.finished_at ? await this.#findOutcome(job.id) : ({ kind: "not_started" } as const),
        };
      }),
    );
  }

  /** How an apply ended, as it handed it over. Below Premium, a job cannot read that of another. */
  async #findOutcome(job: number): Promise<ApplyOutcome> {
    const path = artifactOf(job, "outcome");
    const { status, body } = await this.#api.call(path);
    return status === 200 ? readAnswer(body, ApplyOutcome, `The artifact ${path}`) : { kind: "unknown" };
  }

  /**
   * The jobs of this pipeline with an environment, the newest first. A deployment without a job, which a
   * token can create, does not count.
   */
  async #jobsOf(environment: string) {
    const all = await this.#api.read(deploymentsOf(environment), Deployments);
    return all.flatMap(({ id: deployment, deployable: job }) =>
      job && String(job.pipeline.id) === this.#pipeline ? [{ deployment, ...job }] : [],
    );
  }
}

/** A fork gets no job that plans, so no merge request with a job of this tool is foreign. */
function readMergeRequest({
  CI_MERGE_REQUEST_IID: number = "",
  CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: head = "",
  CI_MERGE_REQUEST_TARGET_BRANCH_NAME: target = "",
}: NodeJS.ProcessEnv): PullRequest | undefined {
  if (target === "") return undefined;
  return {
    number: /^\d+$/.test(number) ? Number(number) : undefined,
    head: head === "" ? undefined : head,
    target,
    isForeign: false,
  };
}

function pathOf(file: keyof typeof HANDED_OVER): string {
  return `genauth-run/${HANDED_OVER[file]}`;
}

function artifactOf(job: number, file: keyof typeof HANDED_OVER): string {
  return `jobs/${job}/artifacts/${pathOf(file)}`;
}

function deploymentsOf(environment: string): string {
  return `deployments?environment=${encodeURIComponent(environment)}&order_by=id&sort=desc&per_page=100`;
}

function refuseHandedOver(why: string): never {
  throw new Error(`${why} Nothing was planned or applied from it. ${RUN_AGAIN}`);
}

const RUN_AGAIN = 'Run a new pipeline: Build, Pipelines, "New pipeline".';
