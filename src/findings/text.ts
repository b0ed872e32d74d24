import { createColors } from "picocolors";
import { printable, wrapWords } from "../text";
import { count } from "../users";
import type { Finding, Result } from "./finding";
import type { Evaluated } from "./report";

/** The widest line, in characters, unless one word is longer. */
export const WIDTH = 110;

const WORDS: Readonly<Record<Result, string>> = {
  fine: "fine",
  advice: "advice",
  stop: "STOP",
  not_known: "not known",
};

type Row = Pick<Finding, "result" | "finding" | "consequence"> & { readonly title: string };

/** The colour of a result, or of a verdict, on a terminal. */
const TONES = { fine: "green", advice: "yellow", stop: "red", not_known: "dim" } as const;

/** What a report comes to, in one line. @param noun what its rows are, such as `check` */
function headline(
  { verdict, totals, host }: Omit<Evaluated, "settings"> & { readonly host: string },
  noun: string,
): string {
  const open = totals.not_known > 0 ? `; ${count(totals.not_known, noun)} not known` : "";
  const at = printable(host);
  if (verdict === "stop")
    return `Do not apply yet with the pool at ${at}: ${count(totals.stop, "problem")}${open}`;
  if (verdict === "advice")
    return `The provider works with the pool at ${at}, with advice on ${count(totals.advice, noun)}${open}`;
  return `The provider works with the pool at ${at}${open}`;
}

/** A table: a line for each row, and what follows from it below. */
function renderRows(rows: readonly Row[], colours: ReturnType<typeof createColors>): string {
  const titles = Math.max(...rows.map(({ title }) => title.length));
  const results = Math.max(...Object.values(WORDS).map((word) => word.length));
  const lines = rows.flatMap(({ title, result, finding, consequence }) => {
    const word = WORDS[result].padEnd(results);
    const head = `${title.padEnd(titles)}  ${colours[TONES[result]](word)}  `;
    const width = titles + results + 4;
    const wrapped = [finding, consequence]
      .filter((text) => text !== "")
      .flatMap((text) => wrapWords(text, WIDTH - width));
    return wrapped.map((line, at) => `${at === 0 ? head : " ".repeat(width)}${line}`);
  });
  return lines.join("\n");
}

/** How a report about a service is written. */
export interface TextOptions {
  /** What the rows are, such as `check`. */
  readonly noun: string;
  /** What the report says at its end. */
  readonly last: string;
  /** Whether the text is for a terminal that shows colours; default no. */
  readonly isColoured?: boolean | undefined;
}

/** A report as plain text: the headline, the rows, the settings that follow, and the last sentence. */
export function renderFindings(
  report: Evaluated & { readonly host: string },
  rows: readonly Row[],
  { noun, last, isColoured = false }: TextOptions,
): string {
  const colours = createColors(isColoured);
  const title = headline(report, noun);
  const lines = report.settings.map(
    ({ setting, value, reason }) => `  ${setting}: ${value}, because ${reason}`,
  );
  const parts = [
    `${colours.bold(colours[TONES[report.verdict]](title))}\n${"=".repeat(title.length)}`,
    renderRows(rows, colours),
    ...(lines.length > 0 ? [["Settings that this pool needs:", ...lines].join("\n")] : []),
    wrapWords(last, WIDTH).join("\n"),
  ];
  return `${parts.join("\n\n")}\n`;
}
