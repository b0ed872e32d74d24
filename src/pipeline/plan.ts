import { join } from "node:path";
import { replaceFile } from "../files";
import { reachPool, type ReachedPool } from "../operator";
import { AllowList, findPlanFault } from "../plan-gate";
import {
  checkRedactKey,
  driftDocument,
  type DriftReport,
  joinReports,
  layOutMarkdown,
  parseMessages,
  planDocument,
  type PlanReport,
  refusalText,
  refuseCut,
  renderHtml,
  renderJson,
  renderMarkdown,
  renderText,
  type ReportDocument,
  reportOnRun,
  stacksDocument,
  type StacksReport,
} from "../reports";
import { UserLookUps } from "../users";
import { engineError } from "./engine-messages";
import { holdsDueDeletions } from "./environment";
import {
  checkPlanKey,
  describeStacks,
  PLANNED_CHANGES,
  type PlannedRunChange,
  type PlannedStackChange,
  readHandedOver,
  sealPlans,
  sha256Of,
  writeHandedOver,
} from "./hand-over";
import { findLeftStacks, readHistory, type RunHistory } from "./history";
import { type Job, renewFolder } from "./job";
import { checkPolicy } from "./policy";
import { showLine, underGuard } from "./programs";
import type { CommitTrailers } from "./repository";
import type { PipelineStack } from "./settings";
import { type SavedPlan, withStacks, type Workspace } from "./workspace";

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
  /** Whether this job fails: something is refused, and no apply follows that says so. */
  readonly isRefused: boolean;
  /** Of the sealed plans. */
  readonly sha256: string | undefined;
  /** The reports of all stacks, as text. */
  readonly text: string;
  /** The report of each stack, by its name. */
  readonly reports: Readonly<Record<string, PlanReport>>;
  /** Why the changes were made that it brings. */
  readonly why: CommitTrailers;
}

/** A stack of a run, planned and reported. */
interface PlannedStack {
  readonly name: string;
  readonly change: PlannedStackChange;
  readonly report: PlanReport;
  readonly saved: SavedPlan | undefined;
}
type SealableStack = PlannedStack & { readonly saved: SavedPlan };

/**
 * Plans all stacks under a guard that lets only reads pass, and reports whose accounts the plans delete. A stack that cannot be
 * planned, or is refused, holds up no other. A nightly run plans the deletions that are due; any other holds them.
 *
 * Writes the reports, and the sealed plans of what is not refused, to the folder of the run.
 *
 * @throws Error if the stacks are not the ones that were handed over, or the plans could not be sealed
 */
export async function planRun(job: Job, { stacksSha256, isSealed }: PlanOptions): Promise<PlannedRun> {
  const { settings, environment, folder, platform, git } = job;
  if (isSealed) checkPlanKey(environment.GENAUTH_PLAN_KEY);
  const tar = readHandedOver(folder, "stacks", stacksSha256);
  renewFolder(job, "plan");
  return await withStacks(job, tar, async (workspace, limits) => {
    const variables = platform.isNight ? limits : { ...limits, GENAUTH_DUE_DELETIONS: "hold" };
    const run = { job, workspace, commit: await git.commit(), history: await readHistory(job), limits };
    platform.setOutput("since", run.history.since ?? "");
    const planned = await whileReading(job, variables, async ({ client }, reached) => {
      const stacks: PlannedStack[] = [];
      for (const stack of settings.stacks)
        stacks.push(await planStack(run, stack, reached, new UserLookUps(client)));
      return stacks;
    });
    const left = await findLeftStacks(job);
    // They have no report of their own.
    const named = planned.map((each, at) =>
      at > 0 ? each : { ...each, report: warn(each.report, "A stack has left the settings", left) },
    );
    return finishPlan(run, named, isSealed ? sha256Of(tar) : undefined);
  });
}

/**
 * Does something under a guard that lets only reads pass, whose socket alone reaches the client of the pool.
 *
 * @param work gets the pool, and the variables with which an engine reaches the guard
 */
