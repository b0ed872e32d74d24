import {
  type Cell,
  type Column,
  OPEN_ROWS,
  type Phrase,
  quotationText,
  type ReportDocument,
  type Section,
  type Table,
} from "./document";
import { markdownBlock, markdownCode, markdownText } from "./markdown-escape";

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
