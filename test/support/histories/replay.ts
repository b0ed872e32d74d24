import { relative } from "node:path";
import { expect } from "@jest/globals";
import * as fc from "fast-check";

/** Random histories, and the check of each. */
export interface Histories<H> {
  /** Generates a history: plain data that survives JSON unchanged. */
  readonly arbitrary: fc.Arbitrary<H>;
  /** Runs a history. Rejects with a description of each broken promise. */
  readonly run: (history: H) => Promise<void>;
  readonly seed: number;
  readonly numRuns: number;
  /** How many shorter histories to run after a failure, to print a short one that fails. */
  readonly runsToShorten: number;
}

/** Identifies a test for Jest. */
export interface TestName {
  readonly file: string;
  readonly name: string;
}

/** The variable with a history to run instead of random ones, as JSON. */
const REPLAY = "FAULT_REPLAY";

/**
 * Runs random histories or, if `FAULT_REPLAY` is set, only the history in it.
 *
 * @param replay default `FAULT_REPLAY`
 * @param test the test that the printed command runs; default the calling one
 * @throws Error with the broken promises and a command that repeats the shortened history
 */
export async function expectNoBrokenPromise<H>(
  { arbitrary, run, seed, numRuns, runsToShorten }: Histories<H>,
  replay = process.env[REPLAY],
  test = currentTest(),
): Promise<void> {
  if (replay !== undefined) {
    await run(JSON.parse(replay) as H);
    return;
  }
  let left = Infinity;
  const property = fc.asyncProperty(arbitrary, async (history) => {
    if (left <= 0) return;
    left -= 1;
    try {
      await run(history);
    } catch (thrown) {
      left = Math.min(left, runsToShorten);
      throw thrown;
    }
  });
  // With a bias, the first dozens of histories would be nearly empty.
  const { failed, counterexample, errorInstance } = await fc.check(property, {
    seed,
    numRuns,
    // oxlint-disable-next-line typescript/no-deprecated -- the plugin in its place has a type that no property of ours takes
    unbiased: true,
  });
  if (!failed || counterexample === null) return;
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  const command = replayCommand(JSON.stringify(counterexample[0]), test);
  throw new Error(`${why}\n\nRandom histories with seed ${seed}. To repeat only this one:\n\n${command}\n`);
}

function replayCommand(history: string, { file, name }: TestName): string {
  const pattern = `^${name.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)}$`;
  return `${REPLAY}=${quoted(history)} PROOFS=long npx jest --selectProjects long --runTestsByPath ${file} -t ${quoted(pattern)}`;
}

/** Quotes a text as one word of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function currentTest(): TestName {
  const { testPath = "", currentTestName = "" } = expect.getState();
  return { file: relative(process.cwd(), testPath), name: currentTestName };
}
