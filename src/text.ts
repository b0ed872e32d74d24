/**
 * Makes text from outside safe to print: ids and labels from files, names from the pool, messages of the
 * server. A reviewer must see every character, and a terminal must not act on any. All output goes through
 * this file.
 */

/** Characters that act on a terminal: control characters, including escape sequences, and line breaks. */
const ACTING = String.raw`\p{Cc}\p{Zl}\p{Zp}`;

/**
 * Characters that show nothing: those that Unicode tells every renderer to ignore (direction marks,
 * zero-width joiners, variation selectors, Hangul fillers, tags), the blank Braille pattern, and annotation
 * marks. Two texts that differ only in these look the same.
 */
const UNSEEN = String.raw`\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffb`;

/** Halves of surrogate pairs. */
const BROKEN = String.raw`\p{Cs}`;

const NOT_PRINTABLE = new RegExp(`[${ACTING}${UNSEEN}${BROKEN}]`, "gu");

const UNSEEN_CHARACTER = new RegExp(`[${UNSEEN}]`, "u");

/**
 * Escapes each character that acts on a terminal or is invisible as `\u{…}`, its code point in hexadecimal.
 */
export function printable(text: string): string {
  return escapeUnprintable(text, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Escapes the same characters in another form. */
export function escapeUnprintable(text: string, escape: (character: string) => string): string {
  return text.replace(NOT_PRINTABLE, escape);
}

/** As `printable`, but keeps line breaks. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

/**
 * The text, in which no line is a command to the runner of GitHub Actions: there, a line of a log that begins
 * with `::`, or holds `##[`, is one. Ids, labels and messages can hold both.
 */
export function withoutCommands(text: string): string {
  return text.replaceAll(/^([^\S\n]*)::/gm, String.raw`$1\::`).replaceAll("##[", String.raw`#\#[`);
}

/** Whether a text contains an invisible character. */
export function holdsUnseen(text: string): boolean {
  return UNSEEN_CHARACTER.test(text);
}

/**
 * Puts a text on one line: replaces runs of white space and control characters with one space, and trims the
 * ends.
 */
export function singleLine(text: string): string {
  return text.replaceAll(new RegExp(`[${ACTING}\\s]+`, "gu"), " ").trim();
}

/**
 * Breaks a text at its blanks into printable lines that are shorter than the width, unless one word is
 * longer.
 */
export function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of printable(text).split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** How many letters of a misspelt name may be wrong. */
const MOST_TYPOS = 3;

/**
 * Finds the name that a misspelt one stands for.
 *
 * @param names with words in the same form as the misspelt name: `max_deletions` or `maxDeletions`
 * @returns `undefined` if no name is close
 */
export function nearestName(misspelt: string, names: readonly string[]): string | undefined {
  const own = upperSnake(misspelt);
  const words = own.split("_");
  const rated = names.map((name) => {
    const other = upperSnake(name);
    // Reordered words, and up to half of them left out, count as one typo.
    const others = other.split("_");
    const isPart = words.length * 2 >= others.length && words.every((word) => others.includes(word));
    const typos = Math.min(countTypos(own, other), isPart ? 1 : Infinity);
    return { name, typos, isNear: typos <= Math.min(MOST_TYPOS, own.length / 2) };
  });
  return rated.filter(({ isNear }) => isNear).sort((one, other) => one.typos - other.typos)[0]?.name;
}

function upperSnake(name: string): string {
  return name.replaceAll(/(?<=[a-z\d])(?=[A-Z])/g, "_").toUpperCase();
}

/** The Levenshtein distance: how many letters must be added, removed or changed. */
function countTypos(one: string, other: string): number {
  let former = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [row, letter] of Array.from(one).entries()) {
    const next = [row + 1];
    for (const [at, its] of Array.from(other).entries()) {
      const changed = (former[at] ?? 0) + (letter === its ? 0 : 1);
      next.push(Math.min(changed, (former[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    former = next;
  }
  return former.at(-1) ?? 0;
}

/**
 * The text of a file, without a byte order mark.
 *
 * @returns undefined if it is in another encoding than UTF-8: to guess would put other ids in the place of
 * those that it holds
 */
export function decodeUtf8(content: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    return undefined;
  }
}

/**
 * The value of a JSON text from outside.
 *
 * @returns undefined if it is none: what others write may be cut off, or something else
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
