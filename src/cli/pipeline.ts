import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Argument, Command, Option } from "commander";
import {
  applyPlans,
  checkGitHubRules,
  checkOwner,
  checkPaths,
  checkStackDrift,
  commentReport,
  compareWithLastNight,
  concludeNight,
  defused,
  findJobUsers,
  GitHubApi,
  GitLabPipeline,
  initPipeline,
  type Job,
  notifyPeople,
  PIPELINE_PLATFORMS,
  type PipelinePlatform,
  type PlannedRunChange,
  planStacks,
  prepareJob,
  readApprovers,
  readHistory,
  readOwners,
  readReviews,
  recordOutcome,
  refuseReachOfRequest,
  refuseKeyOutside,
  returnFolder,
  SETTINGS_FILE,
  showDifference,
  synthesizeStacks,
  withoutFences,
  writeGitHubReceipt,
  writeLockFiles,
} from "../pipeline";
import { EXIT_CODES_HELP, ExitCode } from "./command-line";

interface Options {
  readonly settings: string;
  readonly branch?: string;
  readonly stacksSha256?: string;
  readonly sealedPlansSha256?: string;
  readonly commentSha256?: string;
  readonly plannedAttempt?: string;
  readonly seal?: boolean;
  readonly comment?: boolean;
  readonly withoutDeletions?: boolean;
  readonly beforeMerge?: boolean;
  readonly afterApply?: boolean;
  readonly night?: boolean;
  readonly user?: string;
  readonly guardUser?: string;
  readonly run?: string;
  readonly commit?: string;
}

/** A job: what it does with what was given. @returns the exit code; default 0 */
type Work = (job: Job, options: Options, words: readonly string[]) => Promise<number | undefined>;

const sha256 = (flag: string, of: string): Option =>
  new Option(`${flag} <hex>`, `the SHA-256 of ${of}, from the job that made it`);

const SETTINGS = new Option("--settings <file>", "the settings of the pipeline").default(SETTINGS_FILE);
const BRANCH = new Option(
  "--branch <name>",
  "the target of a pull request (default: what GitHub or GitLab says)",
);
const STACKS = sha256("--stacks-sha256", "the tar of the stacks");
const BEFORE_MERGE = new Option(
  "--before-merge",
  "apply comes before the merge, as with Atlantis: no synth command, no links",
);
/** Of the jobs that run an engine with a key. */
const USERS = [
  new Option("--user <name>", "run the engine as this user; needs root"),
  new Option("--guard-user <name>", "with --user, the user of the guard; it holds the key"),
];

/** The jobs that read the settings: a line of help, their options, what they do, and whether only the files of a platform call them. */
const JOBS: Readonly<Record<string, readonly [string, readonly Option[], Work, "internal"?]>> = {
  synth: ["Write the stacks, in a job without a secret, and pack them.", [BRANCH, BEFORE_MERGE], synth],
  plan: [
    "Plan the packed stacks with a key that can only read, and report who leaves.",
    [
      STACKS,
      new Option("--seal", "seal the saved plans for the job that applies them, with GENAUTH_PLAN_KEY"),
      new Option("--comment", "print the report as text that ends no block of Markdown"),
      new Option(
        "--night",
        "only deletions whose day has come (default: in nightly runs of GitHub and GitLab)",
      ),
      ...USERS,
    ],
    plan,
  ],
  apply: [
    "Apply the saved plans that were approved, under the guard, and nothing else.",
    [
      sha256("--sealed-plans-sha256", "the sealed plans"),
      new Option("--planned-attempt <number>", "the attempt of the run that made the plan"),
      new Option("--commit <id>", "the commit that was planned"),
      new Option("--without-deletions", "refuse a plan that needs an approval; the key need only read"),
      BEFORE_MERGE,
      ...USERS,
    ],
    apply,
  ],
  drift: [
    "Compare the states with the user pool.",
    [STACKS, new Option("--after-apply", "not the check of a night, also in a nightly run"), ...USERS],
    drift,
  ],
  settings: [
    "Check the settings file and, with GITHUB_REPOSITORY and GH_TOKEN, the rules of the repository.",
    [],
    checkSettings,
  ],
  changes: [
    "Show what changes in the user files, for a pull request that gets no key.",
    [BRANCH],
    showChanges,
  ],
  lock: ["Write the lock files that the init of the engine compares.", [], lock],
  comment: [
    "GitHub, GitLab: keep one comment with the report in the pull request.",
    [sha256("--comment-sha256", "the comment")],
    comment,
    "internal",
  ],
  receipt: ["Write down who approved, what was applied, and how the jobs ended.", [], receipt, "internal"],
  night: ["GitHub: cancel older nights that wait, and keep an issue about drift.", [], night, "internal"],
  owner: [
    "GitHub: check that an owner asks for an apply who made none of its changes.",
    [new Option("--run <number>", "the run that made the plan")],
    owner,
    "internal",
  ],
};

