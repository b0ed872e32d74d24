import { compact } from "../lists";
import { addUp } from "./plan-report";
import type { PlanRefusal, PlanReport, StackReport } from "./plan-report-schema";
import { type RefusalRules, refuseAbove } from "./refusals";

/**
 * Joins the reports of the stacks of a run, or of one. A stack that is refused holds up no other, so it
 * counts in no total, unless all are.
 *
 * @param reports one or more
 * @param limit the most users that the whole run may delete, and how it is called; default: any number
 */
export function joinReports(
  reports: readonly StackReport[],
  limit: Pick<RefusalRules, "above" | "aboveName"> = {},
): PlanReport {
  const stacks = [...reports].sort(compareGravity);
  const going = stacks.filter(({ refusals }) => refusals.length === 0);
  const counted = going.length === 0 ? stacks : going;
  const sum = { verdict: gravestVerdict(counted), totals: addUp(counted.map((report) => report.totals)) };
  return {
    format_version: "1.0",
    kind: "plan",
    ...sum,
    refusals: going.length === 0 ? refusalsOfAll(stacks) : compact(refuseAbove(sum, limit)),
    redacted: stacks.some(({ redacted }) => redacted),
    context: inCommon(stacks.map(({ context }) => context)),
    whole: stacks.every(({ whole }) => whole),
    stacks,
  };
}

/** Why stacks are refused, each with its name, if there are several. */
export function refusalsOfAll(stacks: readonly StackReport[]): PlanRefusal[] {
  const [first, ...others] = stacks;
  return first && others.length === 0 ? first.refusals : stacks.flatMap(refusalsOf);
}

/** Why a stack is refused, with its name. */
export function refusalsOf(report: StackReport): PlanRefusal[] {
  return report.refusals.map((refusal) => ({ ...refusal, summary: `${nameOf(report)}: ${refusal.summary}` }));
}

/** The name of a stack; empty if nobody gave one. */
export function nameOf({ context }: StackReport): string {
  return context.stack ?? "";
}

/**
 * Refused ones first, and of these the ones that hold up others, then by the number of users who lose their
 * accounts, then those that do most.
 */
function compareGravity(one: StackReport, other: StackReport): number {
  const rank = ({ refusals, verdict, totals, rest }: StackReport): number[] => [
    refusals.length > 0 ? 1 : 0,
    refusals.some(({ why }) => why !== "others_not_planned") ? 1 : 0,
    verdict === "not_known" ? 1 : 0,
    totals.deleted,
    totals.suspended,
    totals.released + totals.not_deleted,
    rest.length,
  ];
  const ranks = rank(one);
  const differences = rank(other).map((value, at) => value - (ranks[at] ?? 0));
  return differences.find((difference) => difference !== 0) ?? nameOf(one).localeCompare(nameOf(other), "en");
}

function gravestVerdict(stacks: readonly StackReport[]): StackReport["verdict"] {
  const gravestFirst = ["not_known", "somebody_leaves"] as const;
  return gravestFirst.find((one) => stacks.some(({ verdict }) => verdict === one)) ?? "nobody_leaves";
}

/** What all contexts say alike. That leaves out the names of several stacks, and when each was planned. */
function inCommon([first = {}, ...others]: readonly PlanReport["context"][]): PlanReport["context"] {
  const rest = others.map((context) => new Map(Object.entries(context)));
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => rest.every((context) => context.get(name) === value)),
  );
}
