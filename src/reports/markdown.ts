import { compact } from "../lists";
import { withoutCommands } from "../text";
import {
  type Cell,
  type Column,
  display,
  formatNumber,
  OPEN_ROWS,
  type Phrase,
  quotationText,
  type ReportDocument,
  type TableRow,
  type Section,
  type Table,
} from "./document";

/** Where Markdown is written to, and how long it may be there, a little less than the platform allows. */
const ROOMS = {
  /**
   * A comment of a pull request, in characters, to which a pipeline adds a mark of its own. Source: GitHub's error for a longer one,
   * "Body is too long (maximum is 65536 characters)".
   */
  comment: { longest: 65_000, lengthOf: (text: string) => text.length },
  /**
   * The summary of a step, in bytes. Source: `AttachmentSizeLimit`, 1 MiB, in `FileCommandManager.cs` of GitHub's `actions/runner`, which
   * shows nothing of a longer one.
   */
  summary: { longest: 1_048_000, lengthOf: (text: string) => Buffer.byteLength(text) },
} as const;

export type Room = keyof typeof ROOMS;

/** The length of the text around a section's rows, for collapsed and omitted rows. A little more than the longest. */
const FRAME_LENGTH = 400;

/** Writes a report as `layOutMarkdown` does. */
export function renderMarkdown(report: ReportDocument, room?: Room): string {
  return layOutMarkdown(report, room).text;
}

/**
 * Writes a report in GitHub's Markdown, which GitLab reads too. Rows that do not fit are omitted, and the text says how many.
 * The rows of essential sections come first.
 */
export function layOutMarkdown(report: ReportDocument, room: Room = "comment") {
  const { headline, facts, context, closing } = report;
  const { longest, lengthOf } = ROOMS[room];
  const top = [markerOf(report), `## ${phraseText(headline)}`];
  const about = context.length === 0 ? [] : [`<sub>${phraseText(context)}</sub>`];
  const bottom = closing.map((phrase) => `<sub>${phraseText(phrase)}</sub>`);
  const { blocks, frames, dropped } = selectBlocks(
    report.sections.map((section) => blockOf(section, lengthOf)),
    longest / 2,
  );
  const around = lengthOf([...top, alert(report, facts), ...about, ...bottom].join("\n\n")) + FRAME_LENGTH;
  const taken = share(blocks, longest - around - frames);
  const cut = blocks.filter((block) => block.isEssential && (taken.get(block) ?? 0) < block.lengths.length);
  const lost = dropped.filter(({ isEssential }) => isEssential);
  const others = "The text, HTML and JSON formats do.";
  const notWhole = compact<Phrase>(
    lost.length > 0 && [`This ${room} does not hold ${formatNumber(lost.length)} of the lists. ${others}`],
    ...cut
      .slice(0, MOST_CUT_NAMED)
      .map(({ title }): Phrase => [`This ${room} does not hold all of the list “${title}”. ${others}`]),
    cut.length > MOST_CUT_NAMED && [
      `The same holds for ${formatNumber(cut.length - MOST_CUT_NAMED)} more lists.`,
    ],
  );
  const parts = [
    ...top,
    alert(report, [...notWhole, ...facts]),
    ...about,
    ...blocks.map((block) => fill(block, taken.get(block) ?? 0, room)),
    ...bottom,
  ];
  return {
    text: `${parts.filter((part) => part !== "").join("\n\n")}\n`,
    /** Whether nothing essential had to be omitted. */
    isWhole: cut.length + lost.length === 0,
  };
}

/** How many lists a report names that do not fit. */
const MOST_CUT_NAMED = 5;

/** Takes as many sections as have room for their headings, the essential ones first. Their order stays. */
function selectBlocks(all: readonly Block[], room: number) {
  const chosen = new Set<Block>();
  let frames = 0;
  const essentialFirst = all.toSorted((one, other) => Number(other.isEssential) - Number(one.isEssential));
  for (const block of essentialFirst) {
    if (frames + block.frame > room) break;
    frames += block.frame;
    chosen.add(block);
  }
  const isChosen = (block: Block) => chosen.has(block);
  return { blocks: all.filter(isChosen), frames, dropped: all.filter((block) => !isChosen(block)) };
}

