import { expect, test } from "@jest/globals";
import { ProgressWatch } from "../../../src/users";
import type { ProgressReport } from "../../../src/users/progress";

/** A watch with a clock in milliseconds, and its reports. */
function setUp() {
  const reports: ProgressReport[] = [];
  const clock = { now: 1000 };
  const watch = new ProgressWatch(
    (report) => void reports.push(report),
    () => clock.now,
  );
  return { reports, clock, watch };
}

test("long work is reported at most every five seconds, with rate and remaining time", () => {
  const { reports, clock, watch } = setUp();
  const tell = watch.begin("deleting users");
  for (let done = 50; done <= 1000; done += 50) {
    clock.now += 600;
    tell({ done, total: 1000 });
  }
  const work = { doing: "deleting users", total: 1000, sets: 1, perSecond: 83 };
  expect(reports).toEqual([
    { ...work, done: 500, secondsLeft: 6 },
    { ...work, done: 950, secondsLeft: 1 },
  ]);
});

test("work that has not progressed has no remaining time, and short work is not reported", () => {
  const { reports, clock, watch } = setUp();
  watch.begin("looking users up")({ done: 20, total: 20 });
  clock.now += 60_000;
  const tell = watch.begin("looking users up");
  tell({ done: 10, total: 20 });
  clock.now += 4_999;
  tell({ done: 10, total: 20 });
  expect(reports).toEqual([]);
  clock.now += 1;
  tell({ done: 10, total: 20 });
  expect(reports).toEqual([{ doing: "looking users up", done: 10, total: 20, sets: 1, perSecond: 0 }]);
});

test("ids that were known before count as done, but not for the rate", () => {
  const { reports, clock, watch } = setUp();
  const tell = watch.begin("looking users up");
  tell({ done: 9_000, total: 10_000 });
  clock.now += 10_000;
  tell({ done: 9_500, total: 10_000 });
  expect(reports).toMatchObject([{ done: 9_500, perSecond: 50, secondsLeft: 10 }]);
});

test("ten sets at work are one report, and those that are done count in it until all ten are done", () => {
  const { reports, clock, watch } = setUp();
  const sets = Array.from({ length: 10 }, () => watch.begin("looking users up"));
  for (let done = 0; done <= 1000; done += 50) {
    clock.now += 500;
    for (const [index, tell] of sets.entries()) {
      const total = index < 5 ? 100 : 1000;
      if (done <= total) tell({ done, total });
    }
  }
  expect(reports).toMatchObject([
    { done: 2_800, total: 5_500, sets: 10 },
    { done: 5_300, total: 5_500, sets: 10 },
  ]);

  // All ten are done, so the next set is reported alone.
  const later = watch.begin("looking users up");
  later({ done: 0, total: 10 });
  clock.now += 5_000;
  later({ done: 5, total: 10 });
  expect(reports.at(-1)).toMatchObject({ done: 5, total: 10, sets: 1, perSecond: 1 });
});

test("two kinds of work are two reports, and the second comes five seconds after the first", () => {
  const { reports, clock, watch } = setUp();
  const lookUps = watch.begin("looking users up");
  const deletions = watch.begin("deleting users");
  lookUps({ done: 0, total: 100 });
  deletions({ done: 0, total: 50 });
  clock.now += 5_000;
  lookUps({ done: 1, total: 100 });
  deletions({ done: 2, total: 50 });
  clock.now += 4_999;
  deletions({ done: 3, total: 50 });
  expect(reports).toMatchObject([{ doing: "looking users up", done: 1, total: 100 }]);
  clock.now += 1;
  deletions({ done: 4, total: 50 });
  expect(reports.slice(1)).toMatchObject([{ doing: "deleting users", done: 4, total: 50 }]);
});
