import * as z from "zod";
import { compact } from "../lists";
import { contextPhrase, ReportContext } from "./context";
import { formatCount, formatNumber, type Phrase, type ReportDocument } from "./document";
import { FormatVersion } from "./listed-user";
import { planDocument } from "./plan-document";
import { addUp } from "./plan-report";
import { type PlanReport, PlanReportSchema, PlanRefusal } from "./plan-report-schema";
import { outcomeOf, toneOf } from "./plan-summary";
import { refusalFacts, refusalHeadline, type RefusalRules, refuseAbove } from "./refusals";

const { verdict, whole, totals, redacted } = PlanReportSchema.shape;

/** One report over the plans of several stacks, as JSON. */
export const StacksReportSchema = z.object({
  format_version: FormatVersion,
  kind: z.literal("stacks"),
  verdict,
  refusals: z
    .array(PlanRefusal)
    .describe(
      "Why nothing of the run must be applied. Empty: the stacks without a refusal of their own can be applied.",
    ),
  redacted,
  context: ReportContext.describe("What the reports of all stacks have in common."),
  whole,
  totals: totals.describe("The sums over the stacks that are not refused; over all, if all are."),
  stacks: z.array(PlanReportSchema).describe("The reports of the stacks, the gravest first."),
});

export type StacksReport = z.infer<typeof StacksReportSchema>;

/**
 * Joins the reports of the stacks of a run. A stack that is refused holds up no other, so it counts in no total, unless all are.
 *
 * @param limit the most users that the whole run may delete, and how it is called; default: any number
 */
export function joinReports(
  reports: readonly PlanReport[],
  limit: Pick<RefusalRules, "above" | "aboveName"> = {},
): StacksReport {
  const stacks = [...reports].sort(compareGravity);
  const going = stacks.filter(({ refusals }) => refusals.length === 0);
  const counted = going.length === 0 ? stacks : going;
  const sum = { verdict: gravestVerdict(counted), totals: addUp(counted.map((report) => report.totals)) };
  return {
    format_version: "1.0",
    kind: "stacks",
    ...sum,
    refusals: going.length === 0 ? stacks.flatMap(refusalsOf) : compact(refuseAbove(sum, limit)),
    redacted: stacks.some(({ redacted }) => redacted),
    context: ContextOfRun.parse(inCommon(stacks.map(({ context }) => context))),
    whole: stacks.every(({ whole }) => whole),
    stacks,
  };
}

/** Why a stack is refused, with its name. */
function refusalsOf(report: PlanReport): PlanRefusal[] {
  return report.refusals.map((refusal) => ({ ...refusal, summary: `${nameOf(report)}: ${refusal.summary}` }));
}

function nameOf({ context }: PlanReport): string {
  return context.stack ?? "";
}

/** Refused ones first, then by the number of users who lose their accounts, then those that do most. */
function compareGravity(one: PlanReport, other: PlanReport): number {
  const rank = ({ refusals, verdict, totals, rest }: PlanReport): number[] => [
    refusals.length > 0 ? 1 : 0,
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

function gravestVerdict(stacks: readonly PlanReport[]): PlanReport["verdict"] {
  const gravestFirst = ["not_known", "somebody_leaves"] as const;
  return gravestFirst.find((one) => stacks.some(({ verdict }) => verdict === one)) ?? "nobody_leaves";
}

/** What a run can tell of itself. */
const ContextOfRun = ReportContext.omit({ stack: true });

function inCommon([first = {}, ...others]: readonly ReportContext[]): object {
  const rest = others.map((context) => new Map(Object.entries(context)));
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => rest.every((context) => context.get(name) === value)),
  );
}

/** Describes the plans of several stacks: one total, then what each stack does, the gravest first. */
export function stacksDocument(report: StacksReport): ReportDocument {
  const { refusals, stacks, context } = report;
  const refused = stacks.flatMap(refusalsOf);
  const documents = stacks.map((stack) => ({
    name: nameOf(stack),
    isRefused: stack.refusals.length > 0,
    ...documentOf(stack, refusals),
  }));
  const closing = documents.flatMap((document) => document.closing);
  return {
    kind: "plan",
    tone: toneOf({ ...report, ...restOf(stacks), refusals: [...refusals, ...refused] }),
    headline: headlineOfRun(report),
    facts: [
      ...(refusals.length > 0
        ? refusalFacts(refusals)
        : refused.map(({ summary, detail }): Phrase => [{ quoted: `${summary}. ${detail}` }])),
      // Why a stack is refused stands above.
      ...stackFacts(documents.filter(({ isRefused }) => !isRefused)),
    ],
    context: contextPhrase(context),
    // What must be approved, and the messages. The report of a stack alone has the rest.
    sections: documents.flatMap(({ name, sections }) =>
      sections
        .filter(
          ({ isEssential, isSummary, texts }) =>
            isEssential === true || isSummary === true || texts !== undefined,
        )
        .map((section) => ({ ...section, title: `${name}: ${section.title}` })),
    ),
    closing: [...new Map(closing.map((phrase) => [JSON.stringify(phrase), phrase])).values()],
  };
}

/** A stack is not applied either if the whole run is refused. */
function documentOf(stack: PlanReport, ofRun: readonly PlanRefusal[]): ReportDocument {
  if (ofRun.length === 0 || stack.refusals.length > 0) return planDocument(stack);
  return { ...planDocument({ ...stack, refusals: [...ofRun] }), headline: [outcomeOf(stack, "would")] };
}

/** A run that is refused in part says both: which stack is not applied, and who loses an account by the others. */
function headlineOfRun(report: StacksReport): Phrase {
  const { refusals, stacks } = report;
  if (refusals.length > 0) return refusalHeadline(refusals);
  const going = stacks.filter((stack) => stack.refusals.length === 0);
  const outcome = outcomeOf({ ...report, ...restOf(going) });
  const places = placesOf(going);
  const refused = stacks.filter((stack) => stack.refusals.length > 0);
  if (refused.length === 0) return [`${outcome}${places}`];
  const names = refused.flatMap((stack, at): Phrase => [at === 0 ? "" : ", ", { quoted: nameOf(stack) }]);
  return ["REFUSED in part: not ", ...names, `. The others: ${outcome}${places}`];
}

function restOf(stacks: readonly PlanReport[]): Pick<PlanReport, "rest"> {
  return { rest: stacks.flatMap(({ rest }) => rest) };
}

function placesOf(stacks: readonly PlanReport[]): string {
  const losing = stacks.filter(({ totals }) => totals.deleted + totals.suspended > 0).length;
  return losing === 0 || stacks.length === 1
    ? ""
    : `, in ${formatNumber(losing)} of ${formatCount(stacks.length, "stack")}`;
}

/** How many stacks the facts name. */
const MOST_STACKS = 20;

function stackFacts(documents: readonly { readonly name: string; readonly headline: Phrase }[]): Phrase[] {
  const more = documents.length - MOST_STACKS;
  return compact<Phrase>(
    ...documents
      .slice(0, MOST_STACKS)
      .map(({ name, headline }): Phrase => [{ quoted: `${name}:` }, " ", ...headline]),
    more > 0 && [`And ${formatCount(more, "more stack")}.`],
  );
}