/** The part of a text that a summary may take while essential lists are cut. */
const SUMMARY_PART = 1 / 8;

/**
 * How many entries of each list fit, counted from its first. Essential lists come first: if they do not fit, summaries keep a part of
 * the text, and the essential lists share the rest evenly, so that none displaces another. Then the shortest of the others.
 */
function share(blocks: readonly Block[], available: number): ReadonlyMap<Block, number> {
  const sizeOf = ({ lengths }: Block) => lengths.reduce((total, length) => total + length, 0);
  const bySize = blocks.toSorted((one, other) => sizeOf(one) - sizeOf(other));
  const essential = bySize.filter(({ isEssential }) => isEssential);
  const isCut = essential.reduce((total, block) => total + sizeOf(block), 0) > available;
  const taken = new Map<Block, number>();
  let left = available;
  const take = (block: Block, room: number) => {
    let used = 0;
    const fitting = block.lengths.findIndex((length) => {
      if (used + length > room) return true;
      used += length;
      return false;
    });
    taken.set(block, fitting < 0 ? block.lengths.length : fitting);
    left -= used;
  };
  const summaries = isCut ? bySize.filter(({ isSummary }) => isSummary) : [];
  for (const block of summaries) take(block, (available * SUMMARY_PART) / summaries.length);
  for (const [at, block] of essential.entries()) take(block, left / (essential.length - at));
  for (const block of bySize) if (!taken.has(block)) take(block, left);
  return taken;
}

/** An invisible line by which a pipeline finds its earlier comment. */
function markerOf({ kind, stack }: Pick<ReportDocument, "kind" | "stack">): string {
  return `<!-- cdktf-genauth:${kind}${stack === undefined ? "" : ` stack=${stack}`} -->`;
}

const ALERTS = { alarm: "CAUTION", attention: "WARNING", calm: "NOTE" } as const;

function alert({ tone }: ReportDocument, facts: readonly Phrase[]): string {
  if (facts.length === 0) return "";
  return [`> [!${ALERTS[tone]}]`, ...facts.map((fact) => `> ${phraseText(fact)}  `)].join("\n").trimEnd();
}

function phraseText(phrase: Phrase): string {
  return phrase
    .map((piece) => {
      if (typeof piece === "string") return piece;
      if ("quoted" in piece) return quotedWords(piece.quoted);
      return "url" in piece ? `[${piece.text}](<${piece.url}>)` : markdownCode(piece.data);
    })
    .join("");
}

/** A section, laid out. Its units, table rows or messages, can be omitted one by one from the end. */
type Block = ReturnType<typeof blockOf>;

/** @param lengthOf measures a text as the room of the report does */
function blockOf(
  { title, note, isEssential = false, isSummary = false, table, texts = [] }: Section,
  lengthOf: (text: string) => number,
) {
  const heading = [`### ${title}`, ...(note ? [phraseText(note)] : [])].join("\n\n");
  const head = table ? tableHead(table) : "";
  const units = table
    ? rowsOf(table)
    : texts.map((text) => ({ group: "", text: `${markdownBlock(quotationText(text))}\n` }));
  const opensGroup = (at: number) => units[at]?.group !== units[at - 1]?.group;
  return {
    ...{ title, isEssential, isSummary, heading },
    /** The length of what is around the units. The head comes before the rows, and again before the collapsed ones. */
    frame: lengthOf(heading) + 2 * lengthOf(head) + FRAME_LENGTH,
    /** The length of each unit, with what belongs to it. The title of a group may come before the collapsed rows again, too. */
    lengths: units.map(
      ({ group, text }, at) => lengthOf(text) + 2 + (opensGroup(at) ? 2 * lengthOf(group) : 0),
    ),
    /** Writes the units from `start` to before `end`. */
    write: (start: number, end: number): string => {
      const lines = units
        .slice(start, end)
        .flatMap(({ group, text }, at) =>
          group !== "" && (at === 0 || opensGroup(start + at)) ? [group, text] : [text],
        );
      return `${head}${lines.join("\n")}`.trimEnd();
    },
  };
}

/** The rows of a table, each with the title of its group; empty: it has none. */
function rowsOf({ columns, groups }: Table): { readonly group: string; readonly text: string }[] {
  return groups.flatMap(({ title, rows }) => {
    const group = title ? groupRow(title, columns) : "";
    return rows.map((row) => ({ group, text: rowText(row, columns) }));
  });
}

