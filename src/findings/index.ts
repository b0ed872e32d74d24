/** What doctor and rehearse find out about a service: findings, the rows of a report, and its table. */
export {
  advice,
  callFailed,
  describeFailure,
  type Failed,
  fine,
  type Finding,
  isDivided,
  isForbidden,
  isRefusal,
  isTooLong,
  notKnown,
  type SettingAdvice,
  stop,
} from "./finding";
export { evaluate, ROW_FIELDS, SUMMARY_FIELDS, type Evaluated } from "./report";
export { renderFindings, WIDTH } from "./text";
