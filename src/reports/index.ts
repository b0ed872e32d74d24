/** What a reviewer and an operator read: made from `terraform show -json`, written in four formats. */
export { renderHtml } from "./document/html";
export { renderJson } from "./document/json";
export { renderMarkdown } from "./document/markdown";
export { renderText } from "./document/text";
export type { ReportDocument } from "./document/document";
export { parseMessages } from "./plan/messages";
export { planDocument } from "./plan/plan-document";
export { type PlanReport, PlanReportSchema } from "./plan/plan-report";
export { type PlanReportOptions, reportOnPlan } from "./plan/report-on-plan";
export { parsePlan, parseState } from "./terraform/show-json";
export { ReportError } from "./terraform/report-error";
