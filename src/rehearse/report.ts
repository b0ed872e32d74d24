import * as z from "zod";
import { evaluate, ROW_FIELDS, SUMMARY_FIELDS } from "../findings";
import { QUESTION_NAMES, QUESTIONS } from "./questions/titles";
import type { Rehearsal } from "./rehearse";

/** What `genauth-users rehearse --format json` writes. */
export const RehearsalReportSchema = z.object({
  format_version: SUMMARY_FIELDS.format_version,
  kind: z.literal("rehearsal"),
  verdict: SUMMARY_FIELDS.verdict,
  host: SUMMARY_FIELDS.host,
  totals: SUMMARY_FIELDS.totals,
  questions: z
    .array(z.object({ question: z.enum(QUESTION_NAMES), ...ROW_FIELDS }))
    .describe("Every question, always in the same order."),
  settings: SUMMARY_FIELDS.settings,
});

export type RehearsalReport = z.infer<typeof RehearsalReportSchema>;

/** Puts a report together. It names no id. */
export function rehearsalReport(host: string, { answers }: Rehearsal): RehearsalReport {
  const { verdict, totals, settings } = evaluate(QUESTION_NAMES.map((name) => answers[name]));
  return {
    format_version: "1.0",
    kind: "rehearsal",
    verdict,
    host,
    totals,
    questions: QUESTION_NAMES.map((name) => {
      const { result, finding, consequence } = answers[name];
      return { question: name, title: QUESTIONS[name], result, finding, consequence };
    }),
    settings,
  };
}
