/** What a person reads: one line, and the text beneath it. Nothing in it can act on a terminal. */
export interface Message {
  /** One line: what happened, or will happen. */
  readonly summary: string;
  /** Several lines: who, why, what to do next. Lines that name a user are indented by two blanks. */
  readonly detail: string;
}

/** A number with the word it counts: `count(1, "user")` is `1 user`, `count(2, "user")` is `2 users`. */
export function count(number: number, word: string): string {
  return `${number} ${number === 1 ? word : `${word}s`}`;
}

/** Paragraphs as one text, with a blank line between them; empty ones are left out. */
export function paragraphs(...texts: readonly string[]): string {
  return texts.filter((text) => text !== "").join("\n\n");
}
