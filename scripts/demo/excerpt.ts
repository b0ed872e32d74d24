/** Repetitive lines: a person who leaves in a plan, in `users` and in `removals`, and a person in a list. */
const ALIKE = [/^\s*- "/, /^\s*\+ "/, /^\s+\S+@\S+ {2}/];

/** How many lines of a repetitive run are shown. */
const SHOWN_OF_MANY = 4;

/** Shortens runs of repetitive lines to the first few, and says how many more there are. */
export function excerptOf(lines: readonly string[]): readonly string[] {
  const kinds = lines.map((line) => ALIKE.findIndex((pattern) => pattern.test(line)));
  const kept: string[] = [];
  let run = 0;
  lines.forEach((line, index) => {
    run = kinds[index] === kinds[index - 1] ? run + 1 : 1;
    if (kinds[index] === -1 || run <= SHOWN_OF_MANY) kept.push(line);
    else if (kinds[index] !== kinds[index + 1]) {
      const indent = /^\s*/.exec(line)?.[0] ?? "";
      kept.push(`${indent}… and ${run - SHOWN_OF_MANY} more like these, left out here`);
    }
  });
  return kept;
}