export async function whileReading<T>(
  job: Job,
  variables: Readonly<Record<string, string>>,
  work: (pool: ReachedPool, reached: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  return await underGuard(job, ["--read-only"], variables, async (reached) => {
    const pool = reachPool(reached);
    try {
      return await work(pool, reached);
    } finally {
      pool.client.close();
    }
  });
}

/** What is known of a run before its first plan. */
interface Run {
  readonly job: Job;
  readonly workspace: Workspace;
  readonly commit: string;
  readonly history: RunHistory;
  readonly limits: Readonly<Record<string, string>>;
}

/** Plans a stack. Of one without a plan, the report says why. */
async function planStack(
  { job, workspace, commit, history: { applied, trailers }, limits }: Run,
  stack: PipelineStack,
  reached: Readonly<Record<string, string>>,
  lookUps: UserLookUps,
): Promise<PlannedStack> {
  const { settings, environment, platform } = job;
  const { name } = stack;
  const isDue = platform.isNight;
  const reason = await workspace.init(stack);
  const made =
    reason === undefined
      ? await workspace.plan(stack, reached)
      : { saved: undefined, errors: [engineError(`${name} cannot be planned`, reason)] };
  const { saved, messages = "", errors = [] } = made;
  const json = saved?.json;
  for (const { summary, detail } of errors) showLine(`Error: ${summary}\n${detail}`);
  const fault = json === undefined ? undefined : findPlanFault(json, new AllowList(settings.allow));
  const { report, failure } = await reportOnRun({
    json,
    ...(json === undefined ? { messages: errors } : parseMessages(messages)),
    context: {
      stack: name,
      commit: platform.head ?? commit,
      ...trailers,
      ...(platform.runUrl !== undefined && { run_url: platform.runUrl }),
    },
    ...(settings.redact && { redactKey: checkRedactKey(environment) }),
    lookUps,
    host: environment["GENAUTH_HOST"],
    refuse: {
      above: Number(limits["GENAUTH_MAX_DELETIONS"]),
      notWhole: true,
      besideDue: isDue,
      overdue: isDue && !holdsDueDeletions(settings, environment),
      declaredElsewhere: settings.refuse_declared_elsewhere,
      appliedBefore: applied.has(name),
      found: json === undefined ? [] : await checkPolicy(job, json),
      ...(fault && { notAllowed: fault }),
    },
  });
  if (failure !== undefined) showLine(`Some names in GenAuth could not be looked up: ${failure}`);
  const change = classifyChange(report, isDue);
  const isPutOff = isDue && change === "nothing" && report.verdict !== "nobody_leaves";
  const shown = isPutOff ? warn(report, "Nothing of this is applied by this night", [PUT_OFF]) : report;
  return { name, change, report: shown, saved };
}

const PUT_OFF =
  "A night deletes only people whose day has come. Whoever leaves here leaves by commits that no run has applied: approve the run that waits, or start one of the newest commit.";

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
  const isCalm =
    rest.length === 0 &&
    report.whole &&
    report.verdict === "nobody_leaves" &&
    report.totals.reactivated === 0 &&
    changed.every(
      ({ resource_type: type, action, ends_waiting: ends }) =>
        type === "genauth_user_set" && (action === "create" || action === "update") && !ends,
    );
  return isCalm ? "without-deletions" : "approval";
}

/** Says more in a report, where each of its formats says it. */
function warn(report: PlanReport, summary: string, details: readonly string[]): PlanReport {
  const warnings = details.map((detail) => ({ severity: "warning" as const, summary, detail }));
  return { ...report, warnings: [...warnings, ...report.warnings] };
}

/**
 * Writes what the whole run hands over, and says what it plans.
 *
 * @param stacksSha256 of the tar of the stacks, if the plans are to be sealed
 */
