import { join } from "node:path";
import { replaceFile } from "../files";
import { reachPool } from "../operator";
import { AllowList, findPlanFault } from "../plan-gate";
import {
  checkRedactKey,
  joinReports,
  layOutMarkdown,
  parseMessages,
  planDocument,
  type PlanReport,
  type ReportContext,
  refusalText,
  refuseCut,
  renderHtml,
  renderJson,
  renderMarkdown,
  renderText,
  type ReportDocument,
  reportOnRun,
  type RefusalRules,
  stacksDocument,
  type StacksReport,
} from "../reports";
import { UserLookUps } from "../users";
import { engineError, readEngineErrors, showEngineError } from "./engine-messages";
import { holdsDueDeletions, limitVariables } from "./environment";
import {
  checkPlanKey,
  describeStacks,
  type PlannedRunChange,
  type PlannedStackChange,
  readHandedOver,
  sealPlans,
  sha256Of,
  writeHandedOver,
} from "./hand-over";
import { findLeftStacks, readHistory } from "./history";
import { type Job, renewFolder } from "./job";
import { checkPolicy } from "./policy";
import { showLine, underGuard, withoutCommands } from "./programs";
import type { CommitTrailers } from "./repository";
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
  /** Whether this job fails: something is refused, and no apply follows that says so. */
  readonly isRefused: boolean;
  /** Of the sealed plans. */
  readonly sha256: string | undefined;
  /** The reports of all stacks, as text. */
  readonly text: string;
  /** Why the changes were made that it brings. */
  readonly why: CommitTrailers;
}

/** A stack of a run, planned and reported. */
interface PlannedStack {
  readonly name: string;
  readonly change: PlannedStackChange;
  readonly report: PlanReport;
  readonly plan: Buffer | undefined;
  readonly json: string | undefined;
}

/**
 * Plans all stacks under a guard that lets only reads pass, and reports whose accounts the plans delete. A stack that cannot be
 * planned, or is refused, holds up no other. A nightly run plans the deletions that are due; any other holds them.
 *
 * Writes the reports, and the sealed plans of what is not refused, to the folder of the run.
 *
 * @throws Error if the stacks are not the ones that were handed over, or the plans could not be sealed
 */
export async function planRun(job: Job, { stacksSha256, isSealed }: PlanOptions): Promise<PlannedRun> {
  const { settings, environment, users, folder, platform } = job;
  if (isSealed) checkPlanKey(environment.GENAUTH_PLAN_KEY);
  const tar = readHandedOver(folder, "stacks", stacksSha256);
  renewFolder(job, "plan");
  const workspace = new Workspace(settings, job.checkout, environment, users);
  try {
    await workspace.unpack(tar);
    const isDue = platform.isNight;
    const variables: Readonly<Record<string, string>> = {
      ...limitVariables(settings, environment, workspace.folder),
      ...(!isDue && { GENAUTH_DUE_DELETIONS: "hold" }),
    };
    const commit = await job.git.commit();
    const { since, applied, trailers } = await readHistory(job);
    platform.setOutput("since", since ?? "");
    const limit = Number(variables.GENAUTH_MAX_DELETIONS);
    const how = {
      isDue,
      context: {
        commit: platform.head ?? commit,
        ...trailers,
        ...(platform.runUrl !== undefined && { run_url: platform.runUrl }),
      },
      rules: {
        above: limit,
        notWhole: true,
        besideDue: isDue,
        overdue: isDue && !holdsDueDeletions(settings, environment),
        declaredElsewhere: settings.refuse_declared_elsewhere,
      },
    };
    const planned = await underGuard(
      { args: ["--read-only"], users, environment, variables },
      async (reached) => {
        // Only the socket of the guard reaches the client that looks names up.
        const { client } = reachPool({ ...variables, ...reached });
        try {
          const reach = { variables: { ...variables, ...reached }, lookUps: new UserLookUps(client) };
          const stacks: PlannedStack[] = [];
          for (const stack of settings.stacks) {
            const rules = { ...how.rules, appliedBefore: applied.has(stack.name) };
            stacks.push(await planStack(job, workspace, stack, { ...how, ...reach, rules }));
          }
          return stacks;
        } finally {
          client.close();
        }
      },
    );
    const facts = { commit, isDue, isSealed, stacksSha256: sha256Of(tar), limit, why: trailers };
    return finishPlan(job, nameLeftStacks(planned, await findLeftStacks(job)), facts);
  } finally {
    workspace.close();
  }
}