/**
 * `genauth-users pipeline`: the jobs of a pipeline that plans what is merged, has a person approve it, and applies exactly that.
 *
 * @param environment contains the keys of the job, and what the platform sets
 * @param end receives the exit code
 */
export function pipelineCommand(environment: NodeJS.ProcessEnv, end: (code: number) => void): Command {
  const command = new Command("pipeline")
    .description("Run a job of a pipeline: plan what is merged, have it approved, and apply exactly that.")
    .addHelpText(
      "after",
      `
Each job begins with a check of the settings. What one hands to the next is in
the folder genauth-run.

Example:
  $ genauth-users pipeline init github
${EXIT_CODES_HELP}`,
    );
  command
    .command("init")
    .description("Write the files of a platform, and say what to set up there.")
    .addArgument(new Argument("<platform>", "where the pipeline runs").choices(PIPELINE_PLATFORMS))
    .action((platform: PipelinePlatform) => {
      process.stdout.write(`${initPipeline(platform, process.cwd()).join("\n")}\n`);
    });
  for (const [name, [line, options, work, internal]] of Object.entries(JOBS)) {
    const job = command
      .command(name, { hidden: internal !== undefined })
      .description(line)
      .addOption(SETTINGS);
    for (const option of options) job.addOption(option);
    if (work === lock) job.argument("[words...]", "further arguments of that init, after --");
    job.action(async (...given: unknown[]) => {
      const self = given.pop() as Command;
      await runJob(work, self.opts(), self.args, environment, end);
    });
  }
  return command;
}

async function runJob(
  work: Work,
  options: Options,
  words: readonly string[],
  environment: NodeJS.ProcessEnv,
  end: (code: number) => void,
): Promise<void> {
  const users = findJobUsers(options.user, options.guardUser);
  const job = prepareJob(environment, options.settings, users, options.night === true);
  try {
    if (options.beforeMerge === true) await refuseReachOfRequest(job);
    end((await work(job, options, words)) ?? ExitCode.OK);
  } catch (cause) {
    // It can quote files of the checkout.
    throw new Error(defused(cause instanceof Error ? cause.message : String(cause)), { cause });
  } finally {
    returnFolder(job);
  }
}

async function synth(job: Job, options: Options): Promise<undefined> {
  refuseKeyOutside(job.environment);
  if (job.platform.isForeign) {
    await showChanges(job, options);
    job.platform.setOutput("newest", "false");
    return;
  }
  const sha256 = await synthesizeStacks(job, options.branch ?? job.platform.target);
  job.platform.setOutput("newest", String(sha256 !== undefined));
  job.platform.setOutput("sha256", sha256 ?? "");
}

async function plan(job: Job, { stacksSha256, seal, comment }: Options): Promise<number> {
  if (job.platform.name === "gitlab") await new GitLabPipeline(job).fetchHandedOver("stacks");
  const planned = await planStacks(job, { stacksSha256, isSealed: seal === true });
  const { isRefused, change, reports, sha256, text, why } = planned;
  process.stdout.write(comment === true ? withoutFences(text) : text);
  if (sha256 !== undefined && change !== "nothing") {
    if (job.platform.name === "github") await askForApproval(job, change, sha256);
    const title = text.split("\n", 1)[0] ?? "";
    await notifyPeople(job, "plan_waits", title, why, { change, reports });
  }
  return isRefused ? ExitCode.FAILED : ExitCode.OK;
}

async function comment(job: Job, { commentSha256 }: Options): Promise<undefined> {
  process.stdout.write(`${await commentReport(job, commentSha256)}\n`);
}

/** Says how a sealed plan is approved here, once the rules of the repository hold. */
async function askForApproval(job: Job, change: PlannedRunChange, sha256: string): Promise<void> {
  const { platform, environment, settings } = job;
  const approval = await checkGitHubRules(job, change, Date.now());
  const { GITHUB_RUN_ID: run = "" } = environment;
  // What is added later is about this attempt.
  platform.setOutput("reviews", JSON.stringify(await readReviews(new GitHubApi(environment), run)));
  platform.setOutput("approval", approval);
  if (approval !== "dispatch") return;
  readOwners(environment);
  const why =
    change === "two-approvals"
      ? `The plan deletes more people than one person may approve (${settings.limits.two_approvals_above ?? 0}). An owner starts the apply, and then somebody else approves it.`
      : "The environment genauth requires no reviewers.";
  process.stdout.write(`::notice::${why} Nothing is applied by this run. The summary says how to go on.\n`);
  platform.addSummary(
    `### How to approve\n\n${why} Read the report above. An owner who made none of these changes then starts the workflow \`genauth\` on \`${settings.branch}\` with:\n\n- run: \`${run}\`\n- sha256: \`${sha256}\`\n`,
  );
}

