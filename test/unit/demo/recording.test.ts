import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { recordedLines, recordingOf } from "../../../scripts/demo/recording";

const RECORDING = join(__dirname, "../../../docs", "pictures", "demo.svg");
const demo = (engine: string, folder: string) =>
  [
    "1. Find an engine",
    "Part one: 2 people leave",
    "========================",
    "",
    "5. Plan",
    `   $ STAFF_FILE=/tmp/${folder}/staff.csv npx tsx scripts/demo/stack.ts`,
    `   $ ${engine} plan`,
    '   │   - "ada@example.com" = "<Ada & Bo>" -> null',
    "   ✓ nobody is deleted so far",
    "",
    "Part two: 50 more leave",
  ].join("\n");

test("records the removal that succeeds, without what differs from run to run", () => {
  const lines = recordedLines(demo("terraform", "one"));
  expect(lines).toEqual(recordedLines(demo("tofu", "two")));
  expect(lines[0]).toBe("Part one: 2 people leave");
  expect(lines.at(-1)).toBe("   ✓ nobody is deleted so far");
  expect(() => recordedLines("Part one\n")).toThrow("not that of a whole demo");
});

test("each line appears once, escaped, and after the line before", () => {
  const svg = recordingOf(recordedLines(demo("terraform", "one")));
  expect(svg.match(/<text /g)).toHaveLength(6);
  expect(svg).toContain("&lt;Ada &amp; Bo&gt;");
  const [, cover = ""] = /@keyframes cover\{(.*)\}$/m.exec(svg) ?? [];
  const positions = [...cover.matchAll(/([\d.]+)%\{transform:translateY\((\d+)px\)\}/g)].map(([, at, y]) => [
    Number(at),
    Number(y),
  ]);
  expect(positions.length).toBe(7);
  expect(positions).toEqual([...positions].sort(([a = 0], [b = 0]) => a - b));
  expect(positions.map(([, y]) => y)).toEqual([18, 36, 54, 72, 90, 108, 126]);
});

test("the recording of README is small, runs no script and loads nothing", () => {
  expect(statSync(RECORDING).size).toBeLessThan(300_000);
  const svg = readFileSync(RECORDING, "utf8");
  expect(svg).not.toMatch(/<script|<image|<foreignObject|href|url\(|@import|\son\w+=/i);
});
