import { disguiseWith } from "../disguise";
import type { PlanJson } from "../../terraform-json";
import { removalsDigest } from "./digest";
import type { PlanReport, ReportedSet, ReportedWarning } from "./plan-report";
import { planWarnings } from "./plan-warnings";
import { setChangesOf } from "./set-change";
import { reportOnSet } from "./report-on-set";

/** What a report is made with beside the plan. */
export interface PlanReportOptions {
  /** What the engine said while it planned; default nothing. */
  readonly messages?: readonly ReportedWarning[];
  /**
   * For public places: replaces ids by a keyed hash, leaves labels and details out, and makes the digest a keyed one.
   */
  readonly redactKey?: string;
}

/** Finds in a plan who leaves which set, who joins, and what a reviewer must know beside that. */
export function reportOnPlan(
  plan: PlanJson,
  { messages = [], redactKey }: PlanReportOptions = {},
): PlanReport {
  const changes = setChangesOf(plan);
  const parts = changes.map((change) => reportOnSet(change, disguiseWith(redactKey)));
  const sets = parts.map(({ set }) => set);
  const hidesDetails =
    redactKey !== undefined || changes.some(({ prior, planned }) => prior?.sensitive || planned?.sensitive);
  const total = (name: keyof PlanReport["totals"]) => sets.reduce((sum, set) => sum + set[name], 0);
  return {
    format_version: "1.0",
    kind: "plan",
    verdict: verdictOf(sets),
    plan_failed: plan.errored,
    redacted: redactKey !== undefined,
    digest: removalsDigest(changes, redactKey),
    totals: {
      deleted: total("deleted"),
      already_gone: total("already_gone"),
      calls: total("calls"),
      kept: total("kept"),
      let_go: total("let_go"),
      stay: total("stay"),
      join: total("join"),
      missing: total("missing"),
    },
    sets,
    leavers: parts.flatMap(({ leavers }) => leavers),
    joiners: parts.flatMap(({ joiners }) => joiners),
    missing: parts.flatMap(({ missing }) => missing),
    warnings: [
      ...distinct(messages.map((message) => (hidesDetails ? withoutIds(message) : message))),
      ...planWarnings(plan, changes),
    ],
  };
}

/** The engine's details quote ids and labels, and so does what follows the colon of a summary. */
function withoutIds(message: ReportedWarning): ReportedWarning {
  const [summary = ""] = message.summary.split(": ", 1);
  return { ...message, summary, detail: "" };
}

/** Each message once, in an order that does not hang on which set the engine planned first. */
function distinct(messages: readonly ReportedWarning[]): ReportedWarning[] {
  const byText = new Map(messages.map((message) => [JSON.stringify(message), message]));
  return [...byText].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, message]) => message);
}

function verdictOf(sets: readonly ReportedSet[]): PlanReport["verdict"] {
  if (sets.some(({ users_known }) => !users_known)) return "not_known";
  return sets.some((set) => set.deleted + set.kept + set.let_go > 0) ? "somebody_leaves" : "nobody_leaves";
}
