/** Reports for reviewers and operators, made from `terraform show -json` and written in five formats. */
export { renderAnnotations } from "./annotations";
export { formatCount, formatNumber, isLinkable, type ReportDocument } from "./document";
export type { ReportContext } from "./context";
export { driftDocument } from "./drift-document";
export {
  checkDrift,
  type DeclaredSet,
  DriftReportSchema,
  readDeclaredSets,
  selectUserPool,
} from "./drift-report";
export { renderHtml } from "./html";
export { layOutMarkdown, markdownCode, renderMarkdown, type Room, ROOMS } from "./markdown";
export { compareReports, parsePreviousReport, readReportJson } from "./previous-report";
export { planDocument } from "./plan-document";
export { lookUpNames } from "./pool-names";
export { parseMessages } from "./plan-messages";
export {
  type PlanReport,
  type PlanReportOptions,
  PlanReportSchema,
  reportOnMissingPlan,
  reportOnPlan,
} from "./plan-report";
export { type PlanRefusal, refusalText, type RefusalRules, refuseReport } from "./refusals";
export { readPlannedChanges, readUntouchedSets, type PlannedChange } from "./planned-change";
export { renderJson, renderText } from "./plain-text";
export { joinReports, stacksDocument, type StacksReport, StacksReportSchema } from "./stacks";
