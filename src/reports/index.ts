/** Reports for reviewers and operators, made from `terraform show -json` and written in four formats. */
export type { ReportDocument } from "./document";
export { driftDocument } from "./drift-document";
export { checkDrift, type DeclaredSet, DriftReportSchema, readDeclaredSets } from "./drift-report";
export { renderHtml } from "./html";
export { renderMarkdown } from "./markdown";
export { planDocument } from "./plan-document";
export { parseMessages } from "./plan-messages";
export { type PlanReport, PlanReportSchema, reportOnPlan } from "./plan-report";
export { renderJson, renderText } from "./text";