function finishPlan(
  { job, commit, history: { trailers: why }, limits }: Run,
  planned: readonly PlannedStack[],
  stacksSha256: string | undefined,
): PlannedRun {
  const { folder, platform, settings, environment } = job;
  const reports = planned.map(({ report }) => report);
  const data = reportOnAll(reports, Number(limits["GENAUTH_MAX_DELETIONS"]));
  // What refuses the run refuses each of its stacks.
  const isGoing = (stack: PlannedStack): stack is SealableStack =>
    stack.saved !== undefined && data.refusals.length === 0 && stack.report.refusals.length === 0;
  const going = planned.filter(isGoing);
  const refused = planned.filter((stack) => !isGoing(stack)).map(({ name }) => name);
  for (const refusal of new Set([...data.refusals, ...reports.flatMap(({ refusals }) => refusals)]))
    showLine(`error: ${refusalText(refusal)}`);

  const text = writeReports(job, planned, data);
  // A night leaves a stack out where nobody is due.
  const deleted = going
    .filter(({ change }) => change !== "nothing")
    .reduce((sum, { report }) => sum + report.totals.deleted, 0);
  const needsTwo = deleted > (settings.limits.two_approvals_above ?? Infinity);
  const changes = (going.length > 0 ? going : planned).map(({ change }) => change);
  const gravest = PLANNED_CHANGES.findLast((each) => changes.includes(each)) ?? "nothing";
  const change: PlannedRunChange = needsTwo ? "two-approvals" : gravest;
  const outputs: Record<string, string | number> = {
    change,
    verdict: data.verdict,
    attempt: platform.attempt,
    to_delete: data.totals.deleted,
    to_suspend: data.totals.suspended,
    // Among the artifacts of the run.
    report_path: `genauth-report-${platform.attempt}/report.md`,
  };
  let sha256: string | undefined;
  if (stacksSha256 !== undefined && going.length > 0) {
    const stacks = going.map(({ name, change: its, report, saved }) => ({
      name,
      change: its,
      plan: saved.plan.toString("base64"),
      plan_json: saved.json,
      report_sha256: sha256Of(renderJson(report)),
    }));
    const run = { commit, stacks_sha256: stacksSha256, is_due: platform.isNight, why, stacks, refused };
    const sealed = sealPlans({ ...run, approvals: needsTwo ? 2 : 1 }, environment.GENAUTH_PLAN_KEY);
    sha256 = writeHandedOver(folder, "plan", sealed);
    Object.assign(outputs, { sha256, stacks: describeStacks({ stacks }) });
  }
  for (const [name, value] of Object.entries(outputs)) platform.setOutput(name, String(value));
  return {
    change,
    // The job that applies the others ends red, and names the refused ones.
    isRefused: refused.length > 0 && (sha256 === undefined || change === "nothing"),
    sha256,
    text,
    reports: Object.fromEntries(planned.map((each) => [each.name, each.report])),
    why,
  };
}

/** One report of all stacks, with one total and the gravest first. The report of a stack alone is that of the run. */
function reportOnAll(reports: readonly PlanReport[], above: number): PlanReport | StacksReport {
  const [first, ...others] = reports;
  const data = first && others.length === 0 ? first : joinReports(reports, { above });
  // Whoever approves reads the summary, so nobody may be missing there.
  return layOutMarkdown(documentOf(data), "summary").isWhole ? data : refuseCut(data);
}

function documentOf(data: PlanReport | StacksReport | DriftReport): ReportDocument {
  if (data.kind === "drift") return driftDocument(data);
  return data.kind === "plan" ? planDocument(data) : stacksDocument(data);
}

/** @returns the report of the run as text */
function writeReports(
  { folder, platform }: Job,
  planned: readonly PlannedStack[],
  data: PlanReport | StacksReport,
): string {
  const document = documentOf(data);
  const out = join(folder, "plan");
  for (const { name, report } of planned) writeReport(join(out, name, "report"), report, "summary");
  platform.addSummary(writeReport(join(out, "report"), data, "summary"));
  const comment = Buffer.from(renderMarkdown(document, "comment"));
  platform.setOutput("comment_sha256", writeHandedOver(folder, "comment", comment));
  return renderText(document);
}

/**
 * Writes a report in all formats.
 *
 * @param path of the files, without their endings
 * @param place where the Markdown is shown; default: in a file
 * @returns the Markdown
 */
export function writeReport(
  path: string,
  data: PlanReport | StacksReport | DriftReport,
  place?: "summary",
): string {
  const document = documentOf(data);
  const md = renderMarkdown(document, place);
  const formats = { md, txt: renderText(document), html: renderHtml(document), json: renderJson(data) };
  for (const [ending, text] of Object.entries(formats)) replaceFile(`${path}.${ending}`, Buffer.from(text));
  return md;
}
