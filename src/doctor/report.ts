import * as z from "zod";
import { evaluate, type Finding, notKnown, renderFindings, ROW_FIELDS, SUMMARY_FIELDS } from "../findings";
import { count } from "../users";

/** The checks, in the order of the report, with their titles. */
export const CHECKS = {
  key: "Key and signature",
  clock: "Clock",
  pool: "User pool",
  tenant: "Tenant",
  right_to_look_up: "Right to look up",
  right_to_list: "Right to list",
  right_to_list_archived: "Right to list archived users",
  known_users: "Known users in a look-up",
  unknown_ids: "Unknown ids in a look-up",
  absent_user: "Look-up of one absent user",
  email_case: "Letter case of e-mails",
  url_length: "Longest URL",
  order: "Order of answers",
  identities: "Identities",
  suspended_users: "Suspended users",
  suspend_first: "Suspend first",
  search: "Search",
  archive: "Archived users",
  latency: "Latency",
} as const;

export type CheckName = keyof typeof CHECKS;

/** What every check came to that was not made, because the first call was not answered. */
export const NOT_CHECKED: Finding = notKnown("Not checked.");

/** What each check found. */
export type Findings = Readonly<Record<CheckName, Finding>>;

const CHECK_NAMES = Object.keys(CHECKS) as CheckName[];

/** What `genauth-users doctor --format json` writes. */
export const DoctorReportSchema = z.object({
  format_version: SUMMARY_FIELDS.format_version,
  kind: z.literal("doctor"),
  verdict: SUMMARY_FIELDS.verdict,
  host: SUMMARY_FIELDS.host,
  access_key_id: z
    .string()
    .describe("The key that was used. With the host and the tenant, it says which user pool this is."),
  tenant_id: z.string().optional().describe("The tenant, if one is set."),
  totals: SUMMARY_FIELDS.totals,
  checks: z
    .array(z.object({ check: z.enum(CHECK_NAMES), ...ROW_FIELDS }))
    .describe("Every check, always in the same order."),
  settings: SUMMARY_FIELDS.settings,
});

export type DoctorReport = z.infer<typeof DoctorReportSchema>;

/** Which pool a report is about. */
export interface ExaminedPool {
  readonly host: string;
  readonly accessKeyId: string;
  readonly tenantId?: string;
}

/** Puts a report together. */
export function reportOn({ host, accessKeyId, tenantId }: ExaminedPool, findings: Findings): DoctorReport {
  const { verdict, totals, settings } = evaluate(CHECK_NAMES.map((check) => findings[check]));
  return {
    format_version: "1.0",
    kind: "doctor",
    verdict,
    host,
    access_key_id: accessKeyId,
    ...(tenantId !== undefined && { tenant_id: tenantId }),
    totals,
    checks: CHECK_NAMES.map((check) => {
      const { result, finding, consequence } = findings[check];
      return { check, title: CHECKS[check], result, finding, consequence };
    }),
    settings,
  };
}

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
