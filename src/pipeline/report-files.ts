import { join } from "node:path";
import { replaceFile } from "../files";
import {
  driftDocument,
  type DriftReport,
  joinReports,
  layOutMarkdown,
  planDocument,
  type PlanReport,
  type RefusalRules,
  refuseCut,
  renderHtml,
  renderJson,
  renderMarkdown,
  renderText,
  type ReportDocument,
  type StackReport,
} from "../reports";
import { writeHandedOver } from "./hand-over";
import type { Job } from "./job";

type Report = PlanReport | DriftReport;

/** The document of any report. */
export function documentOf(data: Report): ReportDocument {
  return data.kind === "drift" ? driftDocument(data) : planDocument(data);
}

/**
 * Makes one report of all stacks of a run, with one total and the gravest first. It is refused if the summary
 * of its job would not show everybody: people approve what they read there.
 *
 * @param limit how many people the run may delete or suspend
 */
export function reportOnAll(
  reports: readonly StackReport[],
  limit: Pick<RefusalRules, "above" | "aboveName">,
): PlanReport {
  const report = joinReports(reports, limit);
  return layOutMarkdown(documentOf(report), "summary").isWhole ? report : refuseCut(report);
}

/**
 * Writes a report in all formats.
 *
 * @param path of the files, without their endings
 * @param place where the Markdown is shown; default: in a file
 * @returns the Markdown
 */
export function writeReport(path: string, data: Report, place?: "summary"): string {
  const document = documentOf(data);
  const md = renderMarkdown(document, place);
  const formats = { md, txt: renderText(document), html: renderHtml(document), json: renderJson(data) };
  for (const [ending, text] of Object.entries(formats)) replaceFile(`${path}.${ending}`, Buffer.from(text));
  return md;
}

/**
 * Writes the reports of a plan: that of the run, that of each stack, and the comment.
 *
 * @returns the report of the run as text, and the SHA-256 of the comment
 */
export function writePlanReports(
  { folder, platform }: Job,
  ofRun: PlanReport,
  ofStacks: readonly { readonly name: string; readonly report: PlanReport }[],
): { readonly text: string; readonly commentSha256: string } {
  const out = join(folder, "plan");
  for (const { name, report } of ofStacks) writeReport(join(out, name, "report"), report, "summary");
  platform.addSummary(writeReport(join(out, "report"), ofRun, "summary"));
  const document = documentOf(ofRun);
  const comment = Buffer.from(renderMarkdown(document, "comment"));
  return { text: renderText(document), commentSha256: writeHandedOver(folder, "comment", comment) };
}
