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
  run_url: url,
  ...context
}: ReportContext & { readonly planned_at?: string | undefined }): Phrase {
  const named = Object.entries({
    Stack: context.stack,
    "User pool": context.pool,
    Commit: context.commit,
    Ticket: context.ticket,
    Reason: context.reason,
    "Planned at": context.planned_at,
  }).map(([name, data]): Phrase | false => data !== undefined && [`${name} `, { data }]);
  return joinPhrases(compact(...named, url !== undefined && [{ text: "The run", url }]), " · ");
}
