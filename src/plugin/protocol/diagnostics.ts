import { printable, printableLines } from "../../text";
import type { AttributePath, Diagnostic, PathStep } from "../diagnostic";
import type { Message } from "./messages";

/** The protocol's numbers for severities. */
const SEVERITY = { error: 1, warning: 2 } as const;

/** Diagnostics as Terraform reads them, in the same order. It prints them as they are, so nothing in them may act. */
export function diagnosticMessages(diagnostics: readonly Diagnostic[]): readonly Message<"Diagnostic">[] {
  return diagnostics.map(({ severity, summary, detail, path }) => ({
    severity: SEVERITY[severity],
    summary: printable(summary),
    detail: printableLines(detail),
    ...(path && { attribute: pathMessage(path) }),
  }));
}

/** A path as Terraform reads it. */
export function pathMessage(path: AttributePath): Message<"AttributePath"> {
  return { steps: path.map(stepMessage) };
}

function stepMessage(step: PathStep): Message<"AttributePathStep"> {
  if ("attribute" in step) return { attributeName: step.attribute };
  if ("key" in step) return { elementKeyString: step.key };
  return { elementKeyInt: step.index };
}
