import { expect, test } from "@jest/globals";
import { logProgress } from "../../src/provider/progress";

test("long work is told at most every five seconds, with its rate and what is left of it", () => {
  let elapsed = 1000;
  const lines: unknown[] = [];
  const info = (message: string, fields: unknown) => lines.push([message, fields]);
  const tell = logProgress({ info }, "deleting users", () => elapsed);
  for (let done = 50; done <= 1000; done += 50) {
    elapsed += 600;
    tell({ done, total: 1000 });
  }
  expect(lines).toEqual([
    ["deleting users: 450 of 1000", { perSecond: 83, secondsLeft: 7 }],
    ["deleting users: 900 of 1000", { perSecond: 83, secondsLeft: 2 }],
  ]);
});

test("work of which nothing is done yet has no end in sight, and short work is not mentioned", () => {
  let elapsed = 0;
  const lines: unknown[] = [];
  const info = (message: string, fields: unknown) => lines.push([message, fields]);
  const tell = logProgress({ info }, "looking users up", () => elapsed);
  tell({ done: 10, total: 20 });
  elapsed = 5000;
  tell({ done: 0, total: 20 });
  expect(lines).toEqual([["looking users up: 0 of 20", { perSecond: 0 }]]);
});
