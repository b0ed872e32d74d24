import { stripVTControlCharacters } from "node:util";

/** Lines of the configuration that the engine quotes. The reader has the file. */
const QUOTED_SOURCE = /^\s*\d+: /;

/** Lines of which one looks like the other: quoted source, a person who leaves in a plan, a person in a list. */
const ALIKE = [QUOTED_SOURCE, /^\s*- "/, /^\s+\S+@\S+ {2}/];

/** How many of many lines alike are shown. */
const SHOWN_OF_MANY = 4;

/** The lines of a program's output, with long quotations of the configuration cut. */
export function withoutSource(text: string): readonly string[] {
  return shorten(text.trim().split("\n"), [QUOTED_SOURCE]);
}

/** The lines of a program's output, with every long run of lines alike cut. */
export function excerptOf(text: string): readonly string[] {
  return shorten(text.trim().split("\n"), ALIKE);
}

/** Keeps the first few of many lines alike that follow each other, and says how many more there are. */
function shorten(lines: readonly string[], alike: readonly RegExp[]): readonly string[] {
  const kinds = lines.map((line) => kindOf(line, alike));
  const shortened: string[] = [];
  let run = 0;
  lines.forEach((line, index) => {
    run = kinds[index] === kinds[index - 1] ? run + 1 : 1;
    if (kinds[index] === undefined || run <= SHOWN_OF_MANY) shortened.push(line);
    else if (kinds[index] !== kinds[index + 1]) {
      const indent = /^\s*/.exec(plain(line))?.[0] ?? "";
      shortened.push(`${indent}… and ${run - SHOWN_OF_MANY} more like these, left out here`);
    }
  });
  return shortened;
}

/** Which of the kinds of lines alike it is, if any. */
function kindOf(line: string, alike: readonly RegExp[]): number | undefined {
  const kind = alike.findIndex((pattern) => pattern.test(plain(line)));
  return kind === -1 ? undefined : kind;
}

/** A line without its colours, and without the border that the engine draws beside warnings on a terminal. */
function plain(line: string): string {
  return stripVTControlCharacters(line).replace(/^│ /, "");
}
