import { type ReachedPool, reachPool } from "../operator";
import { AllowList, findPlanFault } from "../plan-gate";
import {
  checkRedactKey,
  joinReports,
  type LeavingCause,
  type OtherStack,
  parseMessages,
  type PlanReport,
  type RefusalRules,
  refusalsOfAll,
  refusalText,
  renderJson,
  reportOnRun,
  type StackReport,
} from "../reports";
import { parsePlan } from "../terraform-json";
import { UserLookUps } from "../users";
import { findChangedSettings } from "./changed-limits";
import { type EngineError, engineError } from "./engine-messages";
import { findDueHold } from "./environment";
import { readHandedOver, sha256Of, writeHandedOver } from "./hand-over";
import { type Job, renewFolder } from "./job";
import { approvalsFor, runChangeOf, needOf, type RunChange } from "./judge";
import { countCauses, findLeavingCauses, joinTrailers } from "./leaving-causes";
import { findLeftStacks } from "./left-stacks";
import { notifyPeople } from "./notify";
import { showLine, underGuard } from "./programs";
import { reportOnAll, writePlanReports } from "./report-files";
import type { CommitTrailers } from "./repository";
import { checkPlanKey, describeStacks, type SealedPlans, sealPlans } from "./sealed-plans";
import type { PipelineStack } from "./settings";
import { type SavedPlan, withStacks, type Workspace } from "./workspace";

/** How stacks are planned. */
export interface PlanOptions {
  /** Of the tar of the stacks, as the job said that made it. */
  readonly stacksSha256?: string | undefined;
  /** Whether the saved plans are sealed for an apply. */
  readonly seal?: boolean;
}

/**
 * The job `plan`: plans all stacks under a guard that lets only reads pass, judges the plans, reports whose
 * accounts they delete, and seals what is to be applied. A stack that is refused holds up no other. As long
 * as one cannot be planned, the others delete nobody.
 *
 * @returns whether it did what it was asked for; false: everything is refused, or no apply follows that says
 * what is
 * @throws Error if the stacks are not the ones that were handed over, or the plans could not be sealed
 */
export async function plan(job: Job, { stacksSha256, seal = false }: PlanOptions): Promise<boolean> {
  const { environment, folder, platform } = job;
  if (seal) checkPlanKey(environment.GENAUTH_PLAN_KEY);
  await platform.fetchHandedOver(job, "stacks");
  const tar = readHandedOver(folder, "stacks", stacksSha256);
  renewFolder(job, "plan");
  const own = await job.git.trailers();
  const run = await planAndJudge(job, tar, own);
  const causes = causesOf(run);
  const why = joinTrailers(own, causes);
  const { text, commentSha256 } = writePlanReports(job, run.report, run.stacks);
  const sealed = seal
    ? sealRun(job, run, { stacks_sha256: sha256Of(tar), why, causes: countCauses(causes) })
    : undefined;
  setOutputs(job, run, { ...sealed, comment_sha256: commentSha256 });
  process.stdout.write(text);
  if (sealed !== undefined && run.change !== "nothing") {
    await platform.askForApproval(job, { approvals: approvalsFor(run.change), sha256: sealed.sha256 });
    const title = text.split("\n", 1)[0] ?? "";
    await notifyPeople(job, "plan_waits", title, why, { change: run.change, report: run.report });
  }
  // If other stacks are applied, their apply ends red and names the refused ones.
  const isFollowed = sealed !== undefined && run.change !== "nothing";
  return run.stacks.every(({ isRefused }) => !isRefused) || isFollowed;
}

/** What came of planning a stack. */
interface StackPlan {
  readonly stack: PipelineStack;
  readonly saved: SavedPlan | undefined;
  readonly messages: string;
  /** Why there is no plan. */
  readonly errors: readonly EngineError[];
}

/** A stack whose plan is judged. */
interface JudgedStack {
  readonly name: string;
  readonly saved: SavedPlan | undefined;
  readonly own: StackReport;
  /** The same, for people: it is refused if the stack is, or the run. */
  readonly report: PlanReport;
  readonly isRefused: boolean;
}

/** A run whose plans are judged. */
interface JudgedRun {
  readonly commit: string;
  readonly change: RunChange;
  readonly report: PlanReport;
  readonly stacks: readonly JudgedStack[];
}

