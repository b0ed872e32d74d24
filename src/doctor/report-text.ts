import { headline, renderParts, renderRows } from "../findings";
import type { DoctorReport } from "./report";

/** What only a change of the pool would show. */
const NEVER_CHECKED =
  "Not checked, because only a deletion shows it: the right to delete, how soon look-ups show a deletion (GENAUTH_CONFIRM_SECONDS), and whether list-archived-users shows it.";

/** Writes a report as plain text: a line for each check, and what follows from it below. */
export function doctorText(report: DoctorReport): string {
  return renderParts(headline(report, "check"), [renderRows(report.checks)], report.settings, NEVER_CHECKED);
}
