import { test } from "@jest/globals";
import { expectNoBrokenPromise } from "../../support/histories/replay";
import { seededRuns } from "../../support/seed";
import { runSuspensionHistory } from "../faults/suspension-histories/history";
import { LocalStack } from "../faults/suspension-histories/local-stack";
import { history as anyHistory } from "../faults/suspension-histories/steps";

/**
 * In a history, people move between two sets, others change the pool, calls fail and processes are killed. After each of its runs,
 * `brokenPromises` of promises.ts compares the pool and the state with the plan. Here, the engine's part is played in this process;
 * `test/proofs/long` runs the same histories on the real engines.
 */
const { seed, numRuns } = seededRuns("FAULT_SUSPENSIONS", 10);

/** Histories mostly wait, so several run at once. */
const PARTS = [0, 1, 2, 3, 4] as const;

test.concurrent.each(PARTS)(
  "a random history of two sets that suspend first suspends or deletes nobody without a plan, too early or above a limit, and forgets nobody: part %d",
  async (part) => {
    await expectNoBrokenPromise(
      {
        arbitrary: anyHistory,
        run: (each) => runSuspensionHistory(each, (emulator) => new LocalStack(emulator)),
        seed: seed + part,
        numRuns: Math.ceil(numRuns / PARTS.length),
        runsToShorten: 60,
      },
      undefined,
      {
        file: "test/proofs/random/suspension-histories.test.ts",
        name: `a random history of two sets that suspend first suspends or deletes nobody without a plan, too early or above a limit, and forgets nobody: part ${part}`,
      },
    );
  },
  // The time of one counts while others run.
  600_000,
);
