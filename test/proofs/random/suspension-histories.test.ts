import { test } from "@jest/globals";
import { checkHistories } from "../../support/histories/replay";
import { seededRuns } from "../../support/seed";
import { runSuspensionHistory } from "../faults/suspension-histories/history";
import { LocalStack } from "../faults/suspension-histories/local-stack";
import { history } from "../faults/suspension-histories/steps";

/** The same histories run on the real engines in `test/proofs/long`. */
const { seed, numRuns } = seededRuns("FAULT_SUSPENSIONS", 10);

/** Histories mostly wait, so several run at once. */
const PARTS = [0, 1, 2, 3, 4] as const;

test.concurrent.each(PARTS)(
  "any history of two sets that suspend first keeps the promises: part %d",
  async (part) => {
    await checkHistories(
      {
        arbitrary: history,
        run: (its) => runSuspensionHistory(its, (emulator) => new LocalStack(emulator)),
        seed: seed + part,
        numRuns: Math.ceil(numRuns / PARTS.length),
        shrinks: 60,
      },
      undefined,
      {
        file: "test/proofs/random/suspension-histories.test.ts",
        name: `any history of two sets that suspend first keeps the promises: part ${part}`,
      },
    );
  },
  // The time of one counts while others run.
  600_000,
);
