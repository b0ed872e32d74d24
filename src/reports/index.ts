/** What a reviewer and an operator read: made from `terraform show -json`, written in four formats. */
export type { ReportDocument } from "./document/document";
export { renderHtml } from "./document/html";
export { renderJson } from "./document/json";
export { renderMarkdown } from "./document/markdown";
export { renderText } from "./document/text";
export { checkDrift } from "./drift/check-drift";
export { type DeclaredSet, declaredSetsOf } from "./drift/declared-set";
export { driftDocument } from "./drift/drift-document";
export { DriftReportSchema } from "./drift/drift-report";
export { parseMessages } from "./plan/messages";
export { planDocument } from "./plan/plan-document";
export { type PlanReport, PlanReportSchema } from "./plan/plan-report";
export { reportOnPlan } from "./plan/report-on-plan";
