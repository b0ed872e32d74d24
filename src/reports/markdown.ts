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
  type ReportedMessage,
  type TableRow,
  type Section,
  type Table,
} from "./document";

/** Where Markdown is written to, and how long it may be there, a little less than the platform allows. */
const ROOMS = {
  /**
   * A comment of a pull request, in characters, to which a pipeline adds a mark of its own. Source: GitHub's
   * error for a longer one, "Body is too long (maximum is 65536 characters)".
   */
  comment: { longest: 65_000, lengthOf: (text: string) => text.length },
  /**
   * The summary of a step, in bytes. Source: `AttachmentSizeLimit`, 1 MiB, in `FileCommandManager.cs` of
   * GitHub's `actions/runner`, which shows nothing of a longer one.
   */
  summary: { longest: 1_048_000, lengthOf: (text: string) => Buffer.byteLength(text) },
} as const;

export type Room = keyof typeof ROOMS;

/** How many rows of a table are shown if not all essential ones fit, and of every other table in any case. */
const MOST_ROWS = 200;

/** Markdown of a report, and whether it shows everything essential. */
export interface MarkdownLayout {
  readonly text: string;
  readonly isWhole: boolean;
}

/** Writes a report as `layOutMarkdown` does. */
export function renderMarkdown(report: ReportDocument, room?: Room): string {
  return layOutMarkdown(report, room).text;
}

/**
 * Writes a report in GitHub's Markdown, which GitLab reads too. The essential tables are shown whole if they
 * fit; if not, the first rows of each. Of the others, the first rows are shown as far as there is room. The
 * text says what is left out, first of all of what is essential.
 */
export function layOutMarkdown(report: ReportDocument, room: Room = "comment"): MarkdownLayout {
  const { longest, lengthOf } = ROOMS[room];
  const around = aroundSections(report, lengthOf);
  const whole = report.sections.map(
    (section) => new Block(section, section.isEssential ? Infinity : MOST_ROWS),
  );
  const essential = whole.filter(({ isEssential }) => isEssential);
  const fits = essential.reduce((sum, block) => sum + lengthOf(block.write(block.size)), around) <= longest;
  const blocks = fits ? whole : whole.map((block) => block.cutTo(MOST_ROWS));
  const shown = fill(blocks, longest - around, lengthOf);
  const cut = blocks.filter((block) => block.isEssential && (shown.get(block) ?? 0) < block.all);
  const notShown = blocks.length - shown.size;
  const facts = [...cutFacts(cut, room), ...report.facts];
  const parts = [
    markerOf(report),
    `## ${phraseText(report.headline)}`,
    alert(report, facts),
    contextLine(report),
    ...blocks.map((block) => (shown.has(block) ? block.write(shown.get(block) ?? 0) : "")),
    notShown > 0 ? `**${formatNumber(notShown)} lists are not shown here.** ${ELSEWHERE}` : "",
    closingLines(report),
  ];
  return { text: `${parts.filter((part) => part !== "").join("\n\n")}\n`, isWhole: cut.length === 0 };
}

const ELSEWHERE = "The text, HTML and JSON formats have all of it.";

/** How many lists a report names that do not fit. */
const MOST_CUT_NAMED = 5;

/**
 * What is essential and not shown here. Nobody may approve a list without knowing that it is not all of it.
 */
function cutFacts(cut: readonly Block[], room: Room): Phrase[] {
  const more = cut.length - MOST_CUT_NAMED;
  return compact<Phrase>(
    ...cut
      .slice(0, MOST_CUT_NAMED)
      .map(({ title }): Phrase => [
        `Not whole: this ${room} does not hold all of the list “${title}”. ${ELSEWHERE}`,
      ]),
    more > 0 && [`The same holds for ${formatNumber(more)} more lists.`],
  );
}

/** The length of everything but the sections, with all that could be said of lists that do not fit. */
function aroundSections(report: ReportDocument, lengthOf: (text: string) => number): number {
  const { headline, facts, sections } = report;
  const title = sections.reduce(
    (longest, one) => (one.title.length > longest.length ? one.title : longest),
    "",
  );
  const said = Array.from({ length: MOST_CUT_NAMED + 2 }, (): Phrase => [
    `${title}${" ".repeat(FRAME_LENGTH)}`,
  ]);
  const parts = [
    markerOf(report),
    phraseText(headline),
    alert(report, [...said, ...facts]),
    contextLine(report),
    closingLines(report),
  ];
  return lengthOf(parts.join("\n\n"));
}

/** More than the sentence about a list that does not fit, without its title. In characters. */
const FRAME_LENGTH = 150;

function contextLine({ context }: ReportDocument): string {
  return context.length === 0 ? "" : `<sub>${phraseText(context)}</sub>`;
}

function closingLines({ closing }: ReportDocument): string {
  return closing.map((phrase) => `<sub>${phraseText(phrase)}</sub>`).join("\n\n");
}

/**
 * How many rows of each section are shown: the essential ones first, then the summaries, in their order. One
 * of which nothing fits is left out.
 */
function fill(
  blocks: readonly Block[],
  room: number,
  lengthOf: (text: string) => number,
): ReadonlyMap<Block, number> {
  const rankOf = ({ isEssential, isSummary }: Block) => (isEssential ? 0 : isSummary ? 1 : 2);
  const shown = new Map<Block, number>();
  let left = room;
  for (const block of blocks.toSorted((one, other) => rankOf(one) - rankOf(other))) {
    const rows = block.mostRows((text) => lengthOf(text) + SEPARATOR <= left);
    if (rows === 0) continue;
    left -= lengthOf(block.write(rows)) + SEPARATOR;
    shown.set(block, rows);
  }
  return shown;
}

