import * as z from "zod";
import { compact } from "../lists";
import { joinPhrases, type Phrase } from "./document";

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

/** Describes the context in one line. */
export function contextPhrase({
  stack,
  pool,
  commit,
  ticket,
  reason,
  planned_at,
  run_url,
}: ReportContext & { readonly planned_at?: string | undefined }): Phrase {
  const parts = compact<Phrase>(
    stack !== undefined && ["Stack ", { data: stack }],
    pool !== undefined && ["User pool ", { data: pool }],
    commit !== undefined && ["Commit ", { data: commit }],
    ticket !== undefined && ["Ticket ", { data: ticket }],
    reason !== undefined && ["Reason ", { data: reason }],
    planned_at !== undefined && ["Planned at ", { data: planned_at }],
    run_url !== undefined && [{ text: "The run", url: run_url }],
  );
  return joinPhrases(parts, " · ");
}
