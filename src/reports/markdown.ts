import {
  type Cell,
  type Column,
  display,
  OPEN_ROWS,
  type Phrase,
  quotationText,
  type ReportDocument,
  type Section,
  type Table,
} from "./document";

/** What a comment of a pull request may hold, in characters (source: the error that GitHub gives beyond it). */
export const MAX_COMMENT_LENGTH = 65_536;

/**
 * What folding rows and telling of those left out takes beside the rows, in characters; a little more than it ever
 * is.
 */
const FRAME_LENGTH = 300;

/**
 * Writes a report in GitHub's Markdown, which GitLab reads too. What does not fit is left out, and the text says how
 * many.
 */
export function renderMarkdown(report: ReportDocument, maxLength = MAX_COMMENT_LENGTH): string {
  const top = [markerOf(report.kind), `## ${report.headline}`, alert(report)];
  const bottom = report.closing.map((phrase) => `<sub>${phraseText(phrase)}</sub>`);
  const blocks = report.sections.map(blockOf);
  const frames = blocks.map(({ heading, head }) => heading.length + 2 * head.length + FRAME_LENGTH);
  const fixed = [...top, ...bottom].join("\n\n").length + frames.reduce((sum, frame) => sum + frame, 0);
  const taken = share(
    blocks.map(({ units }) => units.map((unit) => unit.length + 2)),
    maxLength - fixed,
  );
  const filled = blocks.map((block, index) => fill(block, taken[index] ?? 0));
  return `${[...top, ...filled, ...bottom].filter((part) => part !== "").join("\n\n")}\n`;
}

/**
 * Shares room out among lists, so that a long one does not push a short one out: each gets an equal part, and
 * what a short one does not need goes to the longer ones.
 *
 * @param lists the lengths of the entries of each list
 * @returns how many entries of each list fit, from its first on
 */
function share(lists: readonly (readonly number[])[], room: number): number[] {
  const lengths = lists.map((list) => list.reduce((sum, length) => sum + length, 0));
  const shortestFirst = lists
    .map((_, index) => index)
    .sort((one, other) => (lengths[one] ?? 0) - (lengths[other] ?? 0));
  const taken = lists.map(() => 0);
  let left = room;
  for (const [place, index] of shortestFirst.entries()) {
    let part = Math.floor(left / (lists.length - place));
    for (const length of lists[index] ?? []) {
      if (length > part) break;
      part -= length;
      left -= length;
      taken[index] = (taken[index] ?? 0) + 1;
    }
  }
  return taken;
}

/** An invisible line by which a pipeline finds the comment that it made before. */
function markerOf(kind: string): string {
  return `<!-- genauth-users:${kind} -->`;
}

const ALERTS = { alarm: "CAUTION", attention: "WARNING", calm: "NOTE" } as const;

function alert({ tone, facts }: ReportDocument): string {
  if (facts.length === 0) return "";
  return [`> [!${ALERTS[tone]}]`, ...facts.map((fact) => `> ${phraseText(fact)}  `)].join("\n").trimEnd();
}

function phraseText(phrase: Phrase): string {
  return phrase.map((piece) => (typeof piece === "string" ? piece : markdownCode(piece.data))).join("");
}

/** A section whose units, table rows or messages, may be left out one by one, from the end on. */
interface Block {
  readonly heading: string;
  /** Stands before the units, and once more before those that are folded. */
  readonly head: string;
  readonly units: readonly string[];
}

function blockOf({ title, note, table, texts = [] }: Section): Block {
  const heading = [`### ${title}`, ...(note ? [phraseText(note)] : [])].join("\n\n");
  if (!table) return { heading, head: "", units: texts.map((text) => markdownBlock(quotationText(text))) };
  return { heading, head: tableHead(table), units: table.rows.map((row) => rowText(row, table.columns)) };
}

function fill({ heading, head, units }: Block, taken: number): string {
  const list = (some: readonly string[]) =>
    some.length === 0 ? "" : `${head}${some.join(head === "" ? "\n\n" : "\n")}`;
  const folded = list(units.slice(OPEN_ROWS, taken));
  return [
    heading,
    list(units.slice(0, Math.min(OPEN_ROWS, taken))),
    folded === "" ? "" : `<details><summary>${taken - OPEN_ROWS} more</summary>\n\n${folded}\n\n</details>`,
    taken === units.length
      ? ""
      : `**${units.length - taken} of ${units.length} are left out here**, because a comment holds no more. The text, HTML and JSON formats list all of them.`,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function tableHead({ columns }: Table): string {
  const rule = columns.map(({ kind }) => (kind === "number" ? " ---: " : " --- "));
  return `| ${columns.map(({ title }) => title).join(" | ")} |\n|${rule.join("|")}|\n`;
}

function rowText(row: readonly Cell[], columns: readonly Column[]): string {
  return `| ${columns.map((column, index) => cellText(row[index] ?? "", column)).join(" | ")} |`;
}

function cellText(cell: Cell, { kind }: Column): string {
  if (typeof cell !== "string") return phraseText(cell);
  return kind === "code" && cell !== "" ? markdownCode(cell) : markdownText(cell);
}

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
function markdownCode(data: string): string {
  const text = display(data);
  if (PLAIN_CODE.test(text)) return `\`${text}\``;
  return `<code>${entities(text)}</code>`;
}

/** Data as words where it is nothing but words, else as code. */
function markdownText(data: string): string {
  const text = display(data);
  return text === "" || (PLAIN_TEXT.test(text) && !LINKED_WORDS.test(text)) ? text : markdownCode(data);
}

/**
 * Several lines as they are, in a code block. The fence is longer than any run of its mark in the text, so the
 * text cannot end the block.
 */
function markdownBlock(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

/** Every blank and mark of ASCII as a numeric reference, which Markdown never takes for a mark of its own. */
function entities(text: string): string {
  return text.replace(/[ !-/:-@[-`{-~]/g, (character) => `&#${character.charCodeAt(0)};`);
}