/** Between two sections. */
const SEPARATOR = "\n\n".length;

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

/** A section of a table or of messages, of which the first rows, or the first messages, can be shown. */
class Block {
  readonly title: string;
  readonly isEssential: boolean;
  readonly isSummary: boolean;
  readonly #section: Section;
  readonly #heading: string;
  readonly #head: string;
  readonly #rows: readonly Row[];
  readonly #most: number;

  /**
   * @param most the most rows that are shown
   * @param rows those of the section
   */
  constructor(section: Section, most: number, rows = renderRows(section)) {
    const { title, note, isEssential = false, isSummary = false, table } = section;
    this.#section = section;
    this.title = title;
    this.isEssential = isEssential;
    this.isSummary = isSummary;
    this.#heading = [`### ${title}`, ...(note ? [phraseText(note)] : [])].join("\n\n");
    this.#head = table ? tableHead(table) : "";
    this.#rows = rows;
    this.#most = most;
  }

  /** The same section with at most so many rows. */
  cutTo(most: number): Block {
    return new Block(this.#section, most, this.#rows);
  }

  /** How many rows there are. */
  get all(): number {
    return this.#rows.length;
  }

  /** How many of them are shown at most. */
  get size(): number {
    return Math.min(this.#most, this.all);
  }

  /** How many rows can be shown so that the section fits. */
  mostRows(fits: (text: string) => boolean): number {
    if (fits(this.write(this.size))) return this.size;
    let enough = 0;
    let tooMany = this.size;
    while (tooMany - enough > 1) {
      const middle = Math.floor((enough + tooMany) / 2);
      if (fits(this.write(middle))) enough = middle;
      else tooMany = middle;
    }
    return enough;
  }

  /** Writes the section with its first rows, those beyond `OPEN_ROWS` collapsed. */
  write(rows: number): string {
    const folded = rows - OPEN_ROWS;
    const left = this.all - rows;
    return compact(
      this.#heading,
      this.#write(0, Math.min(OPEN_ROWS, rows)),
      folded > 0 &&
        `<details><summary>${formatNumber(folded)} more</summary>\n\n${this.#write(OPEN_ROWS, rows)}\n\n</details>`,
      left > 0 &&
        `**${formatNumber(left)} more of ${formatNumber(this.all)} are not shown here.** ${ELSEWHERE}`,
    ).join("\n\n");
  }

  /** The rows from `start` to before `end`, each group with its title. */
  #write(start: number, end: number): string {
    const lines = this.#rows.slice(start, end).flatMap(({ group, text }, at, all) => {
      const opensGroup = group !== "" && (at === 0 || all[at - 1]?.group !== group);
      return opensGroup ? [group, text] : [text];
    });
    return `${this.#head}${lines.join("\n")}`.trimEnd();
  }
}

/** A row of a table or a message, with the title of its group; empty: it has none. */
interface Row {
  readonly group: string;
  readonly text: string;
}

function messageRow(message: ReportedMessage): Row {
  return { group: "", text: `${markdownBlock(quotationText(message))}\n` };
}

function renderRows({ table, texts = [] }: Section): readonly Row[] {
  return table ? rowsOf(table) : texts.map(messageRow);
}

function rowsOf({ columns, groups }: Table): Row[] {
  return groups.flatMap(({ title, rows }) => {
    const group = title ? groupRow(title, columns) : "";
    return rows.map((row) => ({ group, text: rowText(row, columns) }));
  });
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
 * Text that needs no escape in a code span, even in a table: it cannot end a span or a cell, and Markdown
 * makes no mentions or links there.
 */
const PLAIN_CODE = /^[\p{L}\p{M}\p{N}_.@+:"[\](){}/,=-]+$/u;

/**
 * Words of a person's name or of a message, also with the full-width brackets and the middle dots of Chinese
 * and Japanese names. No character here begins a mention, a link, a reference or formatting in Markdown: an
 * underscore between two letters is none.
 */
const PLAIN_TEXT =
  /^(?:[\p{L}\p{M}\p{N} .,;%'’()（）［］【】「」『』〔〕《》〈〉·・･-]|(?<=[\p{L}\p{N}])_(?=[\p{L}\p{N}]))+$/u;

/** Words that comment renderers turn into links: `www.`, commit hashes, and references such as `GH-12`. */
const LINKED_WORDS = /www\.|[0-9a-f]{7}|-\d/iu;

/**
 * Formats data as code, for ids, addresses and anything but plain words. Safe in a table cell and in a
 * sentence.
 */
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

/**
 * Formats words that may hold data: plain ones as they are, every other one as code, without the punctuation
 * around it.
 */
function quotedWords(words: string): string {
  return words
    .split(" ")
    .map((word) => {
      const [, before = "", core = "", after = ""] = PUNCTUATED.exec(word) ?? [];
      return `${before}${markdownText(core, "code")}${after}`;
    })
    .join(" ");
}

/** No mark here begins or ends anything in Markdown beside a blank. */
const PUNCTUATED = /^([("“‘]*)(.*?)([)"”’:;,.!?]*)$/s;

/**
 * Formats several lines as a code block, the only place where data begins a line, so no line is a command to
 * a runner. The fence is longer than any run of backticks in the text, so the text cannot end the block.
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