/** Plans all stacks before it judges any: what one stack declares, the others keep. */
async function planAndJudge(job: Job, tar: Buffer, why: CommitTrailers): Promise<JudgedRun> {
  const commit = await job.git.commit();
  return await withStacks(job, tar, (workspace, limits) =>
    whileReading(job, limits, async ({ client }, reached) => {
      const plans: StackPlan[] = [];
      for (const stack of job.settings.stacks) plans.push(await planStack(workspace, stack, reached));
      const limit = runLimitOf(job, limits);
      const context = { commit: job.platform.pullRequest?.head ?? commit, ...why };
      const reports = await reportOnStacks(job, plans, { context, limit, lookUps: new UserLookUps(client) });
      return judgeRun(job, plans, await warnOfSettings(job, reports), { commit, limit });
    }),
  );
}

/** How many people the run may delete or suspend, with the name of that limit where it is set. */
function runLimitOf({ settings }: Job, limits: Readonly<Record<string, string>>): RunLimit {
  const above = Number(limits["GENAUTH_MAX_DELETIONS"]);
  const isOfSettings = above === settings.limits.max_deletions;
  return { above, aboveName: isOfSettings ? "max_deletions of the settings" : "GENAUTH_MAX_DELETIONS" };
}

type RunLimit = Required<Pick<RefusalRules, "above" | "aboveName">>;

/**
 * Reports on all stacks. A stack that is refused is not applied, so the people it declared before its change
 * count as declared, too. That can refuse another stack, so the reports are made again until no further stack
 * is refused.
 */
