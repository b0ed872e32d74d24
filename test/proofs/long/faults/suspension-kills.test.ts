import { beforeAll, describe, expect, test } from "@jest/globals";
import { engines } from "../../../support/engine/engines";
import { CALLS_OF, PreparedSuspension, type SuspensionRun } from "../../faults/kills/cut-suspension";
import { everyCut, titleOf } from "../../faults/kills/cuts";

const prepared: PreparedSuspension[] = [];
beforeAll(async () => {
  for (const engine of engines()) prepared.push(await PreparedSuspension.make(engine));
});

describe.each(Object.keys(CALLS_OF) as SuspensionRun[])("an apply that %s", (run) => {
  test("makes the calls at which it is cut", async () => {
    for (const one of prepared) expect(await one.countCalls(run)).toBe(CALLS_OF[run]);
  });

  test.each(
    everyCut("genauth_user_set", CALLS_OF[run]).map((cut, index) => ({ title: titleOf(cut), cut, index })),
  )("keeps its promises after $title", async ({ cut, index }) => {
    // The engines take turns.
    expect(await prepared[index % prepared.length]?.cut(run, cut)).toEqual([]);
  });
});

test("nearly all cuts met a running process", () => {
  const cuts = Object.values(CALLS_OF).reduce((sum, calls) => sum + calls * 6, 0);
  const met = prepared.reduce((sum, { effective }) => sum + effective, 0);
  process.stdout.write(`${cuts} cuts, ${met} met a running process\n`);
  expect(met).toBeGreaterThan(0.9 * cuts);
});
