import { expect, test } from "@jest/globals";
import { holdsUnseen, printable, singleLine } from "../../../src/text";

test.each([
  ["plain 李 ${x} 👩", "plain 李 ${x} 👩"],
  ["\u001b]0;x\u0007", "\\u{1b}]0;x\\u{7}"],
  ["a\nb\r\tc", "a\\u{a}b\\u{d}\\u{9}c"],
  ["\u009b31m", "\\u{9b}31m"],
  ["a\u202eb\u2028", "a\\u{202e}b\\u{2028}"],
  ["\ud83d", "\\u{d83d}"],
  ["👩\u200d🔬 ❤\ufe0f", "👩\\u{200d}🔬 ❤\\u{fe0f}"],
  ["می\u200cخواهم", "می\\u{200c}خواهم"],
  ["a\u00adb\u3164\u2800", "a\\u{ad}b\\u{3164}\\u{2800}"],
  ["a\u{e0041}", "a\\u{e0041}"],
  ["a\ufff9b", "a\\u{fff9}b"],
])("%j is shown as %s", (text, shown) => {
  expect(printable(text)).toBe(shown);
});

test("invisible are the characters that Unicode ignores by default, and the blank Braille pattern, but no visible one", () => {
  const all = Array.from({ length: 0x110000 }, (_, point) => String.fromCodePoint(point)).join("");
  const seen = all.replaceAll(/[\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffb]/gu, "");
  expect(holdsUnseen(seen)).toBe(false);
  expect(seen.length).toBeGreaterThan(2_000_000);
  const unseen = [
    "\u00ad",
    "\u200b",
    "\u202e",
    "\u3164",
    "\ufe0f",
    "\u{e0041}",
    "\u2800",
    "\ufff9",
    "\ufffb",
  ];
  expect(unseen.filter((character) => !holdsUnseen(`a${character}b`))).toEqual([]);
});

test("a single line has no line break and no run of spaces", () => {
  expect(singleLine(" two\r\n \u0007 lines\u2028")).toBe("two lines");
});
