import type { CheckedRules, Job, Platform, Receipt } from "./job";
import { describeOutcome, keepReceipt, readRecorded, settleOutcome } from "./outcome";
import { remote, type CheckedOut } from "./repository";

/**
 * Any other platform, such as Jenkins or Azure DevOps, of which only files and the exit code are known. Its
 * own steps put the folder of the run into each job, and have a person approve before the job that applies.
 */
export class OtherPlatform implements Platform {
  readonly runUrl = undefined;
  readonly attempt = 1;
  readonly pullRequest = undefined;
  readonly pushedFrom = undefined;
  readonly outdatedRun = "fails";

  setOutput(): void {
    // What a job says is in the folder of the run.
  }

  announceCutOff(): void {
    // People read the log.
  }

  findCutOff(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  addSummary(): void {
    // People read the log.
  }

  /** The checkout says what the branch holds, if it was fetched. */
  async fetchBranch(git: CheckedOut, branch: string): Promise<boolean> {
    const isKnown = await git.knows(remote(branch));
    if (!isKnown)
      process.stderr.write(
        `Nobody has fetched origin/${branch}, so it was not checked whether this checkout holds its newest commits. If it does not, people who joined there are planned as leavers. Fetch the branch before this job.\n`,
      );
    return isKnown;
  }

  fetchHandedOver(): Promise<void> {
    return Promise.resolve();
  }

  checkRules(): Promise<CheckedRules> {
    const sentence =
      "The rules of a repository on GitHub were not checked. GITHUB_REPOSITORY=OWNER/NAME and GH_TOKEN let this check them.";
    return Promise.resolve({ sentence, faults: [] });
  }

  askForApproval(): Promise<void> {
    return Promise.resolve();
  }

  findRequest(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /** The person who let the job start has approved, and nothing says who that was. */
  findApprovers(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  openComments(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async writeReceipt(job: Job): Promise<Receipt> {
    await settleOutcome(job);
    const commit = await job.git.commit();
    const known = { kind: "receipt", commit, time: new Date().toISOString(), ...(await job.git.trailers()) };
    const outcome = readRecorded(job.folder);
    return await keepReceipt(job, known, () =>
      Promise.resolve({ outcome, ending: describeOutcome(outcome) }),
    );
  }
}
