import { expect, test } from "@jest/globals";
import { printable } from "../../src/text";

test.each([
  ["plain 李 ${x} 👩", "plain 李 ${x} 👩"],
  ["\u001b]0;x\u0007", "\\u{1b}]0;x\\u{7}"],
  ["a\nb\r\tc", "a\\u{a}b\\u{d}\\u{9}c"],
  ["\u009b31m", "\\u{9b}31m"],
  ["a\u202eb\u2028", "a\\u{202e}b\\u{2028}"],
  ["\ud83d", "\\u{d83d}"],
])("%j is shown as %s", (text, shown) => {
  expect(printable(text)).toBe(shown);
});
