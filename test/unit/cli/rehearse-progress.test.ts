import { afterEach, expect, jest, test } from "@jest/globals";
import { startProgress } from "../../../src/cli/rehearse";

afterEach(() => void jest.useRealTimers());

test("a step that takes long is said every ten seconds, until the next one or the end", () => {
  jest.useFakeTimers();
  const lines: string[] = [];
  const say = startProgress((line) => lines.push(line));
  say("asking");
  jest.advanceTimersByTime(9999);
  expect(lines).toEqual(["  0 s: asking"]);
  jest.advanceTimersByTime(10_001);
  expect(lines.slice(1)).toEqual([" 10 s: still asking", " 20 s: still asking"]);
  say("looking");
  jest.advanceTimersByTime(9999);
  expect(lines.slice(3)).toEqual([" 20 s: looking"]);
  say(undefined);
  jest.advanceTimersByTime(60_000);
  expect(lines).toHaveLength(4);
});
