import { openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findStateLock } from "./engine-messages";
import { guardOptions } from "./environment";
import { HANDED_OVER, readHandedOver, sha256Of } from "./hand-over";
import { type Job, renewFolder } from "./job";
import {
  type ApplyOutcome,
  describeOutcome,
  readOutcome,
  readRecorded,
  recordOutcome,
  settleOutcome,
} from "./outcome";
import { showLine, underGuard } from "./programs";
import { describeStacks, type SealedPlans, unsealPlans } from "./sealed-plans";
import type { PipelineSettings, PipelineStack } from "./settings";
import { withStacks, type Workspace } from "./workspace";

/** Which plans are applied, and under which condition. */
export interface ApplyOptions {
  /**
   * Of the sealed plans, as the job said that made them; undefined: the platform fetched them from that job.
   */
  readonly sealedPlansSha256?: string | undefined;
  /** The attempt of the run that made them. */
  readonly plannedAttempt?: string | undefined;
  /** The commit that was planned, as the platform says; undefined: that of the sealed plans. */
  readonly commit?: string | undefined;
  /** Leaves plans that need an approval to another job. The guard lets only reads pass. */
  readonly withoutDeletions?: boolean;
}

/** How the job ended: `left` to the job that applies what is approved. */
export type ApplyEnd = "whole" | "in part" | "left";

/**
 * The job `apply`: applies the saved plans of a run, and nothing else, under a guard that signs only what
 * they show. A stack that fails holds up no other. How it ends is recorded as it goes.
 *
 * @throws Error if nothing was applied, with the reason
 */
export async function apply(job: Job, options: ApplyOptions): Promise<ApplyEnd> {
  const isCalm = options.withoutDeletions === true;
  // True until the engine begins, whatever stops this job before that.
  recordOutcome(job, { kind: "refused" });
  refuseOtherAttempt(job, options);
  const { sealed, tar } = await openSealed(job, options);
  if (isCalm && sealed.approvals > 0) return leaveToApproval(job);
  await refuseOutdated(job, sealed.commit, options.commit);
  if (!isCalm) refuseTooFew(sealed.approvals, await job.platform.findApprovers(job));
  const outcome = await withStacks(job, tar, async (workspace, limits) => {
    const stacks = await openPlans(workspace, job.settings, sealed);
    job.platform.setOutput("stacks_sha256", sealed.stacks_sha256);
    job.platform.setOutput("stacks", describeStacks(sealed));
    const approved =
      isCalm || stacks.length === 0 ? ["--read-only"] : approve(workspace, job.settings, sealed);
    return await applyUnderGuard(job, workspace, { stacks, sealed, limits, approved });
  }).catch(async (cause: unknown) => {
    await settleOutcome(job);
    showLine(describeOutcome(readRecorded(job.folder)));
    throw cause;
  });
  recordOutcome(job, outcome);
  showLine(describeOutcome(outcome));
  return outcome.kind === "as_approved" ? "whole" : "in part";
}

function refuseOtherAttempt({ platform }: Job, { plannedAttempt }: ApplyOptions): void {
  if (plannedAttempt === undefined || plannedAttempt === String(platform.attempt)) return;
  throw new Error(
    'This job was run again, but the plan was not. Nothing was applied. Choose "Re-run all jobs", which plans and asks anew.',
  );
}

/** Opens what the job `plan` handed over, and the stacks that it planned. */
async function openSealed(
  job: Job,
  { sealedPlansSha256 }: ApplyOptions,
): Promise<{ readonly sealed: SealedPlans; readonly tar: Buffer }> {
  const { platform, folder, environment } = job;
  await platform.fetchHandedOver(job, "plan");
  await platform.fetchHandedOver(job, "stacks");
  const sealed = unsealPlans(readHandedOver(folder, "plan", sealedPlansSha256), environment.GENAUTH_PLAN_KEY);
  return { sealed, tar: readHandedOver(folder, "stacks", sealed.stacks_sha256) };
}

/** Applies nothing: a platform may start this job before anybody knows what the plan does. */
function leaveToApproval(job: Job): "left" {
  recordOutcome(job, { kind: "not_started" });
  process.stdout.write(
    "The plan needs an approval: read the report of the job plan, then approve and start the job apply. Nothing was applied.\n",
  );
  return "left";
}

/** Refuses the plan of a commit that is not the newest of the protected branch, or no part of it. */
async function refuseOutdated(
  { git, settings: { branch, paths }, platform }: Job,
  commit: string,
  said = commit,
): Promise<void> {
  if (commit !== said)
    throw new Error(
      `The saved plan is of the commit ${commit}, and the run of ${said}. Nothing was applied.`,
    );
  if (!(await platform.fetchBranch(git, branch))) return;
  if (!(await git.isOnBranch(commit, branch)))
    throw new Error(`The commit ${commit} is no part of the branch ${branch}. Nothing was applied.`);
  if (!(await git.isUpToDate(branch, paths, commit)))
    throw new Error(
      `The commit ${commit} lacks commits of ${branch}, so its plan would delete people who joined there. Nothing was applied. The run of the newest commit plans these changes, too.`,
    );
}

