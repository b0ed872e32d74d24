import { compact } from "../lists";
import { findFedSet } from "../plan-gate";
import { NO_PLAN, type PlanJson } from "../terraform-json";
import { printable, singleLine } from "../text";
import { limitReport } from "../users";
import { formatCount, formatNumber, type Phrase } from "./document";
import type { PlanRefusal, PlanReport, StackReport } from "./plan-report-schema";

function refusal(why: PlanRefusal["why"], summary: string, detail: string): PlanRefusal {
  return { why, summary, detail };
}

/** What a report refuses. A plan that failed is refused in any case. */
export interface RefusalRules {
  /** The most users that the run may delete or suspend; default: any number. */
  readonly above?: number | undefined;
  /** How the limit is called where its owner sets it; default `--fail-above`. */
  readonly aboveName?: string;
  /** A list of which somebody may be missing. */
  readonly notWhole?: boolean;
  /** A plan that creates sets in a state that holds none, unless its stack is new. */
  readonly lostState?: boolean;
  /** A plan of a stack that is said to be new, though its state holds a set. */
  readonly notNew?: boolean;
  /** Stacks of the same run that could not be planned, by name: nobody knows who they declare. */
  readonly notPlanned?: readonly string[];
  /** What the plan holds that nobody allowed, as the gate says it. */
  readonly notAllowed?: Pick<PlanRefusal, "summary" | "detail">;
  /** Deletions and suspensions of users that another set still declares. */
  readonly declaredElsewhere?: boolean;
}

/** A report in which a refusal is looked for. */
type JudgedReport = Omit<StackReport, "refusals">;

/** Finds everything for which a plan must not be applied, the gravest first. Empty: nothing. */
export function findRefusals(
  plan: PlanJson,
  report: JudgedReport,
  rules: RefusalRules & { readonly otherRun: string | undefined; readonly holdsSets: boolean },
): PlanRefusal[] {
  const { otherRun, notAllowed, notPlanned = [] } = rules;
  return compact(
    refuseFailed(plan, report, rules),
    otherRun !== undefined && { ...OTHER_PLAN, detail: `${otherRun} ${OTHER_PLAN.detail}` },
    rules.lostState && refuseLostState(report, rules.holdsSets),
    rules.notNew && refuseNotNew(report, rules.holdsSets),
    ...refuseContent(plan, notAllowed),
    !isRunLimit(report) && refuseAbove(report, rules),
    rules.declaredElsewhere && refuseDeclaredElsewhere(report),
    refuseNotPlanned(report, notPlanned),
    rules.notWhole && refuseNotWhole(report),
  );
}

/** Refuses what a report shows only a part of, because it does not fit its place. */
export function refuseCut(report: PlanReport): PlanReport {
  return { ...report, refusals: [...report.refusals, CUT] };
}

const CUT = refusal(
  "cut",
  "The report is cut, because it would be longer than its place allows",
  "Delete fewer users at once, or read another format.",
);

/** How the provider names the limit of the run, which its owner may call otherwise. */
const RUN_LIMIT = "GENAUTH_MAX_DELETIONS";

/** Whether the provider refused the plan because of the limit of the run. Then nothing else repeats it. */
function isRunLimit({ plan_failed, warnings }: JudgedReport): boolean {
  return plan_failed && errorsOf(warnings).some(({ detail }) => detail.includes(`(${RUN_LIMIT})`));
}

function errorsOf(warnings: JudgedReport["warnings"]): JudgedReport["warnings"] {
  return warnings.filter(({ severity }) => severity === "error");
}

function refuseFailed(
  plan: PlanJson,
  report: JudgedReport,
  { above, aboveName }: RefusalRules,
): PlanRefusal | undefined {
  if (!report.plan_failed) return undefined;
  const [first, ...others] = errorsOf(report.warnings);
  if (first && isRunLimit(report) && above !== undefined)
    return refusal(
      "too_many",
      withoutFullStop(first.summary),
      first.detail.replaceAll(RUN_LIMIT, aboveName ?? FAIL_ABOVE),
    );
  if (!first)
    return refusal(
      "plan_failed",
      "The plan failed",
      "Nothing can be applied, and this report may be incomplete. The engine's own output says why: a guard, an unreachable user pool, an error in the configuration.",
    );
  const more = others.length > 0 ? `, with ${formatCount(others.length, "more error")}` : "";
  const detail =
    plan === NO_PLAN
      ? `There is no plan. ${beginningOf(first.detail) || "The run failed before it could write one; its messages say why."}`
      : `The plan failed, so nothing can be applied, and this report may be incomplete. Its messages say why${more}.`;
  return refusal("plan_failed", withoutFullStop(first.summary), detail);
}

/** The first paragraph of a message. */
function beginningOf(detail: string): string {
  const [paragraph = ""] = detail.trim().split(/\n\s*\n/);
  const text = singleLine(paragraph);
  return text.length > LONGEST_REASON ? `${text.slice(0, LONGEST_REASON)}…` : text;
}

/** In characters; the messages below have all of it. */
const LONGEST_REASON = 500;

/**
 * What the plan must not hold: what nobody allowed, and a set that takes its users from the pool itself. The
 * gate says the latter, too.
 */
function refuseContent(plan: PlanJson, notAllowed: RefusalRules["notAllowed"]): PlanRefusal[] {
  const fed = findFedSet(plan);
  return compact<PlanRefusal>(
    notAllowed && notAllowed.summary !== fed?.summary && { why: "not_allowed", ...notAllowed },
    fed && { why: "fed_from_pool", ...fed },
  );
}

const FAIL_ABOVE = "--fail-above";

