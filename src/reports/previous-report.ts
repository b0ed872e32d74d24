import * as z from "zod";
import { ReportContext } from "./context";
import type { PlanReport } from "./plan-report";
import { keyOf, ReportedLeaver } from "./reported-set";

/** The parts of an earlier report that a later one is compared with. */
const PreviousReport = z.object({
  kind: z.literal("plan"),
  context: ReportContext,
  redacted: z.boolean(),
  leavers: z.array(ReportedLeaver.pick({ set: true, user_id_type: true, id: true, fate: true })),
});

export type PreviousReport = z.infer<typeof PreviousReport>;

/**
 * Reads an earlier report.
 *
 * @param context of the later one
 * @throws Error if it is not the JSON of a plan's report, or is about another stack
 */
export function parsePreviousReport(text: string, { stack }: ReportContext): PreviousReport {
  const data = readReportJson(PreviousReport, text);
  if (!data) {
    throw new Error(
      "The previous report is not one of plan-report --format json. Give such a report, or leave out --previous.",
    );
  }
  if (data.context.stack !== stack) {
    throw new Error(
      "The previous report is of another stack. Give the last report of this stack, or leave out --previous.",
    );
  }
  return data;
}

/** Reads the JSON of a report; `undefined` if it has not the form of the schema. */
export function readReportJson<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    // No JSON. The caller says what to give.
    return undefined;
  }
}

/** Marks who is new since an earlier report. Ids that are hidden in one of the two cannot be compared. */
export function compareReports(report: PlanReport, previous: PreviousReport): PlanReport {
  if (report.redacted !== previous.redacted || report.sets.some(({ sensitive }) => sensitive)) return report;
  const keyIn = ({ set, user_id_type, id }: PreviousReport["leavers"][number]) =>
    `${set} ${keyOf(id, user_id_type)}`;
  const deletedBy = ({ leavers }: Pick<PreviousReport, "leavers">) =>
    new Set(leavers.filter(({ fate }) => fate === "deleted").map(keyIn));
  const before = deletedBy(previous);
  const now = deletedBy(report);
  return {
    ...report,
    since_last_report: {
      added: [...now].filter((key) => !before.has(key)).length,
      dropped: [...before].filter((key) => !now.has(key)).length,
    },
    leavers: report.leavers.map((leaver) => ({
      ...leaver,
      is_new: leaver.fate === "deleted" && !before.has(keyIn(leaver)),
    })),
  };
}
