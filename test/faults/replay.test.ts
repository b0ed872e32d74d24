import { execFileSync } from "node:child_process";
import { expect, jest, test } from "@jest/globals";
import * as fc from "fast-check";
import { history as engineHistory } from "./histories/steps";
import { live as liveInDomain } from "../users/histories/history";
import { history as domainHistory } from "../users/histories/steps";
import { ModelDirectory } from "../users/support/model-directory";
import { UserIdType } from "../../src/users";
import { type Histories, holdForAll } from "../support/histories/replay";

/** A name with all that a shell or a pattern could take for something else. */
const TEST = { file: "test/some.test.ts", name: "any (history) of $1's [sets]" };

/** Fails as the histories do, then runs what was printed, up to Jest. @returns both failures */
async function failTwice<H>(histories: Pick<Histories<H>, "drawn" | "live">): Promise<[string, string]> {
  const whole = { ...histories, seed: 6, numRuns: 100, shrinks: 100 };
  const first = await messageOf(holdForAll(whole, undefined, TEST));
  const command = /FAULT_REPLAY=.*$/m.exec(first)?.[0] ?? "";
  const shell = command.replace("npx jest", String.raw`sh -c 'printf "%s\n" "$FAULT_REPLAY" "$@"' jest`);
  const [replay = "", ...args] = execFileSync("sh", ["-c", shell], { encoding: "utf8" }).split("\n");
  expect(args.slice(0, 4)).toEqual(["-c", "jest.faults.config.cjs", "--runTestsByPath", TEST.file]);
  expect(new RegExp(args[5] ?? "").test(TEST.name)).toBe(true);
  return [first, await messageOf(holdForAll(whole, replay, TEST))];
}

async function messageOf(run: Promise<void>): Promise<string> {
  return run.then(
    () => "nothing fails",
    (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown)),
  );
}

test("a domain history that breaks a promise is lived through again by what is printed", async () => {
  // A pool that says it deleted, and never does.
  const broken = jest.spyOn(ModelDirectory.prototype, "deleteUsers");
  broken.mockResolvedValue({ ok: true, value: undefined });
  try {
    const [first, again] = await failTwice({
      drawn: domainHistory,
      live: (its) => liveInDomain(UserIdType.EMAIL, its),
    });
    expect(again).toContain("the undisturbed run fails");
    expect(first.startsWith(again)).toBe(true);
  } finally {
    broken.mockRestore();
  }
});

test("an engine history that fails is shortened, and printed with every step as it was", async () => {
  const [first, again] = await failTwice({
    drawn: engineHistory,
    live: ({ steps }) => {
      const cut = steps.find((step) => step.cut !== null && step.faults.length > 0);
      return cut
        ? Promise.reject(new Error(`Not lived through: ${JSON.stringify(steps)}`))
        : Promise.resolve();
    },
  });
  expect(again).toContain('"cut":{');
  expect(first.startsWith(again)).toBe(true);
});

test.each<[string, fc.Arbitrary<unknown>]>([
  ["domain", domainHistory],
  ["engine", engineHistory],
])("a history of the %s comes back from JSON as it was", (_where, drawn) => {
  fc.assert(
    fc.property(drawn, (history) => {
      expect(JSON.parse(JSON.stringify(history))).toEqual(history);
    }),
    { seed: 6 },
  );
});

test("a replay lives through its history and nothing else", async () => {
  const lived: unknown[] = [];
  const live = (history: number[]): Promise<void> => Promise.resolve(void lived.push(history));
  await holdForAll({ drawn: fc.array(fc.nat()), live, seed: 6, numRuns: 100, shrinks: 0 }, "[1,2]", TEST);
  expect(lived).toEqual([[1, 2]]);
});
