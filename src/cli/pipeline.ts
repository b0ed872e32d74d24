import { Argument, Command, Option } from "commander";
import {
  apply,
  type ApplyOptions,
  checkOwner,
  checkSettings,
  commentReport,
  defused,
  findJobUsers,
  initPipeline,
  loadDrift,
  loadPlan,
  type Job,
  PIPELINE_PLATFORMS,
  type PipelinePlatform,
  prepareJob,
  returnFolder,
  SETTINGS_FILE,
  settleOutcome,
  showChanges,
  synth,
  type SynthOptions,
  writeLockFiles,
  writeReceipt,
} from "../pipeline";
import { detailedExitCodeOption, EXIT_CODES_HELP, ExitCode } from "./command-line";

/** The options that all jobs have, and those of the jobs that run an engine with a key. */
interface Options {
  readonly settings: string;
  readonly user?: string;
  readonly guardUser?: string;
}

/** How a job ends, as an exit code; undefined: it is done. */
type End = number | undefined;

/**
 * `cdktf-genauth pipeline`: the jobs of a pipeline that plans what is merged, has a person approve it, and
 * applies exactly that.
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
  $ cdktf-genauth pipeline init github
${EXIT_CODES_HELP}`,
    );

  /** Adds a job. @param isInternal only the files of a platform call it */
  const add = (name: string, line: string, isInternal = false): Command =>
    command
      .command(name, { hidden: isInternal })
      .description(line)
      .option("--settings <file>", "the settings of the pipeline", SETTINGS_FILE);

  /** Makes the action of a command: it prepares the job, does the work, and ends with its exit code. */
  const run =
    <T extends Options>(work: (job: Job, options: T) => Promise<End>) =>
    (options: T): Promise<void> =>
      runJob(environment, options, async (job) => end((await work(job, options)) ?? ExitCode.OK));

  command
    .command("init")
    .description("Write the files of a platform, and say what to set up there.")
    .addArgument(new Argument("<platform>", "where the pipeline runs").choices(PIPELINE_PLATFORMS))
    .action((platform: PipelinePlatform) => {
      process.stdout.write(`${initPipeline(platform, process.cwd()).join("\n")}\n`);
    });

  add("synth", "Write the stacks, in a job without a secret, and pack them.")
    .addOption(branchOption())
    .action(run(done<Options & SynthOptions>(synth)));

  addUsers(add("plan", "Plan the packed stacks with a key that can only read, and report who leaves."))
    .addOption(sha256Option("--stacks-sha256", "the tar of the stacks"))
    .option("--seal", "seal the saved plans for the job that applies them, with GENAUTH_PLAN_KEY")
    .action(
      run(async (job, options: Options & { readonly stacksSha256?: string; readonly seal?: boolean }) => {
        const { plan } = await loadPlan();
        return (await plan(job, options)) ? ExitCode.OK : ExitCode.FAILED;
      }),
    );

  addUsers(add("apply", "Apply the saved plans that were approved, under the guard, and nothing else."))
    .addOption(sha256Option("--sealed-plans-sha256", "the sealed plans"))
    .option("--planned-attempt <number>", "the attempt of the run that made the plan")
    .option("--commit <id>", "the commit that was planned")
    .option(
      "--without-deletions",
      "leave a plan that needs an approval, with exit code 2; the key need only read",
    )
    .action(
      run(async (job, options: Options & ApplyOptions) => {
        const codes = { whole: ExitCode.OK, "in part": ExitCode.FAILED, left: ExitCode.DIFFERENCE };
        return codes[await apply(job, options)];
      }),
    );

  addUsers(add("drift", "Compare the states with the user pool."))
    .addOption(sha256Option("--stacks-sha256", "the tar of the stacks"))
    .addOption(detailedExitCodeOption())
    .action(
      run(
        async (
          job,
          options: Options & { readonly stacksSha256?: string; readonly detailedExitcode?: boolean },
        ) => {
          const { findDrift } = await loadDrift();
          const isDrift = await findDrift(job, options.stacksSha256);
          return isDrift && options.detailedExitcode === true ? ExitCode.DIFFERENCE : ExitCode.OK;
        },
      ),
    );

  add(
    "settings",
    "Check the settings file and, with GITHUB_REPOSITORY and GH_TOKEN, the rules of the repository.",
  )
    .option(
      "--fix",
      "GitHub: with the token of an administrator, set what is missing, and print each call first",
    )
    .action(run(done<Options & { readonly fix?: boolean }>(checkSettings)));

  add("changes", "Show what changes in the user files, for a pull request that gets no key.")
    .addOption(branchOption())
    .action(run(done<Options & SynthOptions>(showChanges)));

  add("lock", "Write the lock files that the init of the engine compares.")
    .argument("[words...]", "further arguments of that init, after --")
    .action((words: readonly string[], options: Options) =>
      runJob(environment, options, async (job) => {
        for (const file of await writeLockFiles(job, words)) process.stdout.write(`Commit ${file}.\n`);
      }),
    );

  add("comment", "GitHub, GitLab: keep one comment with the report in the pull request.", true)
    .addOption(sha256Option("--comment-sha256", "the comment"))
    .action(
      run(async (job, { commentSha256 }: Options & { readonly commentSha256?: string }) => {
        process.stdout.write(`${await commentReport(job, commentSha256)}\n`);
        return undefined;
      }),
    );

  add("outcome", "Count what an apply did that was cut off before it could say so.", true).action(
    run(async (job) => {
      const text = await settleOutcome(job);
      if (text !== undefined) process.stdout.write(`${text}\n`);
      return undefined;
    }),
  );

  add("receipt", "Write down who approved, what was applied, and how the jobs ended.", true).action(
    run(done(writeReceipt)),
  );

  add("owner", "GitHub: check that an owner asks for an apply who made none of its changes.", true)
    .option("--run <number>", "the run that made the plan", "")
    .action(
      run(async (job, { run: planned }: Options & { readonly run: string }) => {
        for (const [name, value] of Object.entries(await checkOwner(job, planned)))
          job.platform.setOutput(name, String(value));
        return undefined;
      }),
    );

  return command;
}

function sha256Option(flag: string, of: string): Option {
  return new Option(`${flag} <hex>`, `the SHA-256 of ${of}, from the job that made it`);
}

function branchOption(): Option {
  return new Option("--branch <name>", "the target of a pull request (default: what GitHub or GitLab says)");
}

function addUsers(command: Command): Command {
  return command
    .option("--user <name>", "run the engine as this user; needs root")
    .option("--guard-user <name>", "with --user, the user of the guard; it holds the key");
}

/** A job that ends well, or throws. */
function done<T extends Options>(work: (job: Job, options: T) => Promise<void>) {
  return async (job: Job, options: T): Promise<End> => {
    await work(job, options);
    return undefined;
  };
}

async function runJob(
  environment: NodeJS.ProcessEnv,
  { settings, user, guardUser }: Options,
  work: (job: Job) => Promise<void>,
): Promise<void> {
  try {
    const job = prepareJob(environment, settings, findJobUsers(user, guardUser));
    try {
      await work(job);
    } finally {
      returnFolder(job);
    }
  } catch (cause) {
    // It can quote files of the checkout, such as the settings.
    throw new Error(defused(cause instanceof Error ? cause.message : String(cause)), { cause });
  }
}
