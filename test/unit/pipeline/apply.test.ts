import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { apply, type ApplyOptions } from "../../../src/pipeline/apply";
import { sha256Of, writeHandedOver } from "../../../src/pipeline/hand-over";
import type { Job } from "../../../src/pipeline/job";
import { readRecorded } from "../../../src/pipeline/outcome";
import { sealPlans } from "../../../src/pipeline/sealed-plans";
import { newFolder } from "../../support/at-end";

/** What the job `apply` refuses before the engine begins. */

const GENAUTH_PLAN_KEY = "0123456789abcdef0123456789abcdef";
const COMMIT = "c".repeat(40);
const TAR = Buffer.from("stacks");
/** What is not refused goes on to unpack the stacks, for which a unit test may start no process. */
const GOES_ON = "A unit test starts no process, such as tar.";

let folder: string;
/** What the job's log shows. */
let log: string;
beforeEach(() => {
  folder = newFolder();
  log = "";
  for (const stream of [process.stdout, process.stderr])
    jest.spyOn(stream, "write").mockImplementation((text) => {
      log += text.toString();
      return true;
    });
});
afterEach(() => void jest.restoreAllMocks());

/** What is about a plan, where it is not as it should be. */
interface Situation extends ApplyOptions {
  /** How many people must approve it. */
  readonly needed?: 0 | 1 | 2;
  readonly approvers?: readonly string[];
  /** What was handed over in place of the stacks that were planned. */
  readonly tar?: Buffer;
  readonly isOnBranch?: boolean;
  readonly isUpToDate?: boolean;
}

/** Applies a plan. */
function applyPlan({
  needed = 1,
  approvers = ["otto"],
  tar = TAR,
  isOnBranch = true,
  isUpToDate = true,
  ...options
}: Situation) {
  const plans = { commit: COMMIT, stacks_sha256: sha256Of(TAR), why: {}, causes: [], approvals: needed };
  const sealed = sealPlans({ ...plans, apply: [], protect: [], refused: [] }, GENAUTH_PLAN_KEY);
  writeHandedOver(folder, "plan", sealed);
  writeHandedOver(folder, "stacks", tar);
  const platform = {
    attempt: 2,
    setOutput: () => undefined,
    fetchHandedOver: () => Promise.resolve(),
    fetchBranch: () => Promise.resolve(true),
    findApprovers: () => Promise.resolve(approvers),
  };
  const git = {
    isOnBranch: () => Promise.resolve(isOnBranch),
    isUpToDate: () => Promise.resolve(isUpToDate),
  };
  const settings = { branch: "main", paths: [], stacks: [] };
  const job = {
    folder,
    checkout: folder,
    environment: { GENAUTH_PLAN_KEY },
    users: {},
    platform,
    git,
    settings,
  };
  return apply(job as unknown as Job, options);
}

test.each<{ readonly what: string; readonly says: string } & Situation>([
  {
    what: "that two must approve, and nobody did",
    needed: 2,
    approvers: [],
    says: "nobody that this job can see",
  },
  { what: "that two must approve, and one did", needed: 2, says: "It was approved by otto." },
  {
    what: "that two must approve, and one did twice",
    needed: 2,
    approvers: ["otto", "Otto"],
    says: "It was approved by otto.",
  },
  { what: "of an earlier attempt of the run", plannedAttempt: "1", says: 'Choose "Re-run all jobs"' },
  { what: "of another commit than the run", commit: "d".repeat(40), says: "and the run of ddd" },
  { what: "of a commit that is not on the branch", isOnBranch: false, says: "is no part of the branch main" },
  { what: "of a commit that is not the newest", isUpToDate: false, says: "lacks commits of main" },
  {
    what: "that is not the one that the job said",
    sealedPlansSha256: "0".repeat(64),
    says: "The saved plan is not the one that an earlier job handed over",
  },
  {
    what: "of other stacks",
    tar: Buffer.from("others"),
    says: "The tar of the stacks is not the one that an earlier job handed over",
  },
])("a plan $what is refused, and the outcome says so", async ({ what: _what, says, ...situation }) => {
  await expect(applyPlan(situation)).rejects.toThrow(says);
  expect(readRecorded(folder)).toEqual({ kind: "refused" });
});

test.each<{ readonly what: string } & Situation>([
  { what: "one person must approve, and one did" },
  { what: "two must approve, and two did", needed: 2, approvers: ["otto", "olga"] },
  {
    what: "nobody must approve, in the job without deletions",
    needed: 0,
    approvers: [],
    withoutDeletions: true,
  },
  { what: "its attempt and its commit are those of the run", plannedAttempt: "2", commit: COMMIT },
])("a plan is not refused if $what", async ({ what: _what, ...situation }) => {
  await expect(applyPlan(situation)).rejects.toThrow(GOES_ON);
});

test("a plan that needs an approval is left to it, in the job without deletions, which says what to do", async () => {
  expect(await applyPlan({ withoutDeletions: true })).toBe("left");
  expect(log).toMatch(/approve and start the job apply\. Nothing was applied\.\n$/);
  expect(readRecorded(folder)).toEqual({ kind: "not_started" });
});
