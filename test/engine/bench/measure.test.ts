import { expect, test } from "@jest/globals";
import { inRounds, ratio } from "../../../bench/measure/rounds";
import { summarise } from "../../../bench/measure/summary";
import { linearity } from "../../../bench/report/linearity";
import { isMet, tableOf } from "../../../bench/report/table";

test("measurements are summarised by minimum, median and maximum", () => {
  expect(summarise([3, 1, 2])).toEqual({ samples: [3, 1, 2], min: 1, median: 2, max: 3 });
  expect(summarise([4, 1, 10, 2])).toMatchObject({ min: 1, median: 2, max: 10 });
});

test("each round measures all sides in random order, and a ratio compares the sides of a round", async () => {
  const taken: string[] = [];
  const contender = (name: string, seconds: readonly number[]) => ({
    name,
    measure: () => {
      taken.push(name);
      return Promise.resolve({ seconds: seconds[taken.filter((other) => other === name).length - 1] ?? 0 });
    },
  });
  const last = (limit: number) => limit - 1;
  // A machine that is ten times as slow in the second round.
  const contenders = [contender("baseline", [2, 20, 2]), contender("ours", [3, 30, 1])];
  const sides = await inRounds(3, contenders, ["seconds"], last);
  expect(taken).toEqual(["ours", "baseline", "ours", "baseline", "ours", "baseline"]);
  expect(sides.seconds.map(({ name }) => name)).toEqual(["baseline", "ours"]);
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
  expect(tableOf({ title: "plan", unit: "s", sides, ratios: ["ours / Go: 2.10"], targets })).toBe(
    [
      "plan (s)",
      "       min  median   max  rounds",
      "ours  1.50    1.50  2.00       2",
      "  ours / Go: 2.10",
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
