import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ownProgram } from "../guard/command";
import type { PlanReport } from "../reports";
import { readEngineErrors, showEngineError, writeEngineErrors } from "./engine-messages";
import { holdsDueDeletions, limitVariables } from "./environment";
import {
  describeStacks,
  type PlannedRunChange,
  type PlannedStackChange,
  readHandedOver,
  sealPlans,
  sha256Of,
  writeHandedOver,
} from "./hand-over";
import { type Job, renewFolder } from "./job";
import { checkPolicy } from "./policy";
import { showLine, startProgram, underGuard, withoutCommands } from "./programs";
import { trailerOptions } from "./repository";
import type { PipelineStack } from "./settings";
import { Workspace } from "./workspace";

/** How stacks are planned. */
export interface PlanOptions {
  /** Of the tar of the stacks, as the job said that made it. */
  readonly stacksSha256: string | undefined;
  /** Whether the saved plans are sealed for an apply. */
  readonly isSealed: boolean;
}

/** What a run plans. */
export interface PlannedRun {
  readonly change: PlannedRunChange;
  /** Whether it must not be applied. */
  readonly isRefused: boolean;
  /** Of the sealed plans. */
  readonly sha256: string | undefined;
  /** The reports of all stacks, as text. */
  readonly text: string;
}

/** A stack of a run, planned and reported. */
interface PlannedStack extends MadeReport {
  readonly stack: PipelineStack;
  readonly change: PlannedStackChange;
  readonly plan?: Buffer;
  readonly json?: string;
  readonly reportSha256: string;
  /** How many users it deletes, at most. */
  readonly deletions: number;
}

/**
 * Plans all stacks under a guard that lets only reads pass, and reports whose accounts the plans delete. A stack that cannot be
 * planned holds up no other. A nightly run plans the deletions that are due; any other holds them.
 *
 * Writes the reports, and the sealed plans if nothing is refused, to the folder of the run.
 *
 * @throws Error if the stacks are not the ones that were handed over, or cannot be initialized
 */
export async function planStacks(job: Job, { stacksSha256, isSealed }: PlanOptions): Promise<PlannedRun> {
  const { settings, environment, users, folder, platform } = job;
  const tar = readHandedOver(folder, "stacks", stacksSha256);
  const out = renewFolder(job, "plan");
  const workspace = new Workspace(settings, job.checkout, environment, users);
  try {
    await workspace.unpack(tar);
    await workspace.init();
    const isDue = platform.isNight;
    const variables: Readonly<Record<string, string>> = {
      ...limitVariables(settings, environment, workspace.folder),
      ...(!isDue && { GENAUTH_DUE_DELETIONS: "hold" }),
    };
    const commit = await job.git.commit();
    const context = ["--commit", commit, ...trailerOptions(await job.git.trailers())];
    const { GENAUTH_MAX_DELETIONS: most = "0" } = variables;
    // The report of a stack alone is that of the run.
    const limit = settings.stacks.length > 1 ? undefined : most;
    const planned: PlannedStack[] = [];
    await underGuard({ args: ["--read-only"], users, environment, variables }, async (reached) => {
      for (const stack of settings.stacks) {
        const made = await workspace.plan(stack, { ...variables, ...reached });
        const reach = { ...variables, ...reached };
        planned.push(await reportStack(job, { out, stack, context, isDue, limit, reach, ...made }));
      }
    });
    return await finishPlan(job, planned, {
      commit,
      isDue,
      isSealed,
      stacksSha256: sha256Of(tar),
      limit: most,
    });
  } finally {
    workspace.close();
  }
}

interface Made {
  readonly out: string;
  readonly stack: PipelineStack;
  /** The options that say of what the report is. */
  readonly context: readonly string[];
  readonly isDue: boolean;
  readonly limit: string | undefined;
  /** How the report reaches the pool through the guard. */
  readonly reach: Readonly<Record<string, string>>;
  readonly code: number;
  readonly messages: string;
  readonly plan?: Buffer;
  readonly json?: string;
}

