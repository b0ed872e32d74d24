import { printable, wrapWords } from "../text";
import { count } from "../users";
import type { Finding, Result, SettingAdvice } from "./finding";
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

/** What a report comes to, in one line. @param noun what its rows are, such as `check` */
export function headline(
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
export function renderRows(rows: readonly Row[]): string {
  const titles = Math.max(...rows.map(({ title }) => title.length));
  const results = Math.max(...Object.values(WORDS).map((word) => word.length));
  const lines = rows.flatMap(({ title, result, finding, consequence }) => {
    const head = `${title.padEnd(titles)}  ${WORDS[result].padEnd(results)}  `;
    const wrapped = [finding, consequence]
      .filter((text) => text !== "")
      .flatMap((text) => wrapWords(text, WIDTH - head.length));
    return wrapped.map((line, at) => `${at === 0 ? head : " ".repeat(head.length)}${line}`);
  });
  return lines.join("\n");
}

/**
 * A report as plain text: the headline, the parts, and before the last one the settings that follow.
 *
 * @param last what the report says at its end
 */
export function renderParts(
  headline: string,
  body: readonly string[],
  settings: readonly SettingAdvice[],
  last: string,
): string {
  const lines = settings.map(({ setting, value, reason }) => `  ${setting}: ${value}, because ${reason}`);
  const parts = [
    `${headline}\n${"=".repeat(headline.length)}`,
    ...body,
    ...(lines.length > 0 ? [["Settings that this pool needs:", ...lines].join("\n")] : []),
    wrapWords(last, WIDTH).join("\n"),
  ];
  return `${parts.join("\n\n")}\n`;
}
