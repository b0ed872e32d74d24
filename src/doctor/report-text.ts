import { printable, wrapWords } from "../text";
import { count } from "../users";
import type { DoctorReport } from "./report";

/** The widest line, in characters, unless one word is longer. */
const WIDTH = 110;

const WORDS: Readonly<Record<DoctorReport["checks"][number]["result"], string>> = {
  fine: "fine",
  advice: "advice",
  stop: "STOP",
  not_known: "not known",
};

/** What only a change of the pool would show. */
const NEVER_CHECKED =
  "Not checked, because only a deletion shows it: the right to delete, how soon look-ups show a deletion (GENAUTH_CONFIRM_SECONDS), and whether list-archived-users shows it.";

/** Writes a report as plain text: a line for each check, and what follows from it below. */
export function doctorText(report: DoctorReport): string {
  const headline = headlineOf(report);
  const titles = Math.max(...report.checks.map(({ title }) => title.length));
  const results = Math.max(...Object.values(WORDS).map((word) => word.length));
  const rows = report.checks.flatMap(({ title, result, finding, consequence }) => {
    const head = `${title.padEnd(titles)}  ${WORDS[result].padEnd(results)}  `;
    const lines = [finding, consequence]
      .filter((text) => text !== "")
      .flatMap((text) => wrapWords(text, WIDTH - head.length));
    return lines.map((line, at) => `${at === 0 ? head : " ".repeat(head.length)}${line}`);
  });
  const settings = report.settings.map(
    ({ setting, value, reason }) => `  ${setting}: ${value}, because ${reason}`,
  );
  const parts = [
    `${headline}\n${"=".repeat(headline.length)}`,
    rows.join("\n"),
    ...(settings.length > 0 ? [["Settings that this pool needs:", ...settings].join("\n")] : []),
    wrapWords(NEVER_CHECKED, WIDTH).join("\n"),
  ];
  return `${parts.join("\n\n")}\n`;
}

function headlineOf({ verdict, totals, host }: DoctorReport): string {
  const open = totals.not_known > 0 ? `; ${count(totals.not_known, "check")} not known` : "";
  const at = printable(host);
  if (verdict === "stop")
    return `Do not apply yet with the pool at ${at}: ${count(totals.stop, "problem")}${open}`;
  if (verdict === "advice")
    return `The provider works with the pool at ${at}, with advice on ${count(totals.advice, "check")}${open}`;
  return `The provider works with the pool at ${at}${open}`;
}