/** Refuses to delete and suspend more users than a limit allows, or nobody knows how many. */
export function refuseAbove(
  { verdict, totals }: Pick<JudgedReport, "verdict" | "totals">,
  { above, aboveName = FAIL_ABOVE }: Pick<RefusalRules, "above" | "aboveName">,
): PlanRefusal | undefined {
  const { deleted, suspended, upper_bound: isUpperBound } = totals;
  const why = limitReport({ isKnown: verdict !== "not_known", deleted, suspended }, above);
  if (why === "not_known")
    return refusal(
      why,
      "It is not known yet who would be deleted, and there is a limit",
      "It may be more users than it allows. First apply the source of the users, then plan again.",
    );
  if (why === undefined) return undefined;
  const done = compact(deleted > 0 && "deleted", suspended > 0 && "suspended").join(" or ");
  const users = `${isUpperBound ? "At most " : ""}${formatCount(deleted + suspended, "user")}`;
  return refusal(
    why,
    `${users} would be ${done}, more than ${aboveName} allows (${formatNumber(above ?? 0)})`,
    `If all of them must be ${done}, raise that limit; if not, correct the declared users.`,
  );
}

const OTHER_PLAN = refusal(
  "other_plan",
  "The plan and the messages do not belong together",
  "The last run may have failed before it wrote a plan, and left an older one. Delete both files, and plan again with -out and -json.",
);

function refuseDeclaredElsewhere({ totals }: JudgedReport): PlanRefusal | undefined {
  const { declared_elsewhere: count } = totals;
  if (count === 0) return undefined;
  return refusal(
    "declared_elsewhere",
    `${formatCount(count, "user")} would lose the account though another set still declares ${count === 1 ? "the user" : "them"}, which this pipeline does not allow`,
    "Sets do not know of each other if they are of different stacks or providers, or if -target leaves one out.",
  );
}

/**
 * A state without a set knows nobody who leaves. So does one that was lost: only its owner can tell them
 * apart.
 */
function refuseLostState({ sets }: JudgedReport, holdsSets: boolean): PlanRefusal | undefined {
  if (holdsSets || !sets.some(({ action }) => action === "create")) return undefined;
  return refusal(
    "state_lost",
    "The state holds no user set, and the stack is not said to be new",
    "The plan would create each set anew, and users who have left since the last apply would never be deleted. If nothing was applied yet, say so until that is done: new: true of this stack in the settings, or plan-report --new. If something was, the state was lost: its backend, its key or the workspace is another one than at the last apply, or it was deleted. Bring it back from a version or a backup.",
  );
}

/** The mark must not outlive the first apply: with it, nobody notices that a state is lost. */
function refuseNotNew({ verdict, rest, sets }: JudgedReport, holdsSets: boolean): PlanRefusal | undefined {
  const isIdle =
    verdict === "nobody_leaves" && rest.length === 0 && sets.every(({ action }) => action === "none");
  if (!holdsSets || isIdle) return undefined;
  return refusal(
    "not_new",
    "The stack is said to be new, and its state holds a user set",
    "It was applied, so take new: true of this stack out of the settings, or leave out plan-report --new. Without the mark, a state that is lost is noticed.",
  );
}

/** Somebody who leaves this stack may be declared in one that could not be planned, and nobody can know. */
function refuseNotPlanned({ totals }: JudgedReport, names: readonly string[]): PlanRefusal | undefined {
  if (names.length === 0 || totals.deleted + totals.suspended === 0) return undefined;
  const others = named(names);
  const [declares, their] =
    names.length === 1 ? ["declares", "its report says"] : ["declare", "their reports say"];
  return refusal(
    "others_not_planned",
    `Users would lose the account, and nobody knows whether ${others} still ${declares} them`,
    `${others} could not be planned, and ${their} why. Correct that first. Until then, only changes go on by which nobody loses the account.`,
  );
}

function refuseNotWhole({ not_whole: notWhole }: JudgedReport): PlanRefusal | undefined {
  if (notWhole.length === 0) return undefined;
  return refusal(
    "not_whole",
    `The report cannot list everyone who may be deleted: ${named(notWhole.map(({ set = "the plan", why }) => `${set} (${why})`))}`,
    "First apply what the users come from; do not mark users as sensitive; plan everything at once.",
  );
}

/** How many addresses a refusal names. */
const MOST_NAMED = 5;

function named(texts: readonly string[]): string {
  const more = texts.length > MOST_NAMED ? ", …" : "";
  return `${texts.slice(0, MOST_NAMED).map(printable).join(", ")}${more}`;
}

/** The first line of the report of a refused plan. */
export function refusalHeadline([first, ...others]: readonly PlanRefusal[]): Phrase {
  const more = others.length === 0 ? "" : `; and for ${formatCount(others.length, "more reason")}`;
  return ["REFUSED: ", { quoted: first?.summary ?? "" }, more];
}

/** What the first line does not say of the refusals. */
export function refusalFacts([first, ...others]: readonly PlanRefusal[]): Phrase[] {
  return compact(
    first && first.detail !== "" && [{ quoted: first.detail }],
    ...others.map(({ summary, detail }): Phrase => [
      "Also refused: ",
      { quoted: detail === "" ? `${summary}.` : `${summary}. ${detail}` },
    ]),
  );
}

/** A refusal in a sentence or two, for a log. */
export function refusalText({ summary, detail }: PlanRefusal): string {
  return `${printable(summary)}. Nobody was deleted.${detail === "" ? "" : ` ${printable(detail)}`}`;
}

function withoutFullStop(text: string): string {
  return text.endsWith(".") ? text.slice(0, -1) : text;
}
