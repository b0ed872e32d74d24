import * as z from "zod";
import type { Phrase } from "./document";

/** Of what a report was made, as far as its caller says so. */
export const ReportContext = z.object({
  stack: z.string().optional(),
  pool: z.string().optional().describe("The name or the host of the user pool."),
  commit: z.string().optional(),
  ticket: z.string().optional().describe("The ticket of the change, as its author says."),
  reason: z.string().optional().describe("Why it is made, as its author says."),
  run_url: z.string().optional().describe("The run of the pipeline."),
});

export type ReportContext = z.infer<typeof ReportContext>;

/**
 * Describes the context in one line.
 *
 * @param more further parts
 */
export function contextPhrase(
  { stack, pool, commit, ticket, reason, run_url }: ReportContext,
  more: readonly Phrase[] = [],
): Phrase {
  const parts: Phrase[] = [
    ...(stack === undefined ? [] : [["Stack ", { data: stack }]]),
    ...(pool === undefined ? [] : [["User pool ", { data: pool }]]),
    ...(commit === undefined ? [] : [["Commit ", { data: commit }]]),
    ...(ticket === undefined ? [] : [["Ticket ", { data: ticket }]]),
    ...(reason === undefined ? [] : [["Reason ", { data: reason }]]),
    ...more,
    ...(run_url === undefined ? [] : [[{ text: "The run", url: run_url }]]),
  ];
  return parts.flatMap((part, index) => (index === 0 ? part : [" · ", ...part]));
}
