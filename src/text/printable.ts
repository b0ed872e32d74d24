/**
 * Characters that act instead of being seen: control characters (terminal escapes among them), line and
 * paragraph separators, marks that turn the direction of text, invisible marks, and halves of surrogate
 * pairs.
 */
const ACTING = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/**
 * Ids and labels come from files and from the pool; whatever they hold, a reviewer must see it and a terminal
 * must not act on it.
 *
 * @returns the text with each acting character as `\u{…}` (its code point in hexadecimal); all else as it is
 */
export function printable(text: string): string {
  return text.replace(ACTING, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The same for a text of several lines, whose line breaks stay. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}
