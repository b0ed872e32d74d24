import { compact } from "../lists";
import { NO_PLAN, type PlanJson, priorObjects, resourceAddress } from "../terraform-json";
import { printable } from "../text";
import { limitReport } from "../users";
import { formatCount, formatNumber, type Phrase } from "./document";
import type { PlanRefusal, PlanReport } from "./plan-report-schema";

function refusal(why: PlanRefusal["why"], summary: string, detail: string): PlanRefusal {
  return { why, summary, detail };
}

/** What a report refuses. A plan that failed is refused in any case. */
export interface RefusalRules {
  /** The most users that may be deleted; default: any number. */
  readonly above?: number;
  /** A list of which somebody may be missing. */
  readonly notWhole?: boolean;
  /** Deletions of suspended users whose day has come, beside any other change. */
  readonly besideDue?: boolean;
  /** A plan that deletes nobody who is due, though somebody is. */
  readonly overdue?: boolean;
  /** A plan that creates sets in an empty state, though an earlier run has applied it. */
  readonly appliedBefore?: boolean;
  /** What the plan holds that nobody allowed, as the gate says it. */
  readonly notAllowed?: Pick<PlanRefusal, "summary" | "detail">;
  /** What others found against the plan, such as a policy engine; a sentence each. */
  readonly found?: readonly string[];
  /** Deletions and suspensions of users whom another set still declares. */
  readonly declaredElsewhere?: boolean;
}

/** A report in which a refusal is looked for. */
type JudgedReport = Omit<PlanReport, "refusals">;

/** Finds everything for which a plan must not be applied, the gravest first. Empty: nothing. */
export function findRefusals(
  plan: PlanJson,
  report: JudgedReport,
  rules: RefusalRules & { readonly otherRun: string | undefined; readonly beside: readonly string[] },
): PlanRefusal[] {
  const { otherRun, notAllowed, found = [] } = rules;
  return compact(
    refuseFailed(plan, report),
    otherRun !== undefined && { ...OTHER_PLAN, detail: `${otherRun} ${OTHER_PLAN.detail}` },
    rules.appliedBefore && refuseLostState(plan, report),
    notAllowed && { why: "not_allowed", ...notAllowed },
    ...found.map((text) => refuseFound(text, report)),
    refuseAbove(report, rules.above),
    rules.declaredElsewhere && refuseDeclaredElsewhere(report),
    rules.besideDue && refuseBesideDue(report, rules.beside),
    rules.overdue && refuseOverdue(report),
    rules.notWhole && refuseNotWhole(report),
  );
}

/** Refuses what a report shows only a part of, because it does not fit its place. */
export function refuseCut<R extends { readonly refusals: readonly PlanRefusal[] }>(report: R): R {
  return { ...report, refusals: [...report.refusals, CUT] };
}

const CUT = refusal(
  "cut",
  "The report is cut, because it would be longer than its place allows",
  "Delete fewer users at once, or read another format.",
);

/** What follows a colon can quote ids. */
function refuseFound(text: string, { redacted }: JudgedReport): PlanRefusal {
  const [start = ""] = text.split(": ", 1);
  const summary = withoutFullStop(printable(redacted ? start : text));
  return refusal("policy", summary, "A policy of the pipeline's owner refuses the plan.");
}

function refuseFailed(plan: PlanJson, { plan_failed, warnings }: JudgedReport): PlanRefusal | undefined {
  if (!plan_failed) return undefined;
  const [first, ...others] = warnings.filter(({ severity }) => severity === "error");
  if (!first)
    return refusal(
      "plan_failed",
      "The plan failed",
      "Nothing can be applied, and this report may be incomplete. The engine's own output says why: a guard, an unreachable user pool, an error in the configuration.",
    );
  const more = others.length > 0 ? `, with ${formatCount(others.length, "more error")}` : "";
  const detail =
    plan === NO_PLAN
      ? "There is no plan. The run failed before it could write one; its messages say why."
      : `The plan failed, so nothing can be applied, and this report may be incomplete. Its messages say why${more}.`;
  return refusal("plan_failed", withoutFullStop(first.summary), detail);
}

/** Refuses to delete and suspend more users than a limit allows, or nobody knows how many. */
export function refuseAbove(
  { verdict, totals }: Pick<JudgedReport, "verdict" | "totals">,
  above: number | undefined,
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
    `${users} would be ${done}, more than the limit allows (${formatNumber(above ?? 0)})`,
    `If all of them must be ${done}, raise the limit; if not, correct the declared users.`,
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
    "Sets do not know of each other if they have different providers, or if -target leaves one out. First remove these users from the other set, or plan everything at once.",
  );
}

function refuseBesideDue(
  { due_deletions, redacted, totals: { due } }: JudgedReport,
  others: readonly string[],
): PlanRefusal | undefined {
  if (due_deletions !== "with_others") return undefined;
  const addresses = redacted ? [...new Set(others.map(resourceAddress))] : others;
  const [user, day] = due === 1 ? ["a suspended user", "the"] : [formatCount(due, "suspended user"), "their"];
  return refusal(
    "beside_due",
    `The plan deletes ${user}, because ${day} day has come, and makes other changes, too, which a nightly run does not allow`,
    `It changes ${named(addresses)}. First apply the other changes, in a pipeline by approving the run of their merge, elsewhere with GENAUTH_DUE_DELETIONS=hold; or revert them.`,
  );
}

function refuseLostState(plan: PlanJson, { sets }: JudgedReport): PlanRefusal | undefined {
  const holdsNothing = priorObjects(plan).every(({ mode }) => mode !== "managed");
  if (!holdsNothing || !sets.some(({ action }) => action === "create")) return undefined;
  return refusal(
    "state_lost",
    "The state was lost: it is empty, though an earlier run has applied this stack",
    "The plan would create each set anew, and whoever has left since the last apply would never be deleted. Find the state: the backend, its key or the workspace is another one than at that apply, or the state was deleted. Bring it back from a version or a backup. If it was emptied on purpose, give the stack another name.",
  );
}

function refuseOverdue({ due_deletions, totals: { overdue } }: JudgedReport): PlanRefusal | undefined {
  if (due_deletions !== "none" || overdue === 0) return undefined;
  return refusal(
    "overdue",
    `The plan deletes nobody, though the day of ${formatCount(overdue, "suspended user")} has come`,
    "The warnings below say why, such as a limit.",
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
