import * as z from "zod";
import type { Finding } from "./finding";

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
  search: "Search",
  archive: "Archived users",
  latency: "Latency",
} as const;

export type CheckName = keyof typeof CHECKS;

/** What each check found. */
export type Findings = Readonly<Record<CheckName, Finding>>;

const CHECK_NAMES = Object.keys(CHECKS) as CheckName[];

const Count = z.number().int().min(0);

/** What `genauth-users doctor --format json` writes. */
export const DoctorReportSchema = z.object({
  format_version: z
    .literal("1.0")
    .describe("A new minor version only adds fields; a new major version may change anything."),
  kind: z.literal("doctor"),
  verdict: z
    .enum(["fine", "advice", "stop"])
    .describe("stop: the provider cannot work safely with this pool, or a call failed."),
  host: z.string().describe("The API that was queried."),
  totals: z.object({ fine: Count, advice: Count, stop: Count, not_known: Count }),
  checks: z
    .array(
      z.object({
        check: z.enum(CHECK_NAMES),
        title: z.string(),
        result: z
          .enum(["fine", "advice", "stop", "not_known"])
          .describe("not_known: this pool or this key does not show it."),
        finding: z.string().describe("What is the case. Names no user."),
        consequence: z.string().describe("What follows from it. May be empty."),
      }),
    )
    .describe("Every check, always in the same order."),
  settings: z
    .array(
      z.object({
        setting: z.string().describe("A setting of the provider or of a set, such as refresh."),
        value: z.string().describe("As written in a configuration."),
        reason: z.string(),
      }),
    )
    .describe("The settings that this pool needs."),
});

export type DoctorReport = z.infer<typeof DoctorReportSchema>;

/** Puts a report together. */
export function reportOn(host: string, findings: Findings): DoctorReport {
  const all = CHECK_NAMES.map((check) => findings[check]);
  const total = (result: Finding["result"]) => all.filter((finding) => finding.result === result).length;
  const totals = {
    fine: total("fine"),
    advice: total("advice"),
    stop: total("stop"),
    not_known: total("not_known"),
  };
  return {
    format_version: "1.0",
    kind: "doctor",
    verdict: totals.stop > 0 ? "stop" : totals.advice > 0 ? "advice" : "fine",
    host,
    totals,
    checks: CHECK_NAMES.map((check) => {
      const { result, finding, consequence } = findings[check];
      return { check, title: CHECKS[check], result, finding, consequence };
    }),
    settings: mergeSettings(all),
  };
}

/** Two checks may ask for the same setting. */
function mergeSettings(findings: readonly Finding[]): DoctorReport["settings"] {
  const merged = new Map<string, DoctorReport["settings"][number]>();
  for (const { setting, value, reason } of findings.flatMap(({ settings }) => settings)) {
    const key = `${setting} = ${value}`;
    const before = merged.get(key);
    merged.set(key, { setting, value, reason: before ? `${before.reason}; ${reason}` : reason });
  }
  return [...merged.values()];
}
