import { beforeAll, describe, expect, test } from "@jest/globals";
import { engines } from "../../../support/engine/engines";
import { CALLS_OF, PreparedSuspension, type SuspensionRun } from "../../faults/kills/cut-suspension";
import { everyCut, titleOf } from "../../faults/kills/cuts";

const prepared: PreparedSuspension[] = [];
beforeAll(async () => {
  for (const engine of engines()) prepared.push(await PreparedSuspension.make(engine));
});

/** At each call, before and after its answer, the provider, the engine or both are killed. */
const cutsOf = (run: SuspensionRun) => everyCut("genauth_user_set", CALLS_OF[run]);
const RUNS = Object.keys(CALLS_OF) as SuspensionRun[];

describe.each(RUNS)("an apply that %s", (run) => {
  test("makes as many calls as the cuts assume", async () => {
    for (const one of prepared) expect(await one.countCalls(run)).toBe(CALLS_OF[run]);
  });

  test.each(cutsOf(run).map((cut, index) => ({ title: titleOf(cut), cut, index })))(
    "changes nobody else, forgets nobody in silence, and is completed by the next apply, after $title",
    async ({ cut, index }) => {
      // The engines take turns.
      expect(await prepared[index % prepared.length]?.cut(run, cut)).toEqual([]);
    },
  );
});

test("nearly all cuts met a running process", () => {
  const cuts = RUNS.flatMap(cutsOf).length;
  const met = prepared.reduce((sum, { effective }) => sum + effective, 0);
  process.stdout.write(`${cuts} cuts, ${met} met a running process\n`);
  expect(met).toBeGreaterThan(0.9 * cuts);
});
