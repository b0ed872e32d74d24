import { compact } from "../lists";
import { contextPhrase } from "./context";
import { formatCount, formatNumber, type Phrase, type ReportDocument } from "./document";
import { nameOf, refusalsOf } from "./join-reports";
import type { PlanRefusal, PlanReport, StackReport } from "./plan-report-schema";
import { outcomeOf, toneOf } from "./plan-summary";
import { refusalFacts, refusalHeadline } from "./refusals";
import { stackDocument } from "./stack-document";

/**
 * Describes a report of plans. Of one stack, it has everything; of several, one total, then what each stack
 * does, the gravest first.
 *
 * @param namesAccounts whether a column shows the system user id of everybody who leaves
 */
export function planDocument(report: PlanReport, namesAccounts = false): ReportDocument {
  const { refusals, stacks } = report;
  const [only, ...others] = stacks;
  if (only && others.length === 0) return stackDocument({ ...only, refusals }, namesAccounts);
  return documentOfSeveral(report);
}

function documentOfSeveral(report: PlanReport): ReportDocument {
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
    // What must be approved, and the messages. The report of each stack has the rest.
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
function documentOf(stack: StackReport, ofRun: readonly PlanRefusal[]): ReportDocument {
  if (ofRun.length === 0 || stack.refusals.length > 0) return stackDocument(stack);
  const document = stackDocument({ ...stack, refusals: [...ofRun] });
  // Why the run is refused stands above, once.
  return { ...document, headline: [outcomeOf(stack, "would")], facts: [] };
}

/**
 * A run that is refused in part says both: which stack is not applied, and who loses an account by the
 * others.
 */
function headlineOfRun(report: PlanReport): Phrase {
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

function restOf(stacks: readonly StackReport[]): Pick<StackReport, "rest"> {
  return { rest: stacks.flatMap(({ rest }) => rest) };
}

function placesOf(stacks: readonly StackReport[]): string {
  const losing = stacks.filter(({ totals }) => totals.deleted + totals.suspended > 0).length;
  return losing === 0 || stacks.length === 1
    ? ""
    : `, in ${formatNumber(losing)} of ${formatCount(stacks.length, "stack")}`;
}

/** How many stacks the facts name. */
const MOST_STACKS = 20;

/** A paragraph for each stack: who loses an account, and all that a reviewer must know besides. */
function stackFacts(documents: readonly ({ readonly name: string } & ReportDocument)[]): Phrase[] {
  const more = documents.length - MOST_STACKS;
  return compact<Phrase>(
    ...documents
      .slice(0, MOST_STACKS)
      .map(({ name, headline, facts }): Phrase => [
        { quoted: `${name}:` },
        " ",
        ...headline,
        ...facts.flatMap((fact, at): Phrase => [at === 0 ? ". " : " ", ...fact]),
      ]),
    more > 0 && [`And ${formatCount(more, "more stack")}.`],
  );
}