/** The person who let this job start has approved the plan. Where two must approve, they are counted here. */
function refuseTooFew(needed: number, names: readonly string[]): void {
  if (needed < 2) return;
  // Names of accounts have no case.
  const approvers = [...new Set(names.map((name) => name.toLowerCase()))];
  if (approvers.length < needed)
    throw new Error(
      `The plan deletes more people than one person may approve (two_approvals_above). It was approved by ${approvers.join(", ") || "nobody that this job can see"}. Nothing was applied. A second person must approve it.`,
    );
}

/**
 * Gets the plans ready for the engine. What was reported must be what each plan is, whatever ran in the job
 * that planned.
 *
 * @returns their stacks
 * @throws Error if one is not ready, or another one
 */
async function openPlans(
  workspace: Workspace,
  settings: PipelineSettings,
  { apply: plans }: SealedPlans,
): Promise<PipelineStack[]> {
  const stacks: PipelineStack[] = [];
  for (const { name, plan, plan_json } of plans) {
    const stack = findStack(settings, name);
    const reason = await workspace.init(stack);
    if (reason !== undefined) throw new Error(`${reason}\nNothing was applied.`);
    if ((await workspace.show(stack.folder, Buffer.from(plan, "base64"))) !== plan_json)
      throw new Error(
        `The saved plan of ${name} is not the one that was reported: the engine shows something else of it here. Nothing was applied. Run the whole pipeline again, with the same version of the engine in all jobs.`,
      );
    stacks.push(stack);
  }
  return stacks;
}

/** @throws Error if the settings do not name a stack that was planned */
function findStack({ stacks }: PipelineSettings, name: string): PipelineStack {
  const found = stacks.find((stack) => stack.name === name);
  if (found) return found;
  throw new Error(`The settings name no stack ${name}, which was planned. Nothing was applied.`);
}

/**
 * The arguments with which the guard learns all plans of the run: those that are applied, and those that only
 * protect.
 */
function approve(
  { folder }: Workspace,
  settings: PipelineSettings,
  { apply: plans, protect }: SealedPlans,
): string[] {
  const write = (json: string): string => {
    const file = join(folder, `${sha256Of(json)}.json`);
    writeFileSync(file, json, { mode: 0o644 });
    return file;
  };
  return [
    ...guardOptions(settings),
    ...plans.flatMap(({ plan_json: json }) => ["--plan", write(json), "--plan-sha256", sha256Of(json)]),
    ...protect.flatMap((json) => ["--protect", write(json)]),
  ];
}

interface Applied {
  readonly stacks: readonly PipelineStack[];
  readonly sealed: SealedPlans;
  readonly limits: Readonly<Record<string, string>>;
  /** What the guard may let pass. */
  readonly approved: readonly string[];
}

async function applyUnderGuard(
  job: Job,
  workspace: Workspace,
  { stacks, sealed, limits, approved }: Applied,
): Promise<ApplyOutcome> {
  renewFolder(job, "apply");
  const auditFile = join(job.folder, HANDED_OVER.audit);
  const audit = openSync(auditFile, "ax+", 0o600);
  recordOutcome(job, { kind: "refused" });
  const why = Object.entries(sealed.why).map(([name, text]) => `--${name}=${text}`);
  const { refused, causes } = sealed;
  const failed: string[] = [];
  await underGuard(job, [...approved, ...why, "--audit", auditFile], limits, async (reached) => {
    recordOutcome(job, { kind: "started", refused, causes });
    for (const stack of stacks) {
      const { code, errors } = await workspace.apply(stack, reached);
      if (code === 0) continue;
      failed.push(stack.name);
      showLine(describeFailure(job.settings, stack, errors));
    }
  });
  return readOutcome(audit, { refused, failed, causes });
}

/** Says what to do about a stack whose engine failed. */
function describeFailure(
  { engine }: PipelineSettings,
  { name, folder }: PipelineStack,
  errors: string,
): string {
  const lock = findStateLock(errors);
  if (lock) {
    const held = lock.holder ? ` since ${lock.holder.since}, by ${lock.holder.who}` : "";
    const remedy =
      lock.id === undefined
        ? "unlock it in the service that keeps it, which does not name the lock"
        : `unlock it: ${engine} init and ${engine} force-unlock ${lock.id} in ${folder}, with the credential of the state`;
    return `${name} was not applied: its state is locked${held}. If an earlier apply was cut off and no other one runs, ${remedy}. Then run the whole pipeline again.`;
  }
  return `${name} was not applied as planned. If the plan is stale, the state has changed since it was made: run the whole pipeline again, which plans and asks anew.`;
}
