import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { guardOptions, limitVariables } from "./environment";
import {
  describeStacks,
  HANDED_OVER,
  readHandedOver,
  type SealedPlans,
  sha256Of,
  unsealPlans,
} from "./hand-over";
import { type Job, renewFolder } from "./job";
import { describeOutcome, readOutcome, recordOutcome } from "./outcome";
import { showLine, underGuard } from "./programs";
import { trailerOptions } from "./repository";
import { Workspace } from "./workspace";

/** Which plans are applied, and under which condition. */
export interface ApplyOptions {
  /** Of the sealed plans, as the job said that made them; undefined: the platform fetched them from that job. */
  readonly planSha256: string | undefined;
  /** Of the tar of the stacks; that of the sealed plans always holds. */
  readonly stacksSha256: string | undefined;
  /** The commit that was planned, as the platform says; undefined: that of the sealed plans. */
  readonly commit: string | undefined;
  /** Refuses plans that need an approval. The guard lets only reads pass then. */
  readonly isWithoutDeletions: boolean;
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
  const { settings, environment, users, folder } = job;
  const sealed = unsealPlans(
    readHandedOver(folder, "plan", options.planSha256),
    environment.GENAUTH_PLAN_KEY,
  );
  const tar = readHandedOver(folder, "stacks", options.stacksSha256 ?? sealed.stacks_sha256);
  if (sha256Of(tar) !== sealed.stacks_sha256)
    throw new Error(
      "The saved plan was made from other stacks than those that were handed over. Nothing was applied.",
    );
  const waiting = sealed.stacks.find(({ change }) => change === "approval");
  if (options.isWithoutDeletions && waiting) {
    leaveToApproval(job, waiting.name);
    return true;
  }
  await refuseOutdated(job, sealed.commit, options.commit);
  await refuseTooFew(sealed.approvals, options.findApprovers);
  // A night leaves out the plans of stacks where nobody is due. Nobody approved them, so neither engine nor guard may see them.
  const plans = matchStacks(job, sealed).filter(({ change }) => change !== "nothing");
  const workspace = new Workspace(settings, job.checkout, environment, users);
  try {
    await workspace.unpack(tar);
    const variables = {
      ...limitVariables(settings, environment, workspace.folder),
      ...(!sealed.is_due && { GENAUTH_DUE_DELETIONS: "hold" }),
    };
    const args = guardOptions(settings);
    for (const { name, folder: stack, plan, plan_json: json, stack: its } of plans) {
      const reason = await workspace.init(its);
      if (reason !== undefined) throw new Error(`${reason}\nNothing was applied.`);
      // What was reported must be what this plan is, whatever ran in the job that planned.
      if ((await workspace.show(stack, Buffer.from(plan, "base64"))) !== json)
        throw new Error(
          `The saved plan of ${name} is not the one that was reported: the engine shows something else of it here. Nothing was applied. Run the whole pipeline again, with the same version of the engine in all jobs.`,
        );
      const file = join(workspace.folder, `${sha256Of(name)}.json`);
      writeFileSync(file, json, { mode: 0o644 });
      args.push("--plan", file, "--plan-sha256", sha256Of(json));
    }
    const audit = join(folder, HANDED_OVER.audit);
    renewFolder(job, "apply");
    recordOutcome(job, { kind: "refused" });
    const guarded = options.isWithoutDeletions || plans.length === 0 ? ["--read-only"] : args;
    job.platform.setOutput("stacks_sha256", sealed.stacks_sha256);
    job.platform.setOutput("stacks", describeStacks(sealed));
    const why = trailerOptions(sealed.why);
    const failed = await underGuard(
      { args: [...guarded, ...why, "--audit", audit], users, environment, variables },
      async (reached) => {
        recordOutcome(job, { kind: "started" });
        const names: string[] = [];
        for (const plan of plans) {
          const code = await workspace.apply(plan.stack, { ...variables, ...reached });
          if (code === 0) continue;
          names.push(plan.name);
          showLine(
            `${plan.name} was not applied as planned. If the plan is stale, the state has changed since it was made: run the whole pipeline again, which plans and asks anew.`,
          );
        }
        return names;
      },
    );
    const outcome = readOutcome(folder, failed.length === 0, sealed.refused);
    recordOutcome(job, outcome);
    showLine(describeOutcome(outcome));
    return outcome.kind === "as_approved";
  } finally {
    workspace.close();
  }
}

/**
 * Refuses the plan of a commit that is not the newest of the protected branch, or no part of it.
 *
 * @param expected what the platform says
 */
async function refuseOutdated(
  { git, settings, platform }: Job,
  commit: string,
  expected = commit,
): Promise<void> {
  const { branch, paths } = settings;
  if (commit !== expected)
    throw new Error(
      `The saved plan is of the commit ${commit}, and the run of ${expected}. Nothing was applied.`,
    );
  // Elsewhere, the checkout says what the branch holds, if it was fetched.
  if (platform.name === "none" && !(await git.knowsBranch(branch))) return;
  if (!(await git.isOnBranch(commit, branch)))
    throw new Error(`The commit ${commit} is no part of the branch ${branch}. Nothing was applied.`);
  if (!(await git.isUpToDate(branch, paths, commit)))
    throw new Error(
      `The commit ${commit} lacks commits of ${branch}, so its plan would delete people who joined there. Nothing was applied. The run of the newest commit plans these changes, too.`,
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
function leaveToApproval(job: Job, name: string): void {
  if (job.platform.name !== "gitlab")
    throw new Error(
      `The plan of ${name} needs an approval, and this job applies only plans that need none. Nothing was applied.`,
    );
  recordOutcome(job, { kind: "not_started" });
  process.stdout.write(
    `The plan of ${name} needs an approval: read the log of the job plan, then approve and start the job apply. Nothing was applied.\n`,
  );
}

/** The plans with their stacks of the settings. @throws Error if the settings have other stacks */
function matchStacks(
  { settings }: Job,
  { stacks }: SealedPlans,
): (SealedPlans["stacks"][number] & {
  readonly folder: string;
  readonly stack: Job["settings"]["stacks"][number];
})[] {
  return stacks.map((plan) => {
    const stack = settings.stacks.find(({ name }) => name === plan.name);
    if (!stack)
      throw new Error(`The settings name no stack ${plan.name}, which was planned. Nothing was applied.`);
    return { ...plan, folder: stack.folder, stack };
  });
}