/** @throws Error if there is no report. Of a stack without a plan, the report says why */
async function reportStack(
  job: Job,
  { out, stack, context, isDue, limit, reach, code, messages, plan, json }: Made,
): Promise<PlannedStack> {
  const files = join(out, stack.name);
  mkdirSync(files);
  const { settings, platform, environment } = job;
  const inputs = join(files, "input");
  mkdirSync(inputs);
  const errors = json === undefined ? readEngineErrors(messages, code) : [];
  for (const error of errors) showEngineError(error);
  writeFileSync(join(inputs, "plan.json"), json ?? "");
  writeFileSync(join(inputs, "messages.jsonl"), json === undefined ? writeEngineErrors(errors) : messages);
  const denied = json === undefined ? [] : await checkPolicy(job, join(inputs, "plan.json"));
  const args = [
    ...["input/plan.json", "--messages", "input/messages.jsonl", "--stack", stack.name, ...context],
    ...["--room", settings.stacks.length > 1 ? "comment" : "summary"],
    ...(platform.runUrl === undefined ? [] : ["--run-url", platform.runUrl]),
    ...["--fail-unless-whole", "--only-allowed"],
    ...denied.map((text) => `--refuse=${text}`),
    ...(isDue ? ["--due-alone"] : []),
    ...(limit === undefined ? [] : ["--fail-above", limit]),
    ...settings.allow.flatMap((entry) => ["--allow", entry]),
    ...["--look-up", ...settings.report_arguments],
  ];
  const reported = await makeReport(job, files, args, reach);
  rmSync(inputs, { recursive: true });
  const data = readFileSync(join(files, "report.json"), "utf8");
  const report = JSON.parse(data) as PlanReport;
  const change = classifyChange(report, isDue);
  const overdue =
    isDue && change === "nothing" && !holdsDueDeletions(settings, environment) ? report.totals.overdue : 0;
  if (overdue > 0)
    showLine(
      `${stack.name} has suspended users whose day has come and whom the plan does not delete: ${overdue}. The warnings of its report say why, such as a limit.`,
    );
  return {
    ...reported,
    stack,
    change,
    isRefused: reported.isRefused || overdue > 0,
    reportSha256: sha256Of(data),
    // A night leaves a stack out where nobody is due.
    deletions: change === "nothing" ? 0 : report.totals.deleted,
    ...(plan !== undefined && json !== undefined && { plan, json }),
  };
}

/** The report of a stack, or of all: in its formats, and whether it refuses what is planned. */
interface MadeReport {
  readonly isRefused: boolean;
  readonly markdown: string;
  readonly text: string;
  readonly comment: string;
}

/** @throws Error if there is no report */
async function makeReport(
  job: Job,
  folder: string,
  args: readonly string[],
  reach: Readonly<Record<string, string>> = {},
): Promise<MadeReport> {
  const { code, output: markdown } = await startProgram(
    [...ownProgram(), "plan-report", ...args, "--save", "."],
    { folder, environment: { ...reportEnvironment(job), ...reach } },
  );
  const file = join(folder, "report.txt");
  if (markdown === "" || !existsSync(file))
    throw new Error(
      `The report of the plan could not be made (exit code ${code}). The reason is above. Nothing was applied.`,
    );
  // 2 is no refusal: somebody leaves. A plan that must not be applied is reported before the command fails.
  return {
    isRefused: code !== 0 && code !== 2,
    markdown,
    text: readFileSync(file, "utf8"),
    comment: readFileSync(join(folder, "comment.md"), "utf8"),
  };
}

/** The report needs no key, but the one of `--redact`. */
function reportEnvironment({ environment }: Job): Record<string, string> {
  const { PATH, GENAUTH_REDACT_KEY, GENAUTH_HOST } = environment;
  return {
    ...(PATH !== undefined && { PATH }),
    ...(GENAUTH_REDACT_KEY !== undefined && { GENAUTH_REDACT_KEY }),
    ...(GENAUTH_HOST !== undefined && { GENAUTH_HOST }),
  };
}

