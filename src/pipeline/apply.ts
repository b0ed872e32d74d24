import { openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { guardOptions } from "./environment";
import { describeStacks, HANDED_OVER, readHandedOver, sha256Of, unsealPlans } from "./hand-over";
import { type Job, renewFolder } from "./job";
import { describeOutcome, readOutcome, recordOutcome } from "./outcome";
import { showLine, underGuard } from "./programs";
import { remote } from "./repository";
import type { PipelineSettings, PipelineStack } from "./settings";
import { withStacks } from "./workspace";

/** Which plans are applied, and under which condition. */
export interface ApplyOptions {
  /** Of the sealed plans, as the job said that made them; undefined: the platform fetched them from that job. */
  readonly planSha256: string | undefined;
  /** The commit that was planned, as the platform says; undefined: that of the sealed plans. */
  readonly commit: string | undefined;
  /** Refuses plans that need an approval. The guard lets only reads pass then. */
  readonly isWithoutDeletions: boolean;
  /** Of a pull request that is applied before it is merged: its merge with the newest commit of the branch is checked out. */
  readonly isBeforeMerge: boolean;
  /** Who has approved this run, as the platform says. */
  readonly findApprovers: () => Promise<readonly string[]>;
}

/**
 * Applies the saved plans of a run, and nothing else, under a guard that signs only what they show. A stack that fails holds up no
 * other. How it ends is recorded as it goes.
 *
 * @returns whether all that was planned is applied
 * @throws Error if nothing was applied, with the reason
 */
export async function applyPlans(job: Job, options: ApplyOptions): Promise<boolean> {
  const { settings, environment, folder, platform } = job;
  const { isWithoutDeletions } = options;
  const sealed = unsealPlans(
    readHandedOver(folder, "plan", options.planSha256),
    environment.GENAUTH_PLAN_KEY,
  );
  const tar = readHandedOver(folder, "stacks", sealed.stacks_sha256);
  const waiting = sealed.stacks.find(({ change }) => change === "approval");
  if (isWithoutDeletions && waiting) return leaveToApproval(job, waiting.name);
  await refuseOutdated(job, sealed.commit, options);
  await refuseTooFew(sealed.approvals, options.findApprovers);
  // A night leaves out the plans of stacks where nobody is due. Nobody approved them, so neither engine nor guard may see what they change.
  const plans = sealed.stacks
    .filter(({ change }) => change !== "nothing")
    .map((plan) => ({ plan, stack: findStack(settings, plan.name) }));
  const outcome = await withStacks(job, tar, async (workspace, limits) => {
    const approved: string[] = [];
    for (const { plan, stack } of plans) {
      const reason = await workspace.init(stack);
      if (reason !== undefined) throw new Error(`${reason}\nNothing was applied.`);
      // What was reported must be what this plan is, whatever ran in the job that planned.
      if ((await workspace.show(stack.folder, Buffer.from(plan.plan, "base64"))) !== plan.plan_json)
        throw new Error(
          `The saved plan of ${plan.name} is not the one that was reported: the engine shows something else of it here. Nothing was applied. Run the whole pipeline again, with the same version of the engine in all jobs.`,
        );
    }
    const { withoutChanges } = await import("../plan-gate");
    // Whom the state of a stack declares whose plan is not applied is deleted by no other stack.
    for (const { name, change, plan_json } of sealed.stacks) {
      const json = change === "nothing" ? withoutChanges(plan_json) : plan_json;
      const file = join(workspace.folder, `${sha256Of(name)}.json`);
      writeFileSync(file, json, { mode: 0o644 });
      approved.push("--plan", file, "--plan-sha256", sha256Of(json));
    }
    renewFolder(job, "apply");
    const audit = openSync(join(folder, HANDED_OVER.audit), "ax+", 0o600);
    recordOutcome(job, { kind: "refused" });
    platform.setOutput("stacks_sha256", sealed.stacks_sha256);
    platform.setOutput("stacks", describeStacks(sealed));
    const args = [
      ...(isWithoutDeletions || plans.length === 0
        ? ["--read-only"]
        : [...guardOptions(settings), ...approved]),
      ...Object.entries(sealed.why).map(([name, text]) => `--${name}=${text}`),
      ...["--audit", join(folder, HANDED_OVER.audit)],
    ];
    const variables = sealed.is_due ? limits : { ...limits, GENAUTH_DUE_DELETIONS: "hold" };
    const failed: string[] = [];
    await underGuard(job, args, variables, async (reached) => {
      recordOutcome(job, { kind: "started" });
      for (const { stack } of plans) {
        if ((await workspace.apply(stack, reached)) === 0) continue;
        failed.push(stack.name);
        showLine(
          `${stack.name} was not applied as planned. If the plan is stale, the state has changed since it was made: run the whole pipeline again, which plans and asks anew.`,
        );
      }
    });
    return readOutcome(audit, { refused: sealed.refused, failed });
  });
  recordOutcome(job, outcome);
  showLine(describeOutcome(outcome));
  return outcome.kind === "as_approved";
}

/**
 * Refuses the plan of a commit that is not the newest of the protected branch, or no part of it; before a merge, one that is not checked
 * out here, or lacks a commit of the branch.
 */
async function refuseOutdated(
  { git, settings: { branch, paths }, platform }: Job,
  commit: string,
  { isBeforeMerge, commit: said }: ApplyOptions,
): Promise<void> {
  const expected = said ?? (isBeforeMerge ? await git.commit() : commit);
  if (commit !== expected)
    throw new Error(
      `The saved plan is of the commit ${commit}, and the run of ${expected}. Nothing was applied.`,
    );
  if (isBeforeMerge) await git.fetch(branch);
  // Elsewhere, the checkout says what the branch holds, if it was fetched.
  else if (platform.name === "none" && !(await git.knows(remote(branch)))) return;
  else if (!(await git.isOnBranch(commit, branch)))
    throw new Error(`The commit ${commit} is no part of the branch ${branch}. Nothing was applied.`);
  if (!(await git.isUpToDate(branch, paths, commit)))
    throw new Error(
      `The commit ${commit} lacks commits of ${branch}, so its plan would delete people who joined there. Nothing was applied. ${isBeforeMerge ? "Plan again" : "The run of the newest commit plans these changes, too"}.`,
    );
}

/** Names of accounts have no case. */
async function refuseTooFew(needed: number, findApprovers: ApplyOptions["findApprovers"]): Promise<void> {
  // Whoever let this job start has approved the plan. Two are counted here.
  if (needed < 2) return;
  const approvers = [...new Set((await findApprovers()).map((name) => name.toLowerCase()))];
  if (approvers.length < needed)
    throw new Error(
      `The plan deletes more people than one person may approve (two_approvals_above). It was approved by ${approvers.join(", ") || "nobody whom this job can see"}. Nothing was applied. A second person must approve it.`,
    );
}

/**
 * Applies nothing. On GitLab, the job that needs no approval runs in each pipeline, before anybody knows what its plan does.
 *
 * @throws Error on other platforms, which do not start it then
 */
function leaveToApproval(job: Job, name: string): true {
  if (job.platform.name !== "gitlab")
    throw new Error(
      `The plan of ${name} needs an approval, and this job applies only plans that need none. Nothing was applied.`,
    );
  recordOutcome(job, { kind: "not_started" });
  process.stdout.write(
    `The plan of ${name} needs an approval: read the log of the job plan, then approve and start the job apply. Nothing was applied.\n`,
  );
  return true;
}

/** @throws Error if the settings do not name a stack that was planned */
function findStack({ stacks }: PipelineSettings, name: string): PipelineStack {
  const found = stacks.find((stack) => stack.name === name);
  if (found) return found;
  throw new Error(`The settings name no stack ${name}, which was planned. Nothing was applied.`);
}
