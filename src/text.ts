/**
 * Makes text from outside safe to print: ids and labels from files, names from the pool, messages of the server. A reviewer
 * must see every character, and a terminal must not act on any. All output goes through this file.
 */

/** Characters that act on a terminal: control characters, including escape sequences, and line breaks. */
const ACTING = String.raw`\p{Cc}\p{Zl}\p{Zp}`;

/**
 * Characters that show nothing: those that Unicode tells every renderer to ignore (direction marks, zero-width joiners,
 * variation selectors, Hangul fillers, tags), the blank Braille pattern, and annotation marks. Two texts that differ only in
 * these look the same.
 */
const UNSEEN = String.raw`\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffb`;

/** Halves of surrogate pairs. */
const BROKEN = String.raw`\p{Cs}`;

const NOT_PRINTABLE = new RegExp(`[${ACTING}${UNSEEN}${BROKEN}]`, "gu");

const UNSEEN_CHARACTER = new RegExp(`[${UNSEEN}]`, "u");

/** Escapes each character that acts on a terminal or is invisible as `\u{…}`, its code point in hexadecimal. */
export function printable(text: string): string {
  return text.replace(NOT_PRINTABLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** As `printable`, but keeps line breaks. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

/** Whether a text contains an invisible character. */
export function holdsUnseen(text: string): boolean {
  return UNSEEN_CHARACTER.test(text);
}

/** Puts a text on one line: replaces runs of white space and control characters with one space, and trims the ends. */
export function singleLine(text: string): string {
  return text.replaceAll(new RegExp(`[${ACTING}\\s]+`, "gu"), " ").trim();
}
