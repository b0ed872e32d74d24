import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { engines } from "../support/engine";
import { PreparedRemoval } from "./kills/cut-apply";
import { everyCut, SIGNALS, spreadCuts, titleOf } from "./kills/cuts";

/** Points at which an apply of 1,000 removals is killed. */
const POINTS = Number(process.env.FAULT_KILLS ?? 200);
const CALLS_OF_SHORT = 12;
const CALLS_OF_LONG = 21 + 3 * 20;

describe.each([
  ["120 removals", 130, 10, everyCut(CALLS_OF_SHORT)],
  [
    "120 removals, by signals",
    130,
    10,
    SIGNALS.flatMap((how) => [4, 7, 8, 10].map((call) => ({ ...how, call, answered: false }))),
  ],
  ["1,000 removals", 1010, 10, spreadCuts(POINTS, CALLS_OF_LONG)],
] as const)("an apply of %s", (_what, size, staying, cuts) => {
  const removals: PreparedRemoval[] = [];
  beforeAll(async () => {
    for (const engine of engines()) removals.push(await PreparedRemoval.make(engine, size, staying));
  });
  afterAll(() => {
    for (const removal of removals.splice(0)) removal.remove();
  });

  test.each(cuts.map((cut, index) => [titleOf(cut), cut, index] as const))(
    "%s",
    async (_title, cut, index) => {
      // The engines take turns.
      const removal = removals[index % removals.length];
      expect(await removal?.cut(cut)).toEqual([]);
    },
  );
});
