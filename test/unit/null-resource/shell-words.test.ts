import { expect, test } from "@jest/globals";
import { shellWords } from "../../../src/null-resource/engine-task";

/** The results of github.com/mattn/go-shellwords 1.0.12. */
test.each<[string, string[]]>([
  ["", []],
  ["  a\tb\n c ", ["a", "b", "c"]],
  [`-var 'a=b c' -var="d=e f"`, ["-var", "a=b c", "-var=d=e f"]],
  [String.raw`a\ b "c\"d" 'e\f' g\\h`, ["a b", 'c"d', String.raw`e\f`, String.raw`g\h`]],
  [`'' x "" y`, ["", "x", "", "y"]],
  ["a ; b", ["a"]],
  ["a '; b' c|d", ["a", "; b", "c"]],
])("%j", (text, words) => {
  expect(shellWords(text)).toEqual(words);
});
