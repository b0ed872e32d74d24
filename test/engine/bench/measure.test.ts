import { expect, test } from "@jest/globals";
import { inTurn, ratio } from "../../../bench/measure/rounds";
import { summarise } from "../../../bench/measure/summary";
import { linearity } from "../../../bench/report/linearity";
import { isMet, tableOf } from "../../../bench/report/table";

test("measurements are summarised by minimum, median and maximum", () => {
  expect(summarise([3, 1, 2])).toEqual({ samples: [3, 1, 2], min: 1, median: 2, max: 3 });
  expect(summarise([4, 1, 10, 2])).toMatchObject({ min: 1, median: 2, max: 10 });
});

test("sides are measured in turn, so that other load affects all of them", async () => {
  const taken: string[] = [];
  const contender = (name: string, seconds: number) => ({
    name,
    measure: () => {
      taken.push(name);
      return Promise.resolve({ seconds });
    },
  });
  const sides = await inTurn(2, [contender("baseline", 2), contender("ours", 3)], ["seconds"]);
  expect(taken).toEqual(["baseline", "ours", "baseline", "ours"]);
  expect(ratio(sides.seconds, "ours", "baseline")).toBe(1.5);
  expect(() => ratio(sides.seconds, "ours", "nobody")).toThrow('No side is called "nobody"');
});

test("a table shows each side, and which targets are met", () => {
  const targets = [
    { what: "ours / baseline", seen: 1.5, wanted: { atMost: 1.3 } },
    { what: "loop / ours", seen: 8, wanted: { atLeast: 5 } },
  ];
  expect(targets.map(isMet)).toEqual([false, true]);
  const sides = [{ name: "ours", summary: summarise([1.5, 2]) }];
  expect(tableOf({ title: "plan", unit: "s", sides, targets })).toBe(
    [
      "plan (s)",
      "       min  median   max  rounds",
      "ours  1.50    1.50  2.00       2",
      "  MISS  ours / baseline: 1.50, wanted at most 1.3",
      "  ok    loop / ours: 8, wanted at least 5",
      "",
    ].join("\n"),
  );
});

test("time that grows faster than linearly misses its target", () => {
  const plan = (users: number, seconds: number) => ({
    title: `plan of ${users} users`,
    unit: "s" as const,
    sides: [{ name: "genauth_user_set", summary: summarise([seconds]) }],
    targets: [],
    plot: { family: "plan", users },
  });
  const [growth, ...others] = linearity([plan(10_000, 2), plan(100_000, 40), plan(1_000, 0.5)]);
  expect(others).toEqual([]);
  expect(growth?.sides.map(({ name }) => name)).toEqual(["1,000 users", "10,000 users", "100,000 users"]);
  expect(growth?.targets.map(({ seen }) => seen)).toEqual([4, 20]);
  expect(growth?.targets.map(isMet)).toEqual([true, false]);
  expect(linearity([plan(10_000, 2)])).toEqual([]);
});
