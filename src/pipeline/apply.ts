import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { count } from "../users/wording";
import { limitVariables } from "./environment";
import {
  describeStacks,
  HANDED_OVER,
  readHandedOver,
  type SealedPlans,
  sha256Of,
  unsealPlans,
} from "./hand-over";
import { type Job, renewFolder } from "./job";
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

/** How many people a guard changed, by its audit. */
export interface AuditCounts {
  /** How many the plans would delete. */
  readonly approved: number;
  /** For how many a deletion was sent. */
  readonly sent: number;
  /** Of those, how many GenAuth said it deleted. */
  readonly deleted: number;
}

/** How an apply ended. */
export interface AppliedRun {
  readonly failed: readonly string[];
  readonly counts: AuditCounts;
}

/**
 * Applies the saved plans of a run, and nothing else, under a guard that signs only what they show. A stack that fails holds up no
 * other.
 *
 * @throws Error if nothing was applied, with the reason
 */
export async function applyPlans(job: Job, options: ApplyOptions): Promise<AppliedRun> {
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
  if (options.isWithoutDeletions && waiting) return leaveToApproval(job, waiting.name);
  await refuseOutdated(job, sealed.commit, options.commit);
  await refuseTooFew(sealed.approvals, options.findApprovers);
  // A night leaves out the plans of stacks where nobody is due. Nobody approved them, so neither engine nor guard may see them.
  const plans = matchStacks(job, sealed).filter(({ change }) => change !== "nothing");
  renewFolder(job, "apply");
  const workspace = new Workspace(settings, job.checkout, environment, users);
  try {
    await workspace.unpack(tar);
    await workspace.init();
    const variables = {
      ...limitVariables(settings, environment, workspace.folder),
      ...(!sealed.is_due && { GENAUTH_DUE_DELETIONS: "hold" }),
    };
    const args = settings.allow.flatMap((entry) => ["--allow", entry]);
    for (const { name, folder: stack, plan, plan_json: json } of plans) {
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
    const guarded = options.isWithoutDeletions || plans.length === 0 ? ["--read-only"] : args;
    job.platform.setOutput("stacks_sha256", sealed.stacks_sha256);
    job.platform.setOutput("stacks", describeStacks(sealed));
    const why = trailerOptions(await job.git.trailers(sealed.commit));
    const failed = await underGuard(
      { args: [...guarded, ...why, "--audit", audit], users, environment, variables },
      async (reached) => {
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
    return { failed, counts: reportAudit(job, audit) };
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
function leaveToApproval({ platform }: Job, name: string): AppliedRun {
  if (platform.name !== "gitlab")
    throw new Error(
      `The plan of ${name} needs an approval, and this job applies only plans that need none. Nothing was applied.`,
    );
  process.stdout.write(
    `The plan of ${name} needs an approval: read the log of the job plan, then approve and start the job apply. Nothing was applied.\n`,
  );
  return { failed: [], counts: { approved: 0, sent: 0, deleted: 0 } };
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

const AuditEvent = z.discriminatedUnion("event", [
  z.object({
    event: z.literal("sending"),
    request: z.number(),
    change: z.string(),
    users: z.array(z.object({ user_id: z.string() })),
  }),
  z.object({ event: z.literal("answered"), request: z.number(), status: z.number().nullish() }),
  z.object({
    event: z.literal("ended"),
    changes: z.object({ deletion: z.object({ approved: z.number(), sent: z.number() }) }),
  }),
]);

/** Hands over what the guard counted. */
function reportAudit({ platform, folder }: Job, file: string): AuditCounts {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const counts = readAudit(text);
  const sha256 = sha256Of(text);
  writeFileSync(join(folder, "apply", "summary.json"), `${JSON.stringify({ sha256, ...counts })}\n`);
  platform.setOutput("audit_sha256", sha256);
  for (const [name, number] of Object.entries(counts)) platform.setOutput(name, String(number));
  process.stderr.write(
    `By the guard's audit: ${count(counts.deleted, "user")} deleted, of ${counts.sent} sent and ${counts.approved} approved.\n`,
  );
  return counts;
}

/**
 * Counts what a guard's audit holds.
 *
 * @throws Error if the guard did not end it
 */
export function readAudit(text: string): AuditCounts {
  const events = text
    .split("\n")
    .filter(Boolean)
    .flatMap((line) => {
      const event = AuditEvent.safeParse(JSON.parse(line));
      return event.success ? [event.data] : [];
    });
  const last = events.at(-1);
  if (last?.event !== "ended")
    throw new Error(
      "The guard ended before it wrote how many users it deleted. Read its audit, and plan again to see who is left.",
    );
  const done = new Set(
    events.flatMap((each) => (each.event === "answered" && each.status === 200 ? [each.request] : [])),
  );
  const deleted = new Set(
    events.flatMap((each) =>
      each.event === "sending" && each.change === "deletion" && done.has(each.request)
        ? each.users.map(({ user_id }) => user_id)
        : [],
    ),
  );
  return { ...last.changes.deletion, deleted: deleted.size };
}
