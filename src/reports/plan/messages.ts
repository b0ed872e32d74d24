import * as z from "zod";
import type { ReportedWarning } from "./plan-report";

const Line = z.object({
  type: z.literal("diagnostic"),
  diagnostic: z.object({
    severity: z.enum(["error", "warning"]),
    summary: z.string(),
    detail: z.string().default(""),
  }),
});

/**
 * Reads the warnings and errors that an engine gave while it planned, from what `terraform plan -json` printed.
 * They know what the plan file does not: what the provider learned from the user pool.
 *
 * @throws Error where a line is not JSON
 */
export function parseMessages(text: string): ReportedWarning[] {
  return text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    const { data } = Line.safeParse(parseLine(line, index + 1));
    return data ? [data.diagnostic] : [];
  });
}

function parseLine(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(
      `Line ${number} of the messages is not JSON. Give what terraform plan -json -out=tfplan printed on stdout.`,
    );
  }
}
