/** Reports for reviewers and operators, made from `terraform show -json` and written in four formats. */
export { formatCount, formatNumber, isLinkable, type ReportDocument } from "./document";
export type { ReportContext } from "./context";
export { driftDocument } from "./drift-document";
export {
  checkDrift,
  type DeclaredSet,
  type DriftCheck,
  type DriftReport,
  DriftReportSchema,
  readDeclaredSets,
  selectUserPool,
} from "./drift-report";
export { renderHtml } from "./html";
export { checkRedactKey } from "./listed-user";
export { layOutMarkdown, renderMarkdown } from "./markdown";
export { findPerson, personText, readStandings } from "./person";
export { joinReports, refusalsOfAll } from "./join-reports";
export { planDocument } from "./plan-document";
export { stackDocument } from "./stack-document";
export { parseMessages } from "./plan-messages";
export type { OtherStack } from "./declared-elsewhere";
export { reportOnPlan, reportOnRun } from "./plan-report";
export {
  type LeavingCause,
  type PlanReport,
  PlanReportSchema,
  type StackReport,
  StackReportSchema,
} from "./plan-report-schema";
export { refusalText, type RefusalRules, refuseCut } from "./refusals";
export { readPlannedChanges, readUntouchedSets, type PlannedChange } from "./planned-change";
export { renderJson, renderText } from "./plain-text";