async function reportOnStacks(
  job: Job,
  plans: readonly StackPlan[],
  facts: Omit<ReportFacts, "held">,
): Promise<StackReport[]> {
  const held = new Set<string>();
  for (;;) {
    const reports: StackReport[] = [];
    for (const each of plans) reports.push(await reportOnStack(job, each, plans, { ...facts, held }));
    const refused = plans.filter(
      ({ stack }, at) => !held.has(stack.name) && reports[at]?.refusals.length !== 0,
    );
    for (const { stack } of refused) held.add(stack.name);
    if (refused.length === 0 || held.size === plans.length) return reports;
  }
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

async function planStack(
  workspace: Workspace,
  stack: PipelineStack,
  reached: Readonly<Record<string, string>>,
): Promise<StackPlan> {
  const reason = await workspace.init(stack);
  const {
    saved,
    messages = "",
    errors = [],
  } = reason === undefined
    ? await workspace.plan(stack, reached)
    : { saved: undefined, errors: [engineError("The stack cannot be planned", reason)] };
  for (const { summary, detail } of errors) showLine(`Error: ${summary}\n${detail}`);
  return { stack, saved, messages, errors };
}

interface ReportFacts {
  /** Without the name of the stack. */
  readonly context: { readonly commit: string };
  readonly limit: RunLimit;
  readonly lookUps: UserLookUps;
  /** The names of the stacks that are known to be refused. */
  readonly held: ReadonlySet<string>;
}

/** Reports on a stack's plan, and says why it is refused, or why there is none. */
async function reportOnStack(
  job: Job,
  { stack, saved, messages, errors }: StackPlan,
  plans: readonly StackPlan[],
  { context, limit, lookUps, held }: ReportFacts,
): Promise<StackReport> {
  const { settings, environment, platform } = job;
  const json = saved?.json;
  const others = plans.filter((other) => other.stack !== stack);
  const fault =
    json === undefined ? undefined : findPlanFault(parsePlan(json), new AllowList(settings.allow));
  const { report, failure } = await reportOnRun({
    json,
    ...(json === undefined ? { messages: errors } : parseMessages(messages)),
    context: {
      stack: stack.name,
      ...context,
      ...(platform.runUrl !== undefined && { run_url: platform.runUrl }),
    },
    ...(settings.redact && { redactKey: checkRedactKey(environment) }),
    lookUps,
    findCauses: (ids) => findLeavingCauses(job, stack, ids),
    host: environment["GENAUTH_HOST"],
    dueHeldBy: findDueHold(settings, environment),
    others: others.flatMap((other) => readOther(other, held)),
    refuse: {
      ...limit,
      notWhole: true,
      declaredElsewhere: settings.refuse_declared_elsewhere,
      lostState: !stack.new,
      notNew: stack.new,
      notPlanned: others.filter((other) => !isPlanned(other)).map((other) => other.stack.name),
      ...(fault && { notAllowed: fault }),
    },
  });
  if (failure !== undefined) showLine(`Some names in GenAuth could not be looked up: ${failure}`);
  return report;
}

function readOther({ stack: { name }, saved }: StackPlan, held: ReadonlySet<string>): OtherStack[] {
  return saved === undefined ? [] : [{ stack: name, plan: parsePlan(saved.json), isHeld: held.has(name) }];
}

/** Whether a stack's plan says who is declared in it. Terraform also saves plans that failed. */
function isPlanned({ saved }: StackPlan): boolean {
  return saved !== undefined && !parsePlan(saved.json).errored;
}

/** How the last apply was cut off. A pull request applies nothing, so its report does not say it. */
async function findCutOff(job: Job): Promise<string[]> {
  const text = job.platform.pullRequest ? undefined : await job.platform.findCutOff(job);
  return text === undefined ? [] : [text];
}

/** Adds to the first report what concerns no stack alone. */
async function warnOfSettings(job: Job, [first, ...others]: readonly StackReport[]): Promise<StackReport[]> {
  const warn = (summary: string, details: readonly string[]) =>
    details.map((detail) => ({ severity: "warning" as const, summary, detail }));
  const warnings = [
    ...warn("A stack has left the settings", await findLeftStacks(job)),
    ...warn("The last apply was cut off", await findCutOff(job)),
    ...warn("A limit of the settings has changed", await findChangedSettings(job)),
  ];
  return first ? [{ ...first, warnings: [...warnings, ...first.warnings] }, ...others] : [];
}

/** Judges all plans together. What refuses the run refuses each of its stacks. */
function judgeRun(
  { settings }: Job,
  plans: readonly StackPlan[],
  reports: readonly StackReport[],
  { commit, limit }: { readonly commit: string; readonly limit: RunLimit },
): JudgedRun {
  const report = reportOnAll(reports, limit);
  const stacks = reports.map((own, at) => {
    const refusals = own.refusals.length > 0 ? own.refusals : report.refusals;
    return {
      name: plans[at]?.stack.name ?? "",
      saved: plans[at]?.saved,
      own,
      report: { ...joinReports([own]), refusals },
      isRefused: refusals.length > 0,
    };
  });
  showRefusals(report);
  const going = stacks.filter(({ isRefused }) => !isRefused);
  const judged = (going.length > 0 ? going : stacks).map(({ own }) => own);
  return { commit, change: runChangeOf(judged, settings.limits.two_approvals_above), report, stacks };
}

/** Says in the log why nothing is applied of the run, or of some of its stacks, each with its name. */
function showRefusals({ refusals, stacks }: PlanReport): void {
  const lines = [...refusals, ...refusalsOfAll(stacks)].map(refusalText);
  for (const line of new Set(lines)) showLine(`error: ${line}`);
}

/** Why people lose their accounts, for each of them whose change is known. */
function causesOf({ stacks }: JudgedRun): LeavingCause[] {
  return stacks
    .filter(({ isRefused }) => !isRefused)
    .flatMap(({ own }) => own.leavers)
    .filter(({ fate }) => fate !== "not_deleted")
    .flatMap(({ cause }) => cause ?? []);
}

/** @returns undefined if everything is refused */
function sealRun(
  { folder, environment }: Job,
  { commit, change, stacks }: JudgedRun,
  known: Pick<SealedPlans, "stacks_sha256" | "why" | "causes">,
): { readonly sha256: string; readonly stacks: string } | undefined {
  if (stacks.every(({ isRefused }) => isRefused)) return undefined;
  const isGoing = ({ isRefused, own }: JudgedStack): boolean => !isRefused && needOf(own) !== "nothing";
  const plansOf = (those: readonly JudgedStack[]) =>
    those.flatMap((stack) => (stack.saved ? [{ ...stack, saved: stack.saved }] : []));
  const plans: SealedPlans = {
    commit,
    ...known,
    approvals: approvalsFor(change),
    apply: plansOf(stacks.filter(isGoing)).map(({ name, saved, report }) => ({
      name,
      plan: saved.plan.toString("base64"),
      plan_json: saved.json,
      report_sha256: sha256Of(renderJson(report)),
    })),
    protect: plansOf(stacks.filter((stack) => !isGoing(stack))).map(({ saved }) => saved.json),
    refused: stacks.filter(({ isRefused }) => isRefused).map(({ name }) => name),
  };
  const sha256 = writeHandedOver(folder, "plan", sealPlans(plans, environment.GENAUTH_PLAN_KEY));
  return { sha256, stacks: describeStacks(plans) };
}

/** Tells the platform's files what is planned. */
function setOutputs(
  { platform }: Job,
  { change, report }: JudgedRun,
  more: Readonly<Record<string, string | undefined>>,
): void {
  const outputs: Record<string, string | number | undefined> = {
    change,
    verdict: report.verdict,
    attempt: platform.attempt,
    to_delete: report.totals.deleted,
    to_suspend: report.totals.suspended,
    // Among the artifacts of the run.
    report_path: `genauth-report-${platform.attempt}/report.md`,
    ...more,
  };
  for (const [name, value] of Object.entries(outputs)) platform.setOutput(name, String(value ?? ""));
}
