import { headline, renderParts, renderRows } from "../findings";
import { count } from "../users";
import type { RehearsalReport } from "./report";

/** Writes a report as plain text: what is as the provider assumes in one line, and a row for everything else. */
export function rehearsalText(report: RehearsalReport): string {
  const { questions, totals, settings } = report;
  const rows = questions.filter(({ result }) => result !== "fine");
  const folded = {
    title: count(totals.fine, rows.length > 0 ? "other question" : "question"),
    result: "fine",
    finding: "The service does what the provider relies on.",
    consequence: "",
  } as const;
  const shown = totals.fine > 0 ? [...rows, folded] : rows;
  return renderParts(headline(report, "question"), [renderRows(shown)], settings, LAST);
}

const LAST =
  "A service may behave otherwise tomorrow, with more users, or for another key. Run the rehearsal again after an upgrade of a private deployment. --format json lists every question.";