/** How a stack is planned and reported. */
interface StackOptions {
  readonly isDue: boolean;
  readonly context: ReportContext;
  readonly rules: RefusalRules;
  readonly variables: Readonly<Record<string, string>>;
  readonly lookUps: UserLookUps;
}

/** Plans a stack. Of one without a plan, the report says why. */
async function planStack(
  job: Job,
  workspace: Workspace,
  stack: PipelineStack,
  { isDue, context, rules, variables, lookUps }: StackOptions,
): Promise<PlannedStack> {
  const { settings, environment } = job;
  const { name } = stack;
  const reason = await workspace.init(stack);
  const made = reason === undefined ? await workspace.plan(stack, variables) : undefined;
  const { json, plan } = made ?? {};
  const errors =
    made === undefined
      ? [engineError(`${name} cannot be planned`, reason ?? "")]
      : json === undefined
        ? readEngineErrors(made.messages, made.code)
        : [];
  for (const error of errors) showEngineError(error);
  const fault = json === undefined ? undefined : findPlanFault(json, new AllowList(settings.allow));
  const { report, failure } = await reportOnRun({
    json,
    ...(made && json !== undefined ? parseMessages(made.messages) : { messages: errors }),
    context: { stack: name, ...context },
    ...(settings.redact && { redactKey: checkRedactKey(environment) }),
    lookUps,
    host: environment["GENAUTH_HOST"],
    refuse: {
      ...rules,
      found: json === undefined ? [] : await checkPolicy(job, json),
      ...(fault && { notAllowed: fault }),
    },
  });
  if (failure !== undefined) showLine(`Some names in GenAuth could not be looked up: ${failure}`);
  return { name, change: classifyChange(report, isDue), report, plan, json };
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

/** Says in the report of the first stack which stacks have left the settings: they have no report of their own. */
function nameLeftStacks(planned: readonly PlannedStack[], left: readonly string[]): readonly PlannedStack[] {
  const warnings = left.map((detail) => ({
    severity: "warning" as const,
    summary: "A stack has left the settings",
    detail,
  }));
  return planned.map((stack, at) =>
    at === 0
      ? { ...stack, report: { ...stack.report, warnings: [...warnings, ...stack.report.warnings] } }
      : stack,
  );
}

interface Facts {
  readonly commit: string;
  readonly isDue: boolean;
  readonly isSealed: boolean;
  readonly stacksSha256: string;
  /** How many people one run may delete. */
  readonly limit: number;
  readonly why: CommitTrailers;
}

/** Writes what the whole run hands over, and says what it plans. */
function finishPlan(
  job: Job,
  planned: readonly PlannedStack[],
  { commit, isDue, isSealed, stacksSha256, limit, why }: Facts,
): PlannedRun {
  const { folder, platform, settings, environment } = job;
  const data = reportOnAll(
    planned.map(({ report }) => report),
    limit,
  );
  const document = documentOf(data);
  // What refuses the run refuses each of its stacks.
  const isGoing = ({ report }: PlannedStack) => data.refusals.length === 0 && report.refusals.length === 0;
  const going = planned.filter(isGoing);
  const refused = planned.filter((stack) => !isGoing(stack)).map(({ name }) => name);
  for (const refusal of new Set([...data.refusals, ...planned.flatMap(({ report }) => report.refusals)]))
    showLine(`error: ${refusalText(refusal)}`);

  const text = writeReports(job, planned, data, document);
  const deleted = going.reduce((sum, { change, report }) => {
    // A night leaves a stack out where nobody is due.
    return sum + (change === "nothing" ? 0 : report.totals.deleted);
  }, 0);
  const needsTwo = deleted > (settings.limits.two_approvals_above ?? Infinity);
  const changes = (going.length > 0 ? going : planned).map(({ change }) => change);
  const change = needsTwo ? "two-approvals" : gravest(changes);
  const { verdict, totals } = data;
  for (const [name, value] of Object.entries({
    change,
    verdict,
    attempt: platform.attempt,
    to_delete: totals.deleted,
    to_suspend: totals.suspended,
    // Among the artifacts of the run.
    report_path: `genauth-report-${platform.attempt}/report.md`,
  }))
    platform.setOutput(name, String(value));
  if (!isSealed || going.length === 0)
    return { change, isRefused: refused.length > 0, sha256: undefined, text, why };

  const stacks = going.flatMap(({ name, change: its, report, plan, json }) =>
    plan === undefined || json === undefined
      ? []
      : [
          {
            name,
            change: its,
            plan: plan.toString("base64"),
            plan_json: json,
            report_sha256: sha256Of(renderJson(report)),
          },
        ],
  );
  const sealed = sealPlans(
    { commit, stacks_sha256: stacksSha256, is_due: isDue, why, approvals: needsTwo ? 2 : 1, stacks, refused },
    environment.GENAUTH_PLAN_KEY,
  );
  const sha256 = writeHandedOver(folder, "plan", sealed);
  platform.setOutput("sha256", sha256);
  platform.setOutput("stacks", describeStacks({ stacks }));
  // Otherwise, the job that applies the others ends red, and names the refused ones.
  return { change, isRefused: refused.length > 0 && change === "nothing", sha256, text, why };
}

/** One report of all stacks, with one total and the gravest first. The report of a stack alone is that of the run. */
function reportOnAll(reports: readonly PlanReport[], above: number): PlanReport | StacksReport {
  const [first, ...others] = reports;
  const data = first && others.length === 0 ? first : joinReports(reports, { above });
  // Whoever approves reads the summary, so nobody may be missing there.
  return layOutMarkdown(documentOf(data), "summary").isWhole ? data : refuseCut(data);
}

function documentOf(data: PlanReport | StacksReport): ReportDocument {
  return data.kind === "plan" ? planDocument(data) : stacksDocument(data);
}

/** @returns the report of the run as text */
function writeReports(
  { folder, platform }: Job,
  planned: readonly PlannedStack[],
  data: PlanReport | StacksReport,
  document: ReportDocument,
): string {
  const out = join(folder, "plan");
  const write = (into: string, its: ReportDocument, of: unknown): string => {
    const markdown = withoutCommands(renderMarkdown(its, "summary"));
    writeReport(into, "report", { document: its, data: of, markdown });
    return markdown;
  };
  for (const { name, report } of planned) write(join(out, name), planDocument(report), report);
  platform.addSummary(write(out, document, data));
  const comment = Buffer.from(renderMarkdown(document, "comment"));
  platform.setOutput("comment_sha256", writeHandedOver(folder, "comment", comment));
  return renderText(document);
}

/** Writes a report in all formats. @param name of the files */
export function writeReport(
  folder: string,
  name: "report" | "drift",
  {
    document,
    data,
    markdown,
  }: { readonly document: ReportDocument; readonly data: unknown; readonly markdown: string },
): void {
  const formats = {
    md: markdown,
    txt: renderText(document),
    html: renderHtml(document),
    json: renderJson(data),
  };
  for (const [ending, text] of Object.entries(formats))
    replaceFile(join(folder, `${name}.${ending}`), Buffer.from(text));
}

function gravest(changes: readonly PlannedStackChange[]): PlannedStackChange {
  if (changes.includes("approval")) return "approval";
  return changes.includes("without-deletions") ? "without-deletions" : "nothing";
}
