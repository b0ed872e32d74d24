import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { OsUsers } from "../guard";
import { isRoot } from "../guard/os-user";
import { giveFolder } from "./hand-over";
import type { CheckedOut, CommitTrailers } from "./repository";
import type { PipelineSettings } from "./settings";
import type { PlatformApi } from "./web";

/** What every job of a pipeline starts with. */
export interface Job {
  /** The top of the checkout. */
  readonly checkout: string;
  /** The folder of the run, in which jobs hand over. */
  readonly folder: string;
  readonly settings: PipelineSettings;
  /** With the keys of the job; the secret of GenAuth is hidden from copies. */
  readonly environment: NodeJS.ProcessEnv;
  readonly users: OsUsers;
  readonly git: CheckedOut;
  readonly platform: Platform;
}

/**
 * Where a pipeline runs: all that its jobs ask of it. Each platform is one class; nothing else knows on which
 * one it runs.
 *
 * No decision about a person rests on what a platform remembers of earlier runs: it is asked who approves
 * this run, and nothing else that matters.
 */
export interface Platform {
  /** The address of the run, for reports and messages. */
  readonly runUrl: string | undefined;
  /** The attempt of the run; 1 where there is no other. */
  readonly attempt: number;
  /** The pull request whose run this is. */
  readonly pullRequest: PullRequest | undefined;
  /**
   * The newest commit of the branch before the push that started this run, if the platform knows it. One push
   * can bring several commits.
   */
  readonly pushedFrom: string | undefined;
  /**
   * What becomes of a run that lacks the newest commits of its branch. Where it `ends` well, their run plans
   * its changes, too.
   */
  readonly outdatedRun: "ends" | "fails";

  /** Hands a value to later jobs, by a way that no code of the checkout can change. */
  setOutput(name: string, value: string): void;
  /** Leaves word that an apply was cut off, where the next run finds it. */
  announceCutOff(text: string): void;
  /**
   * What the last apply of the branch announced, if it was cut off. It is for people, and decides nothing.
   */
  findCutOff(job: Job): Promise<string | undefined>;
  /** Adds Markdown to what people read of this job. */
  addSummary(markdown: string): void;

  /**
   * Makes the newest commit of a branch known to the checkout.
   *
   * @returns false if nothing says what the branch holds
   */
  fetchBranch(git: CheckedOut, branch: string): Promise<boolean>;
  /**
   * Fetches what an earlier job of this run handed over, unless it lies in the folder of the run.
   *
   * @throws Error if it is not exactly one
   */
  fetchHandedOver(job: Job, file: "stacks" | "plan"): Promise<void>;

  /** Checks whatever protects the branch and the keys here. */
  checkRules(job: Job): Promise<CheckedRules>;
  /**
   * Sets what is missing there, with the token of an administrator, and prints each call before it is sent.
   * Absent where nothing can be set.
   */
  fixRules?(job: Job): Promise<void>;
  /**
   * Has a sealed plan approved, or says how people do that.
   *
   * @throws Error if nothing makes sure that they do
   */
  askForApproval(job: Job, plan: PlanToApprove): Promise<void>;
  /**
   * The request by which a commit came to the branch, such as `#7`. It is for people, and decides nothing.
   *
   * @returns undefined if the platform knows of none, or does not tell this job
   */
  findRequest(commit: string, branch: string): Promise<string | undefined>;
  /** Who has approved the apply of this run. @throws Error if an approval is not one of its plan */
  findApprovers(job: Job): Promise<readonly string[]>;

  /** The comments of the pull request. @returns undefined without a token for them */
  openComments(job: Job): Promise<CommentThread | undefined>;
  /** Writes down who approved what, and how it ended. It names nobody who leaves. */
  writeReceipt(job: Job): Promise<Receipt>;
}

/** What protects the branch and the keys of a platform. */
export interface CheckedRules {
  /** What holds, or why it cannot be read, as a sentence for people. */
  readonly sentence: string;
  /** What is missing, and where it is set, a sentence or two for each. Empty: nothing. */
  readonly faults: readonly string[];
}

/** A pull request, or the entry of a merge queue. */
export interface PullRequest {
  readonly number: number | undefined;
  /** Its newest commit. Where its merge is planned, another one is checked out. */
  readonly head: string | undefined;
  /** The branch that its changes are meant for. */
  readonly target: string;
  /** Whether it gets no key: one of a fork, or of Dependabot. */
  readonly isForeign: boolean;
}

/** A sealed plan, for those who approve it. */
export interface PlanToApprove {
  /** How many people must. */
  readonly approvals: 0 | 1 | 2;
  readonly sha256: string;
}

/** A comment. */
export interface Comment {
  readonly id: number;
  readonly body?: string | null | undefined;
}

/** The comments of a pull request, and how they are changed. */
export interface CommentThread {
  readonly api: PlatformApi;
  /** Where they are listed and written. */
  readonly path: string;
  readonly pathOf: (id: number) => string;
  readonly method: "PATCH" | "PUT";
  /** A page of them, those of this account only. The number is that of all on the page. */
  readPage(query: string): Promise<{ readonly own: readonly Comment[]; readonly size: number }>;
}

/** Who approved a run, and how it ended: what a receipt holds on every platform. */
export interface Receipt extends CommitTrailers {
  /** A sentence for people. */
  readonly ending: string;
}

/** Begins a folder of the run anew, so that nothing of an earlier job is in it. */
export function renewFolder({ folder }: Job, name: string): string {
  const path = join(folder, name);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  return path;
}

/** Gives the folder of the run to the user who started this job by sudo: later steps of that user read it. */
export function returnFolder({
  folder,
  environment: { SUDO_UID: uid, SUDO_GID: gid },
}: Pick<Job, "folder" | "environment">): void {
  if (uid === undefined || gid === undefined || !isRoot() || !existsSync(folder)) return;
  giveFolder(folder, Number(uid), Number(gid));
}
