import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PlanReport } from "../reports";
import { count } from "../users";
import { readEngineErrors } from "./engine-messages";
import { holdsDueDeletions, limitVariables } from "./environment";
import {
  describeStacks,
  type PlannedStackChange,
  readHandedOver,
  sealPlans,
  sha256Of,
  writeHandedOver,
} from "./hand-over";
import { type Job, renewFolder } from "./job";
import { ownProgram, showLine, startProgram, underGuard, withoutCommands } from "./programs";
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
  readonly change: PlannedStackChange;
  /** Whether it must not be applied. */
  readonly isRefused: boolean;
  /** Of the sealed plans. */
  readonly sha256: string | undefined;
  /** The reports of all stacks, as text. */
  readonly text: string;
}

/** A stack of a run, planned and reported. */
interface PlannedStack {
  readonly stack: PipelineStack;
  readonly change: PlannedStackChange;
  readonly isRefused: boolean;
  readonly report?: PlanReport;
  readonly plan?: Buffer;
  readonly json?: string;
  readonly reportSha256?: string;
  readonly markdown: string;
  readonly text: string;
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
    const planned: PlannedStack[] = [];
    await underGuard({ args: ["--read-only"], users, environment, variables }, async (reached) => {
      for (const stack of settings.stacks) {
        const made = await workspace.plan(stack, { ...variables, ...reached });
        planned.push(await reportStack(job, { out, stack, commit, isDue, ...made }));
      }
    });
    return await finishPlan(job, planned, {
      commit,
      isDue,
      isSealed,
      stacksSha256: sha256Of(tar),
      limit: Number(variables.GENAUTH_MAX_DELETIONS),
    });
  } finally {
    workspace.close();
  }
}

interface Made {
  readonly out: string;
  readonly stack: PipelineStack;
  readonly commit: string;
  readonly isDue: boolean;
  readonly code: number;
  readonly messages: string;
  readonly plan?: Buffer;
  readonly json?: string;
}

async function reportStack(
  job: Job,
  { out, stack, commit, isDue, code, messages, plan, json }: Made,
): Promise<PlannedStack> {
  const files = join(out, stack.name);
  mkdirSync(files);
  if (plan === undefined || json === undefined) return unplanned(stack, code, messages);
  const { settings, platform, environment } = job;
  const inputs = join(files, "input");
  mkdirSync(inputs);
  writeFileSync(join(inputs, "plan.json"), json);
  writeFileSync(join(inputs, "messages.jsonl"), messages);
  const args = [
    ...["plan-report", "input/plan.json", "--messages", "input/messages.jsonl", "--save", "."],
    ...[
      "--stack",
      stack.name,
      "--commit",
      commit,
      "--room",
      settings.stacks.length > 1 ? "comment" : "summary",
    ],
    ...(platform.runUrl === undefined ? [] : ["--run-url", platform.runUrl]),
    ...["--fail-unless-whole", "--only-allowed"],
    ...(isDue ? ["--due-alone"] : []),
    ...settings.allow.flatMap((entry) => ["--allow", entry]),
    ...settings.report_arguments,
  ];
  const reported = await startProgram([...ownProgram(), ...args], {
    folder: files,
    environment: reportEnvironment(job),
  });
  rmSync(inputs, { recursive: true });
  // 2 is no failure: somebody leaves. A plan that must not be applied is reported before the command fails.
  const markdown = reported.output;
  if (reported.code !== 0 && reported.code !== 2 && markdown === "")
    return unplanned(stack, reported.code, messages);
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
    stack,
    change,
    isRefused: reported.code === 1 || overdue > 0,
    report,
    plan,
    json,
    reportSha256: sha256Of(data),
    markdown,
    text: readFileSync(join(files, "report.txt"), "utf8"),
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

/** A stack without a plan: its errors, for people. */
function unplanned(stack: PipelineStack, code: number, messages: string): PlannedStack {
  const errors = readEngineErrors(messages);
  const title = `${stack.name} could not be planned, so nothing of it can be applied`;
  const text = [`${title} (exit code ${code}):`, "", ...errors, ""].join("\n");
  for (const line of text.split("\n")) showLine(line);
  const fence = "````";
  const shown = errors.join("\n").replaceAll("````", "'''");
  return {
    stack,
    change: "approval",
    isRefused: true,
    markdown: `## ${title}\n\n${fence}\n${shown}\n${fence}\n`,
    text,
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

/** One report of all stacks: those that could not be planned, then the others, with one total and the gravest first. */
async function joinStackReports(
  job: Job,
  planned: readonly PlannedStack[],
): Promise<{ readonly markdown: string; readonly text: string }> {
  const reported = planned.filter(({ report }) => report !== undefined);
  const unreported = planned.filter(({ report }) => report === undefined);
  let own = reported.map(({ markdown, text }) => ({ markdown, text }));
  if (reported.length > 1) {
    const out = join(job.folder, "plan");
    const files = reported.map(({ stack }) => join(stack.name, "report.json"));
    const args = ["plan-report", "--join", ...files, "--room", "summary", "--save", "."];
    const { output } = await startProgram([...ownProgram(), ...args], {
      folder: out,
      environment: reportEnvironment(job),
    });
    if (output === "")
      throw new Error(
        "The reports of the stacks could not be joined. The reason is above. Nothing was applied.",
      );
    own = [{ markdown: output, text: readFileSync(join(out, "report.txt"), "utf8") }];
  }
  const all = [...unreported, ...own];
  return {
    markdown: all.map((each) => each.markdown).join("\n"),
    text: all.map(({ text }) => text).join("\n"),
  };
}

interface Facts {
  readonly commit: string;
  readonly isDue: boolean;
  readonly isSealed: boolean;
  readonly stacksSha256: string;
  /** How many people one run may delete. */
  readonly limit: number;
}

/** Writes what the whole run hands over, and says what it plans. */
async function finishPlan(
  job: Job,
  planned: readonly PlannedStack[],
  { limit, isSealed, ...facts }: Facts,
): Promise<PlannedRun> {
  const { folder, platform, environment } = job;
  const deleted = planned.reduce((sum, { report }) => sum + (report?.totals.deleted ?? 0), 0);
  const tooMany =
    deleted > limit
      ? `REFUSED: the run would delete ${count(deleted, "user")}, over all stacks, and allows ${limit} (max_deletions). Nobody was deleted. Remove fewer at once, or ask the pipeline's owner.`
      : undefined;
  if (tooMany !== undefined) showLine(tooMany);
  const isRefused = tooMany !== undefined || planned.some((each) => each.isRefused);
  const joined = await joinStackReports(job, planned);
  const markdown = withoutCommands(
    [...(tooMany === undefined ? [] : [`**${tooMany}**\n`]), joined.markdown].join("\n"),
  );
  const text = [...(tooMany === undefined ? [] : [tooMany, ""]), joined.text].join("\n");
  writeFileSync(join(folder, "plan", "report.md"), markdown);
  writeFileSync(join(folder, "plan", "report.txt"), text);
  platform.addSummary(markdown);
  const change = gravest(planned.map((each) => each.change));
  platform.setOutput("change", change);
  platform.setOutput("attempt", String(platform.attempt));
  if (!isSealed || isRefused) return { change, isRefused, sha256: undefined, text };
  const stacks = planned.flatMap(({ stack, change: each, plan, json, reportSha256 = "" }) =>
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
    { commit, stacks_sha256: stacksSha256, is_due: isDue, stacks },
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
