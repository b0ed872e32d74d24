/**
 * How text that others wrote is shown: ids and labels from files, names from the pool, messages of the server. Whatever
 * it holds, a reviewer must see it and a terminal must not act on it. Everything that prints goes through this file.
 */

/** Characters that act instead of being seen: control characters (terminal escapes among them) and line breaks. */
const ACTING = String.raw`\p{Cc}\p{Zl}\p{Zp}`;

/**
 * Characters that stand in a text and show nothing: those that Unicode tells every renderer to ignore (marks that turn
 * the direction of text, zero-width joiners, variation selectors, Hangul fillers, tags), the blank Braille pattern, and
 * the marks around an annotation. Two texts that differ in nothing else look the same.
 */
const UNSEEN = String.raw`\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffb`;

/** Half of a surrogate pair is no character. */
const BROKEN = String.raw`\p{Cs}`;

const NOT_PRINTABLE = new RegExp(`[${ACTING}${UNSEEN}${BROKEN}]`, "gu");

const UNSEEN_CHARACTER = new RegExp(`[${UNSEEN}]`, "u");

/** @returns the text with each character that acts or is not seen as `\u{…}`, its code point in hexadecimal */
export function printable(text: string): string {
  return text.replace(NOT_PRINTABLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The same for a text of several lines, whose line breaks stay. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

/** Whether a text holds a character that is not seen. */
export function holdsUnseen(text: string): boolean {
  return UNSEEN_CHARACTER.test(text);
}

/** A text on one line: line breaks, control characters and runs of blanks become one blank, edges are trimmed. */
export function singleLine(text: string): string {
  return text.replaceAll(new RegExp(`[${ACTING}\\s]+`, "gu"), " ").trim();
}
