import { display } from "./display";

/**
 * Needs no escape within a code span, in a table too: nothing of it ends a span or a cell, and neither mentions
 * nor links are made there.
 */
const PLAIN_CODE = /^[\p{L}\p{M}\p{N}_.@+:"[\](){}/,=-]+$/u;

/** Words of a person's name. No mark here begins a mention, a link, a reference or a formatting in Markdown. */
const PLAIN_TEXT = /^[\p{L}\p{M}\p{N} .,'’()-]+$/u;

/** What comment renderers link although it looks like words: `www.`, commit hashes, and references such as `GH-12`. */
const LINKED_WORDS = /www\.|[0-9a-f]{7}|-\d/iu;

/** Data as code: for ids, addresses and whatever is not plainly words. Safe in a table cell and in a sentence. */
export function markdownCode(data: string): string {
  const text = display(data);
  if (PLAIN_CODE.test(text)) return `\`${text}\``;
  return `<code>${entities(text)}</code>`;
}

/** Data as words where it is nothing but words, else as code. */
export function markdownText(data: string): string {
  const text = display(data);
  return text === "" || (PLAIN_TEXT.test(text) && !LINKED_WORDS.test(text)) ? text : markdownCode(data);
}

/**
 * Several lines as they are, in a code block. The fence is longer than any run of its mark in the text, so the
 * text cannot end the block.
 */
export function markdownBlock(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

/** Every blank and mark of ASCII as a numeric reference, which Markdown never takes for a mark of its own. */
function entities(text: string): string {
  return text.replace(/[ !-/:-@[-`{-~]/g, (character) => `&#${character.charCodeAt(0)};`);
}
