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

/** The longest comment of a pull request, in characters (source: GitHub's error for a longer one). */
const MAX_COMMENT_LENGTH = 65_536;

/**
 * The length of the text around a section's rows, for collapsed and omitted rows, in characters. A little more than the
 * longest.
 */
const FRAME_LENGTH = 300;

/**
 * Writes a report in GitHub's Markdown, which GitLab reads too. Rows that do not fit are omitted, and the text says how many.
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
 * Divides the available length among lists, so that a long list does not displace a short one. Each gets an equal part, and
 * what a short one does not need goes to the longer ones.
 *
 * @param lists the lengths of the entries of each list
 * @returns how many entries of each list fit, counted from its first
 */
function share(lists: readonly (readonly number[])[], available: number): number[] {
  const lengths = lists.map((list) => list.reduce((sum, length) => sum + length, 0));
  const shortestFirst = lists
    .map((_, index) => index)
    .sort((one, other) => (lengths[one] ?? 0) - (lengths[other] ?? 0));
  const taken = lists.map(() => 0);
  let left = available;
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

/** An invisible line by which a pipeline finds its earlier comment. */
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

/** A section. Its units, table rows or messages, can be omitted one by one from the end. */
interface Block {
  readonly heading: string;
  /** Comes before the units, and again before the collapsed ones. */
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
      : `**${units.length - taken} of ${units.length} are left out here**, because a comment cannot be longer. The text, HTML and JSON formats list all of them.`,
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
 * Text that needs no escape in a code span, even in a table: it cannot end a span or a cell, and Markdown makes no mentions or
 * links there.
 */
const PLAIN_CODE = /^[\p{L}\p{M}\p{N}_.@+:"[\](){}/,=-]+$/u;

/** Words of a person's name. No character here begins a mention, a link, a reference or formatting in Markdown. */
const PLAIN_TEXT = /^[\p{L}\p{M}\p{N} .,'’()-]+$/u;

/** Words that comment renderers turn into links: `www.`, commit hashes, and references such as `GH-12`. */
const LINKED_WORDS = /www\.|[0-9a-f]{7}|-\d/iu;

/** Formats data as code, for ids, addresses and anything but plain words. Safe in a table cell and in a sentence. */
function markdownCode(data: string): string {
  const text = display(data);
  if (PLAIN_CODE.test(text)) return `\`${text}\``;
  return `<code>${entities(text)}</code>`;
}

/** Formats data as text if it is plain words, else as code. */
function markdownText(data: string): string {
  const text = display(data);
  return text === "" || (PLAIN_TEXT.test(text) && !LINKED_WORDS.test(text)) ? text : markdownCode(data);
}

/**
 * Formats several lines as a code block. The fence is longer than any run of backticks in the text, so the text cannot end
 * the block.
 */
function markdownBlock(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

/** Writes ASCII spaces and punctuation as numeric references, which Markdown never treats as syntax. */
function entities(text: string): string {
  return text.replace(/[ !-/:-@[-`{-~]/g, (character) => `&#${character.charCodeAt(0)};`);
}
