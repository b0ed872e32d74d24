/** Repetitive lines: a person who leaves in a plan, in `users` and in `removals`, and a person in a list. */
const ALIKE = [/^\s*- "/, /^\s*\+ "/, /^\s+\S+@\S+ {2}/];

/** How many lines of a repetitive run are shown. */
const SHOWN_OF_MANY = 4;

/** Shortens runs of repetitive lines to the first few, and says how many more there are. */
export function excerptOf(lines: readonly string[], shown = SHOWN_OF_MANY): readonly string[] {
  const kinds = lines.map((line) => ALIKE.findIndex((pattern) => pattern.test(line)));
  const kept: string[] = [];
  let run = 0;
  lines.forEach((line, index) => {
    run = kinds[index] === kinds[index - 1] ? run + 1 : 1;
    if (kinds[index] === -1 || run <= shown) kept.push(line);
    else if (kinds[index] !== kinds[index + 1]) {
      const indent = /^\s*/.exec(line)?.[0] ?? "";
      kept.push(`${indent}… and ${run - shown} more like these, left out here`);
    }
  });
  return kept;
}

/** What a reader looks for in the output of an engine: who leaves, the warning, the result, and the error with all that follows. */
const LEAVER = /^\s*- ".*"\s+= ".*" -> null$/;
const WARNING = /^Warning: /;
const RESULT = /^(Apply complete!|No changes\.)/;
const ERROR = /^Error: /;

/** An apply repeats the warning of its plan. */
const APPLIES = /: Modifying\.\.\./;

/** Where in the configuration a message belongs. */
const PLACE = /^ +with |^ +on \S+ line |^ *\d+: |^$/;

/** Reduces the output of an engine to what a reader looks for, with the first few of many people. */
export function essenceOf(lines: readonly string[]): readonly string[] {
  const applies = lines.some((line) => APPLIES.test(line));
  const error = lines.findIndex((line) => ERROR.test(line));
  const kept = lines.filter((line, index) => {
    if (error !== -1 && index >= error) return !PLACE.test(line);
    return LEAVER.test(line) || RESULT.test(line) || (WARNING.test(line) && !applies);
  });
  return excerptOf(kept, 3);
}
