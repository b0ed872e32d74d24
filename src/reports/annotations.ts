import { printable, printableLines } from "../text";
import {
  countRows,
  formatNumber,
  OPEN_ROWS,
  quotationText,
  type ReportDocument,
  sliceTable,
  type Table,
} from "./document";
import { phraseText, tableText } from "./plain-text";

const LEVELS = { alarm: "error", attention: "warning", calm: "notice" } as const;

type Level = (typeof LEVELS)[keyof typeof LEVELS];

/**
 * Writes a report as annotations of a run of GitHub Actions: one for the result, one for each essential list, and one for each
 * message. A step prints them to its log. The documented escapes leave no data on a line of its own, so none is a command.
 */
export function renderAnnotations({ tone, headline, facts, context, sections }: ReportDocument): string {
  const level = LEVELS[tone];
  const about = [...facts, context].map(phraseText).filter((text) => text !== "");
  const lists = sections.flatMap(({ title, isEssential = false, table }) =>
    isEssential && table ? [annotation(level, title, listText(table))] : [],
  );
  const messages = sections.flatMap(({ texts = [] }) =>
    texts.map((text) => annotation(text.severity, text.summary, quotationText(text))),
  );
  return [annotation(level, phraseText(headline), about.join("\n")), ...lists, ...messages].join("");
}

/** As many rows as other formats show at once, because an annotation has little room. */
function listText(table: Table): string {
  const more = countRows(table) - OPEN_ROWS;
  const rows = tableText(sliceTable(table, 0, OPEN_ROWS));
  return more > 0 ? `${rows}\n  and ${formatNumber(more)} more` : rows;
}

/** GitHub shows no annotation without a message. */
function annotation(level: Level, title: string, message: string): string {
  const text = message === "" ? title : message;
  return `::${level} title=${escapeProperty(printable(title))}::${escapeData(printableLines(text))}\n`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