async function checkSettings(job: Job): Promise<undefined> {
  const { stacks, synth: writesStacks } = job.settings;
  if (writesStacks === undefined) checkPaths(stacks, job.checkout);
  const later =
    writesStacks === undefined
      ? ""
      : " The folders of the stacks are checked when the synth command has written them.";
  process.stdout.write(`The settings are valid: ${stacks.map(({ name }) => name).join(", ")}.${later}\n`);
  if ((job.environment.GITHUB_REPOSITORY ?? "") === "") {
    process.stdout.write(
      "The rules of a repository on GitHub were not checked. GITHUB_REPOSITORY=OWNER/NAME and GH_TOKEN let this check them.\n",
    );
    return;
  }
  const approval = await checkGitHubRules(job, "approval", Date.now());
  process.stdout.write(`The rules of the repository hold. A plan is approved by ${approval}.\n`);
}

async function apply(job: Job, options: Options): Promise<number> {
  const { platform, git, settings } = job;
  const { plannedAttempt, sealedPlansSha256, withoutDeletions, beforeMerge, commit } = options;
  // True until the engine begins, whatever stops this job before that.
  recordOutcome(job, { kind: "refused" });
  if (plannedAttempt !== undefined && plannedAttempt !== String(platform.attempt))
    throw new Error(
      'This job was run again, but the plan was not. Nothing was applied. Choose "Re-run all jobs", which plans and asks anew.',
    );
  let approvers: readonly string[] = [];
  if (platform.name === "gitlab") {
    await git.fetch(settings.branch);
    const gitlab = new GitLabPipeline(job);
    await gitlab.fetchHandedOver("plan");
    await gitlab.fetchHandedOver("stacks");
    if (withoutDeletions !== true) {
      approvers = await gitlab.checkApproval();
      const { CI_ENVIRONMENT_NAME: environment = "", GITLAB_USER_LOGIN: user = "" } = job.environment;
      process.stdout.write(
        approvers.length === 0
          ? `The environment ${environment} asked for no approvals. ${user} started this job.\n`
          : approvers.map((name) => `Approved by @${name}.\n`).join(""),
      );
    }
  }
  const isWhole = await applyPlans(job, {
    planSha256: sealedPlansSha256,
    commit,
    isWithoutDeletions: withoutDeletions === true,
    isBeforeMerge: beforeMerge === true,
    findApprovers: () => (platform.name === "github" ? readApprovers(job) : Promise.resolve(approvers)),
  });
  return isWhole ? ExitCode.OK : ExitCode.FAILED;
}

async function drift(job: Job, { stacksSha256, afterApply }: Options): Promise<number> {
  const { platform, folder } = job;
  const isGitLab = platform.name === "gitlab";
  if (isGitLab) await new GitLabPipeline(job).fetchHandedOver("stacks");
  const isNightly = platform.isNight && afterApply !== true;
  const drifts = await checkStackDrift(job, stacksSha256, isNightly);
  process.stdout.write(readFileSync(join(folder, "drift", "drift.md")));
  if (!isGitLab || !isNightly) return ExitCode.OK;
  const { sentence, isTold } = compareWithLastNight(drifts, join(folder, "..", ".genauth-night"), Date.now());
  process.stdout.write(`${sentence}\n`);
  return isTold ? ExitCode.FAILED : ExitCode.OK;
}

async function receipt(job: Job): Promise<undefined> {
  const isGitLab = job.platform.name === "gitlab";
  const { NEEDS = "" } = job.environment;
  if (!isGitLab && NEEDS === "") throw new Error("This step needs NEEDS: ${{ toJSON(needs) }}.");
  const written = isGitLab
    ? await new GitLabPipeline(job).writeReceipt(async () => (await readHistory(job)).trailers)
    : await writeGitHubReceipt(job, NEEDS);
  const { ending, ticket, reason } = written;
  process.stdout.write(`${isGitLab ? JSON.stringify(written, null, 2) : ending}\n`);
  const why = { ...(ticket && { ticket }), ...(reason && { reason }) };
  await notifyPeople(job, "apply_ended", ending, why, { receipt: written });
}

async function night(job: Job): Promise<undefined> {
  await concludeNight(job, join(job.folder, "drift"));
}

async function owner(job: Job, { run = "" }: Options): Promise<undefined> {
  for (const [name, value] of Object.entries(await checkOwner(job, run)))
    job.platform.setOutput(name, String(value));
}

async function showChanges(job: Job, { branch }: Options): Promise<undefined> {
  const { settings, git, platform } = job;
  const target = branch ?? platform.target ?? settings.branch;
  const files = settings.stacks.flatMap(({ user_files: each }) => each);
  if (files.length === 0) throw new Error("The settings name no user_files, so nothing says what to show.");
  const shown = showDifference(await git.difference(target, files), files);
  const text = `There is no plan, because this pull request gets no key. This is what changes in the user files.\n\n${shown}`;
  platform.addSummary(text);
  process.stdout.write(text);
}

async function lock(job: Job, _options: Options, words: readonly string[]): Promise<undefined> {
  for (const file of await writeLockFiles(job, words)) process.stdout.write(`Commit ${file}.\n`);
}
