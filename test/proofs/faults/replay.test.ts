import { execFileSync } from "node:child_process";
import { expect, jest, test } from "@jest/globals";
import * as fc from "fast-check";
import { history as engineHistory } from "./histories/steps";
import { runHistory as runInDomain } from "../random/users/histories/history";
import { history as domainHistory } from "../random/users/histories/steps";
import { ModelDirectory } from "../../support/users/model-directory";
import { UserIdType } from "../../../src/users";
import { type Histories, checkHistories } from "../../support/histories/replay";

/** A name with characters that a shell or a pattern could misinterpret. */
const TEST = { file: "test/some.test.ts", name: "any (history) of $1's [sets]" };

/** Fails as the histories do, then runs the printed command without Jest. @returns both failures */
async function failTwice<H>(histories: Pick<Histories<H>, "arbitrary" | "run">): Promise<[string, string]> {
  const whole = { ...histories, seed: 6, numRuns: 100, shrinks: 100 };
  const first = await messageOf(checkHistories(whole, undefined, TEST));
  const command = /FAULT_REPLAY=.*$/m.exec(first)?.[0] ?? "";
  const shell = command.replace("npx jest", String.raw`sh -c 'printf "%s\n" "$FAULT_REPLAY" "$@"' jest`);
  const [replay = "", ...args] = execFileSync("sh", ["-c", shell], { encoding: "utf8" }).split("\n");
  expect(args.slice(0, 4)).toEqual(["--selectProjects", "long", "--runTestsByPath", TEST.file]);
  expect(new RegExp(args[5] ?? "").test(TEST.name)).toBe(true);
  return [first, await messageOf(checkHistories(whole, replay, TEST))];
}

async function messageOf(run: Promise<void>): Promise<string> {
  return run.then(
    () => "nothing fails",
    (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown)),
  );
}

test("the printed command repeats a domain history that breaks a promise", async () => {
  // A pool that reports deletions, but never deletes.
  const broken = jest.spyOn(ModelDirectory.prototype, "deleteUsers");
  broken.mockResolvedValue({ ok: true, value: undefined });
  try {
    const [first, again] = await failTwice({
      arbitrary: domainHistory,
      run: (its) => runInDomain(UserIdType.EMAIL, its),
    });
    expect(again).toContain("the undisturbed run fails");
    expect(first.startsWith(again)).toBe(true);
  } finally {
    broken.mockRestore();
  }
});

test("a failed engine history is shortened, and printed with all its steps", async () => {
  const [first, again] = await failTwice({
    arbitrary: engineHistory,
    run: ({ steps }) => {
      const cut = steps.find((step) => step.cut !== null && step.faults.length > 0);
      return cut ? Promise.reject(new Error(`Failed: ${JSON.stringify(steps)}`)) : Promise.resolve();
    },
  });
  expect(again).toContain('"cut":{');
  expect(first.startsWith(again)).toBe(true);
});

test.each<[string, fc.Arbitrary<unknown>]>([
  ["domain", domainHistory],
  ["engine", engineHistory],
])("a history of the %s survives JSON unchanged", (_where, drawn) => {
  fc.assert(
    fc.property(drawn, (history) => {
      expect(JSON.parse(JSON.stringify(history))).toEqual(history);
    }),
    { seed: 6 },
  );
});

test("a replay runs its history and nothing else", async () => {
  const ran: unknown[] = [];
  const run = (history: number[]): Promise<void> => Promise.resolve(void ran.push(history));
  await checkHistories(
    { arbitrary: fc.array(fc.nat()), run, seed: 6, numRuns: 100, shrinks: 0 },
    "[1,2]",
    TEST,
  );
  expect(ran).toEqual([[1, 2]]);
});