/**
 * Decides how grave a plan is, from data and never from text that a user file can contribute to: `nothing` changes;
 * `without-deletions` only creates or changes a genauth_user_set, nobody leaves it, and nobody is reactivated; all else needs an
 * `approval`. A nightly plan without a deletion that is due is nothing, whatever else it does: that is for the run of its commit.
 */
export function classifyChange(report: PlanReport, isDue: boolean): PlannedStackChange {
  const rest = report.rest.filter(({ kind }) => kind !== "output");
  const changed = report.sets.filter(({ action }) => action !== "none");
  if (report.plan_failed) return "approval";
  if (isDue) return report.due_deletions === "none" ? "nothing" : "approval";
  if (report.rest.length === 0 && changed.length === 0) return "nothing";
  const { deleted, released, reactivated } = report.totals;
  const isCalm =
    rest.length === 0 &&
    report.whole &&
    report.verdict === "nobody_leaves" &&
    deleted === 0 &&
    released === 0 &&
    reactivated === 0 &&
    changed.every(
      ({ resource_type: type, action, ends_waiting: ends }) =>
        type === "genauth_user_set" && (action === "create" || action === "update") && !ends,
    );
  return isCalm ? "without-deletions" : "approval";
}

/** One report of all stacks, with one total and the gravest first. @param limit how many people the run may delete */
async function reportRun(job: Job, planned: readonly PlannedStack[], limit: string): Promise<MadeReport> {
  const [first, ...others] = planned;
  if (first && others.length === 0) return first;
  const files = planned.map(({ stack }) => join(stack.name, "report.json"));
  return makeReport(job, join(job.folder, "plan"), [
    ...["--join", ...files, "--room", "summary", "--fail-above", limit],
  ]);
}

interface Facts {
  readonly commit: string;
  readonly isDue: boolean;
  readonly isSealed: boolean;
  readonly stacksSha256: string;
  /** How many people one run may delete. */
  readonly limit: string;
}

/** Writes what the whole run hands over, and says what it plans. */
async function finishPlan(
  job: Job,
  planned: readonly PlannedStack[],
  { limit, isSealed, ...facts }: Facts,
): Promise<PlannedRun> {
  const { folder, platform, environment } = job;
  const report = await reportRun(job, planned, limit);
  const isRefused = report.isRefused || planned.some((each) => each.isRefused);
  const markdown = withoutCommands(report.markdown);
  const { text } = report;
  writeFileSync(join(folder, "plan", "report.md"), markdown);
  writeFileSync(join(folder, "plan", "report.txt"), text);
  platform.setOutput("comment_sha256", writeHandedOver(folder, "comment", Buffer.from(report.comment)));
  platform.addSummary(markdown);
  const deleted = planned.reduce((sum, { deletions }) => sum + deletions, 0);
  const { two_approvals_above: most = Infinity } = job.settings.limits;
  const needsTwo = deleted > most;
  const change = needsTwo ? "two-approvals" : gravest(planned.map((each) => each.change));
  platform.setOutput("change", change);
  platform.setOutput("attempt", String(platform.attempt));
  if (!isSealed || isRefused) return { change, isRefused, sha256: undefined, text };
  const stacks = planned.flatMap(({ stack, change: each, plan, json, reportSha256 }) =>
    plan && json !== undefined
      ? [
          {
            name: stack.name,
            change: each,
            plan: plan.toString("base64"),
            plan_json: json,
            report_sha256: reportSha256,
          },
        ]
      : [],
  );
  const { commit, isDue, stacksSha256 } = facts;
  const sealed = sealPlans(
    { commit, stacks_sha256: stacksSha256, is_due: isDue, approvals: needsTwo ? 2 : 1, stacks },
    environment.GENAUTH_PLAN_KEY,
  );
  const sha256 = writeHandedOver(folder, "plan", sealed);
  platform.setOutput("sha256", sha256);
  platform.setOutput("stacks", describeStacks({ stacks }));
  return { change, isRefused, sha256, text };
}

function gravest(changes: readonly PlannedStackChange[]): PlannedStackChange {
  if (changes.includes("approval")) return "approval";
  return changes.includes("without-deletions") ? "without-deletions" : "nothing";
}