function fill({ heading, lengths, write }: Block, taken: number, room: Room): string {
  const left = lengths.length - taken;
  return compact(
    heading,
    taken > 0 && write(0, Math.min(OPEN_ROWS, taken)),
    taken > OPEN_ROWS &&
      `<details><summary>${formatNumber(taken - OPEN_ROWS)} more</summary>\n\n${write(OPEN_ROWS, taken)}\n\n</details>`,
    left > 0 &&
      `**${formatNumber(left)} of ${formatNumber(lengths.length)} are left out here**, because a ${room} cannot be longer. The text, HTML and JSON formats list all of them.`,
  ).join("\n\n");
}

function tableHead({ columns }: Table): string {
  const rule = columns.map(({ kind }) => (kind === "number" ? " ---: " : " --- "));
  return `| ${columns.map(({ title }) => title).join(" | ")} |\n|${rule.join("|")}|\n`;
}

/** The title of a group in the first cell of a row. */
function groupRow(title: Phrase, columns: readonly Column[]): string {
  const bold = title.map((piece) => (typeof piece === "string" ? strong(piece) : phraseText([piece])));
  return `| ${bold.join("")} |${" |".repeat(columns.length - 1)}`;
}

/** Bold text. Blanks around it would end the emphasis. */
function strong(text: string): string {
  return text.replace(/\S(?:.*\S)?/, (words) => `**${words}**`);
}

function rowText(row: TableRow, columns: readonly Column[]): string {
  return `| ${columns.map((column, index) => cellText(row[index] ?? "", column)).join(" | ")} |`;
}

function cellText(cell: Cell, { kind }: Column): string {
  if (typeof cell !== "string") return phraseText(cell);
  return kind === "code" && cell !== "" ? markdownCode(cell) : markdownText(cell, kind);
}

/**
 * Text that needs no escape in a code span, even in a table: it cannot end a span or a cell, and Markdown makes no mentions or
 * links there.
 */
const PLAIN_CODE = /^[\p{L}\p{M}\p{N}_.@+:"[\](){}/,=-]+$/u;

/**
 * Words of a person's name or of a message, also with the full-width brackets and the middle dots of Chinese and Japanese names.
 * No character here begins a mention, a link, a reference or formatting in Markdown: an underscore between two letters is none.
 */
const PLAIN_TEXT =
  /^(?:[\p{L}\p{M}\p{N} .,;%'’()（）［］【】「」『』〔〕《》〈〉·・･-]|(?<=[\p{L}\p{N}])_(?=[\p{L}\p{N}]))+$/u;

/** Words that comment renderers turn into links: `www.`, commit hashes, and references such as `GH-12`. */
const LINKED_WORDS = /www\.|[0-9a-f]{7}|-\d/iu;

/** Formats data as code, for ids, addresses and anything but plain words. Safe in a table cell and in a sentence. */
export function markdownCode(data: string, kind: Column["kind"] = "code"): string {
  const text = display(data, kind);
  if (PLAIN_CODE.test(text)) return `\`${text}\``;
  return `<code>${entities(text)}</code>`;
}

/** Formats data as text if it is plain words, else as code. */
function markdownText(data: string, kind: Column["kind"]): string {
  const text = display(data, kind);
  const isPlain = PLAIN_TEXT.test(text) && !LINKED_WORDS.test(text);
  return text === "" || isPlain ? text : markdownCode(data, kind);
}

/** Formats words that may hold data: plain ones as they are, every other one as code. */
function quotedWords(words: string): string {
  return words
    .split(" ")
    .map((word) => markdownText(word, "code"))
    .join(" ");
}

/**
 * Formats several lines as a code block, the only place where data begins a line, so no line is a command to a runner. The fence is
 * longer than any run of backticks in the text, so the text cannot end the block.
 */
export function markdownBlock(text: string, language = "text"): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${withoutCommands(text)}\n${fence}`;
}

/** Writes ASCII spaces and punctuation as numeric references, which Markdown never treats as syntax. */
function entities(text: string): string {
  return text.replace(/[ !-/:-@[-`{-~]/g, (character) => `&#${character.charCodeAt(0)};`);
}
