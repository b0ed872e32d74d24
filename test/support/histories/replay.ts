import { relative } from "node:path";
import { expect } from "@jest/globals";
import * as fc from "fast-check";

/** Random histories, and what must hold for each of them. */
export interface Histories<H> {
  /** Draws a history: plain data, that JSON gives back as it was. */
  readonly drawn: fc.Arbitrary<H>;
  /** Lives through a history; rejects with what broke a promise, in words. */
  readonly live: (history: H) => Promise<void>;
  readonly seed: number;
  readonly numRuns: number;
  /** How many shorter histories are lived through after one failed, to find a short one that fails. */
  readonly shrinks: number;
}

/** A test as Jest knows it. */
export interface TestName {
  readonly file: string;
  readonly name: string;
}

/** The history to be lived through in place of random ones, as JSON. */
const REPLAY = "FAULT_REPLAY";

/**
 * Lives through random histories; or, where `FAULT_REPLAY` holds one, through that one and nothing else.
 *
 * @param replay default what `FAULT_REPLAY` holds
 * @param test what the command runs, default the test that calls this
 * @throws Error that says what broke, and how to see it again: one command with the literal, shortened history
 */
export async function holdForAll<H>(
  { drawn, live, seed, numRuns, shrinks }: Histories<H>,
  replay = process.env[REPLAY],
  test = currentTest(),
): Promise<void> {
  if (replay !== undefined) {
    await live(JSON.parse(replay) as H);
    return;
  }
  let left = Infinity;
  const property = fc.asyncProperty(drawn, async (history) => {
    if (left <= 0) return;
    left -= 1;
    try {
      await live(history);
    } catch (thrown) {
      left = Math.min(left, shrinks);
      throw thrown;
    }
  });
  // With a bias, the first dozens of histories would be nearly empty ones.
  const { failed, counterexample, errorInstance } = await fc.check(property, {
    seed,
    numRuns,
    unbiased: true,
  });
  if (!failed || counterexample === null) return;
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  const command = replayCommand(JSON.stringify(counterexample[0]), test);
  throw new Error(
    `${why}\n\nRandom histories with seed ${seed}. To live through just this one again:\n\n${command}\n`,
  );
}

function replayCommand(history: string, { file, name }: TestName): string {
  const pattern = `^${name.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)}$`;
  return `${REPLAY}=${quoted(history)} npx jest -c jest.faults.config.cjs --runTestsByPath ${file} -t ${quoted(pattern)}`;
}

/** As one word of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function currentTest(): TestName {
  const { testPath = "", currentTestName = "" } = expect.getState();
  return { file: relative(process.cwd(), testPath), name: currentTestName };
}
