import { execFileSync } from "node:child_process";
import { expect, test } from "@jest/globals";
import { runSuspensionHistory } from "./suspension-histories/history";
import { LocalStack } from "./suspension-histories/local-stack";
import { NOTHING, type Plan, SETS } from "./suspension-histories/stack";
import { history as drawn } from "./suspension-histories/steps";
import { type Histories, expectNoBrokenPromise } from "../../support/histories/replay";

/** A name with characters that a shell or a pattern could misinterpret. */
const TEST = { file: "test/some.test.ts", name: "any (history) of $1's [sets]" };

/** Fails as the histories do, then runs the printed command without Jest. @returns both failures */
async function failTwice<H>(histories: Pick<Histories<H>, "arbitrary" | "run">): Promise<[string, string]> {
  const whole = { ...histories, seed: 6, numRuns: 100, runsToShorten: 10 };
  const first = await messageOf(expectNoBrokenPromise(whole, undefined, TEST));
  const command = /FAULT_REPLAY=.*$/m.exec(first)?.[0] ?? "";
  const shell = command.replace("npx jest", String.raw`sh -c 'printf "%s\n" "$FAULT_REPLAY" "$@"' jest`);
  const [replay = "", ...args] = execFileSync("sh", ["-c", shell], { encoding: "utf8" }).split("\n");
  expect(args.slice(0, 4)).toEqual(["--selectProjects", "long", "--runTestsByPath", TEST.file]);
  expect(new RegExp(args[5] ?? "").test(TEST.name)).toBe(true);
  return [first, await messageOf(expectNoBrokenPromise(whole, replay, TEST))];
}

async function messageOf(run: Promise<void>): Promise<string> {
  return run.then(
    () => "nothing fails",
    (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown)),
  );
}

/** Its plans show nobody. */
class SilentStack extends LocalStack {
  override async plan(...how: Parameters<LocalStack["plan"]>): Promise<Plan> {
    return { ...(await super.plan(...how)), sets: SETS.map(() => NOTHING) };
  }
}

test("the printed command repeats a history that breaks a promise", async () => {
  const [first, again] = await failTwice({
    arbitrary: drawn,
    run: (its) => runSuspensionHistory(its, (emulator) => new SilentStack(emulator)),
  });
  expect(again).toContain("no plan showed it");
  // The messages of the runs, below that, have times and ports.
  const [step = "", broken = ""] = again.split("\n");
  expect(first.startsWith(`${step}\n${broken}\n`)).toBe(true);
});

test("a failed history is shortened, and printed with all its steps", async () => {
  const [first, again] = await failTwice({
    arbitrary: drawn,
    run: ({ steps }) => {
      const cut = steps.find((step) => step.cut !== null && step.faults.length > 0);
      return cut ? Promise.reject(new Error(`Failed: ${JSON.stringify(steps)}`)) : Promise.resolve();
    },
  });
  expect(again).toContain('"cut":{');
  expect(first.startsWith(again)).toBe(true);
});
