import { renderFindings } from "../findings";
import { count } from "../users";
import { type DoctorReport, NOT_CHECKED } from "./report";

/** What only a change of the pool would show. */
const NEVER_CHECKED =
  "Not checked, because only a deletion shows it: the right to delete, how soon look-ups show a deletion (GENAUTH_CONFIRM_SECONDS), and whether list-archived-users shows it.";

/**
 * Writes a report as plain text: a line for each check, and what follows from it below.
 *
 * @param isColoured whether the text is for a terminal that shows colours; default no
 */
export function doctorText(report: DoctorReport, isColoured = false): string {
  const checked = report.checks.filter(({ finding }) => finding !== NOT_CHECKED.finding);
  const unchecked = report.checks.length - checked.length;
  const rows =
    unchecked === 0 ? checked : [...checked, { ...NOT_CHECKED, title: count(unchecked, "other check") }];
  const { host, access_key_id: key, tenant_id: tenant } = report;
  const pool = `${host} (access key id ${key}${tenant === undefined ? "" : `, tenant ${tenant}`})`;
  return renderFindings({ ...report, host: pool }, rows, { noun: "check", last: NEVER_CHECKED, isColoured });
}
