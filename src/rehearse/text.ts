import { renderFindings } from "../findings";
import { count } from "../users";
import type { RehearsalReport } from "./report";

/**
 * Writes a report as plain text: what is as the provider assumes in one line, and a row for everything else.
 *
 * @param options.all whether to write a row for what is as assumed, too; default no
 * @param options.isColoured whether the text is for a terminal that shows colours; default no
 */
export function rehearsalText(
  report: RehearsalReport,
  { all = false, isColoured = false }: { readonly all?: boolean; readonly isColoured?: boolean } = {},
): string {
  const { questions, totals } = report;
  const rows = questions.filter(({ result }) => all || result !== "fine");
  const folded = {
    title: count(totals.fine, rows.length > 0 ? "other question" : "question"),
    result: "fine",
    finding: "The service does what the provider relies on.",
    consequence: "",
  } as const;
  const shown = totals.fine > 0 && !all ? [...rows, folded] : rows;
  return renderFindings(report, shown, { noun: "question", last: LAST, isColoured });
}

const LAST =
  "A service may behave otherwise tomorrow, with more users, or for another key. Run the rehearsal again after an upgrade of a private deployment. --all lists every question.";
