import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod";
import { HANDED_OVER, readPlainFile, sha256Of, type StackDrift } from "./hand-over";
import { type Job, LONGEST_PAUSE_MS } from "./job";
import { ApplyOutcome, describeOutcome, keepReceipt, type Receipt } from "./outcome";
import type { CommitTrailers } from "./repository";
import { PlatformApi, readAnswer } from "./web";

/** What GitLab's pipeline needs of GitLab's API. The token of the job is the only one: it can read deployments and artifacts. */

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
        pipeline: z.object({ id: z.number(), source: z.string().optional() }),
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

/** The environment of the job that makes each file that is handed over. */
const MAKERS = { stacks: "synth", plan: "genauth-plan" } as const;

/** GitLab, for one pipeline. */
export class GitLabPipeline {
  readonly #api: PlatformApi;
  readonly #id: string;

  constructor(private readonly job: Job) {
    const {
      CI_API_V4_URL: url = "",
      CI_PROJECT_ID: project = "",
      CI_JOB_TOKEN: token = "",
      CI_PIPELINE_ID: id = "",
    } = job.environment;
    this.#id = id;
    this.#api = new PlatformApi({
      name: "GitLab",
      base: `${url}/projects/${project}`,
      headers: { "job-token": token },
      advise: () => ` ${RUN_AGAIN}`,
    });
  }

  /**
   * Fetches what a job of this pipeline handed over into the folder of the run, unless the runner has unpacked it there
   * (`ARTIFACTS: needs`). Code of the repository can upload files with its job's token, and the runner would unpack them over the
   * checkout of the next job.
   *
   * @throws Error unless exactly one job made it: an approval is for one plan, and a plan for one synthesis
   */
  async fetchHandedOver(name: keyof typeof MAKERS): Promise<void> {
    const environment = MAKERS[name];
    const jobs = await this.#jobsOf(environment);
    const [job] = jobs;
    if (!job) return refuseHandedOver(`No job of this pipeline has handed over ${HANDED_OVER[name]}.`);
    if (jobs.length > 1)
      return refuseHandedOver(
        `The job with the environment ${environment} ran more than once in this pipeline, so nothing says which result was read.`,
      );
    if (this.job.environment.ARTIFACTS === "needs") return;
    const file = join(this.job.folder, HANDED_OVER[name]);
    const path = `jobs/${job.id}/artifacts/${pathOf(name)}`;
    const { status, body } = await this.#api.call(path);
    if (status !== 200)
      return refuseHandedOver(`GitLab answered ${status} for ${pathOf(name)} of the job ${job.name}.`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, body);
  }

  /** Refuses to apply a plan that was approved before it was made. @returns who approved it; nobody, if nobody had to */
  async checkApproval(): Promise<string[]> {
    const { CI_ENVIRONMENT_NAME: environment = "", CI_JOB_ID: own = "" } = this.job.environment;
    const planned = (await this.#jobsOf(MAKERS.plan))[0]?.finished_at ?? undefined;
    const deployment = (await this.#jobsOf(environment)).find(({ id }) => String(id) === own)?.deployment;
    if (planned === undefined || deployment === undefined)
      return refuseHandedOver("GitLab does not say when the plan was made, or who approved it.");
    const { approvals } = await this.#api.read(`deployments/${deployment}`, Approved);
    const isNewer = approvals.every(
      ({ status, created_at: at }) => status === "approved" && Date.parse(at) >= Date.parse(planned),
    );
    if (!isNewer) return refuseHandedOver("An approval is older than the plan, or it is a rejection.");
    return approvals.map(({ user }) => user);
  }

  /** The last commit of the branch that was applied whole, as far as the artifacts of its apply are still there. */
  async findLastApplied(): Promise<string | undefined> {
    const all = await Promise.all(APPLYING.map((name) => this.#api.read(deploymentsOf(name), Deployments)));
    const jobs = all
      .flat()
      .sort((one, other) => other.id - one.id)
      .flatMap(({ sha, deployable: job }) => (job ? [{ sha, ...job }] : []))
      // A night applies none of what its commit brought.
      .filter(({ pipeline: { id, source } }) => String(id) !== this.#id && source !== "schedule");
    for (const { id, sha, status } of jobs)
      if (status === "success" && (await this.#findOutcome(id)).kind === "as_approved") return sha;
    return undefined;
  }

  /**
   * Writes down who approved this pipeline's plan, and how the jobs that apply ended. It names nobody who leaves.
   *
   * @param readWhy finds out why the changes were made
   */
  async writeReceipt(readWhy: () => Promise<CommitTrailers>): Promise<Receipt> {
    const { environment } = this.job;
    const known = {
      kind: "receipt",
      project: environment.CI_PROJECT_PATH,
      commit: environment.CI_COMMIT_SHA,
      source: environment.CI_PIPELINE_SOURCE,
      pipeline: environment.CI_PIPELINE_URL,
      time: new Date().toISOString(),
    };
    return await keepReceipt(this.job, known, async () => {
      const applied = [];
      for (const name of APPLYING)
        for (const { deployment, ...job } of await this.#jobsOf(name)) {
          const path = `deployments/${deployment}`;
          const requests = await this.#api.read(`${path}/merge_requests`, MergeRequests);
          applied.push({
            job: job.name,
            status: job.status,
            started_by: job.user?.username ?? null,
            finished_at: job.finished_at ?? null,
            ...(await this.#api.read(path, Approved)),
            merge_requests: requests.map(({ web_url: url }) => url),
            outcome: job.finished_at ? await this.#findOutcome(job.id) : ({ kind: "not_started" } as const),
          });
        }
      // A job that left all to another one says nothing here. The newest comes last.
      const began = applied.filter(({ outcome }) => outcome.kind !== "not_started").reverse();
      const ending = began.map((each) => `${each.job}: ${each.status}. ${describeOutcome(each.outcome)}`);
      return { ...(await readWhy()), applied, ending: ending.join(" ") || "Nothing was applied." };
    });
  }

  /** How an apply ended, as it handed it over. Below Premium, a job cannot read that of another. */
  async #findOutcome(job: number): Promise<ApplyOutcome> {
    const path = `jobs/${job}/artifacts/${pathOf("outcome")}`;
    const { status, body } = await this.#api.call(path);
    return status === 200 ? readAnswer(body, ApplyOutcome, `The artifact ${path}`) : { kind: "unknown" };
  }

  /** The jobs of this pipeline with an environment, the newest first. A deployment without a job, which a token can create, does not count. */
  async #jobsOf(environment: string) {
    const all = await this.#api.read(deploymentsOf(environment), Deployments);
    return all.flatMap(({ id: deployment, deployable: job }) =>
      job && String(job.pipeline.id) === this.#id ? [{ deployment, ...job }] : [],
    );
  }
}

/** The environments of the jobs that apply. */
const APPLYING = ["genauth", "genauth-state"];

function pathOf(name: keyof typeof HANDED_OVER): string {
  return `genauth-run/${HANDED_OVER[name]}`;
}

function deploymentsOf(environment: string): string {
  return `deployments?environment=${encodeURIComponent(environment)}&order_by=id&sort=desc&per_page=100`;
}

function refuseHandedOver(why: string): never {
  throw new Error(`${why} Nothing was planned or applied from it. ${RUN_AGAIN}`);
}

const RUN_AGAIN = 'Run a new pipeline: Build, Pipelines, "New pipeline".';

const Told = z.object({ people: z.string(), night: z.string() });

/**
 * Says whether somebody must be told: other people are in the drift than the last time, or no night ran for long. GitLab sends the
 * owner of the schedule a mail if the job fails, so it must fail once, and not every night.
 *
 * @param file in the cache of the job: who was told of, and when the last night ran
 * @param now in milliseconds
 */
export function compareWithLastNight(
  drifts: readonly StackDrift[],
  file: string,
  now: number,
): { readonly sentence: string; readonly isTold: boolean } {
  const found = drifts.filter(({ people }) => people !== "none");
  const people =
    found.length === 0 ? "none" : sha256Of(JSON.stringify(found.map((each) => [each.name, each.people])));
  const last = readTold(file);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ people, night: new Date(now).toISOString() }));
  const pause = last === undefined ? 0 : now - Date.parse(last.night);
  const missed =
    last !== undefined && pause > LONGEST_PAUSE_MS
      ? `No nightly pipeline ran for ${Math.round(pause / 3_600_000)} hours, since ${last.night}. Nobody learnt of drift in that time. `
      : "";
  const isOther = people !== (last?.people ?? "none");
  const sentence = !isOther
    ? "The drift is the same as the last time."
    : people === "none"
      ? "There is no drift any more."
      : "Other people are in the drift than the last time. The report above names them.";
  return { sentence: missed + sentence, isTold: missed !== "" || (isOther && people !== "none") };
}

function readTold(file: string): z.infer<typeof Told> | undefined {
  // There is none in the first night, or when the cache was emptied: nothing to compare with.
  if (!existsSync(file)) return undefined;
  return Told.parse(JSON.parse(readPlainFile(file).toString("utf8")));
}
