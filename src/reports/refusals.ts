import * as z from "zod";
import { type PlanJson, priorObjects, resourceAddress } from "../terraform-json";
import { printable } from "../text";
import { limitReport } from "../users";
import { formatCount, formatNumber, type Phrase } from "./document";
import { findBesideDueDeletions } from "./due-deletions";
import type { ReportedMessage } from "./plan-messages";

/** Why a plan must not be applied. */
export const PlanRefusal = z.object({
  why: z
    .enum([
      "plan_failed",
      "other_plan",
      "not_allowed",
      "policy",
      "not_known",
      "too_many",
      "declared_elsewhere",
      "beside_due",
      "overdue",
      "state_lost",
      "not_whole",
      "cut",
    ])
    .describe(
      "`plan_failed`: an error of the engine or a guard. `other_plan`: the messages are not those of the plan. `not_allowed`: --only-allowed. `policy`: a policy of the pipeline. `not_known` and `too_many`: --fail-above, or the limit of the pipeline. `declared_elsewhere`, `beside_due`, `overdue` and `state_lost`: a rule of the pipeline. `not_whole` and `cut`: --fail-unless-whole.",
    ),
  summary: z.string().describe("The reason in one line, without a full stop."),
  detail: z.string().describe("What follows from it, and what to do. May be empty."),
});

export type PlanRefusal = z.infer<typeof PlanRefusal>;

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

/** The parts of a plan's report from which a refusal follows. */
interface JudgedReport {
  readonly plan_failed: boolean;
  readonly warnings: readonly ReportedMessage[];
  readonly verdict: string;
  readonly totals: {
    readonly deleted: number;
    readonly suspended: number;
    readonly upper_bound: boolean;
    readonly due: number;
    readonly overdue: number;
    readonly declared_elsewhere: number;
  };
  readonly sets: readonly { readonly action: string }[];
  readonly due_deletions: string;
  readonly redacted: boolean;
  readonly not_whole: readonly { readonly set?: string | undefined; readonly why: string }[];
}

/** Finds everything for which a plan must not be applied, the gravest first. Empty: nothing. */
export function findRefusals(
  plan: PlanJson,
  report: JudgedReport,
  {
    above,
    notWhole = false,
    besideDue = false,
    overdue = false,
    appliedBefore = false,
    declaredElsewhere = false,
    notAllowed,
    found = [],
    otherRun,
  }: RefusalRules & { readonly otherRun: string | undefined },
): PlanRefusal[] {
  return [
    ...refuseFailed(report),
    ...(otherRun === undefined ? [] : [{ ...OTHER_PLAN, detail: `${otherRun} ${OTHER_PLAN.detail}` }]),
    ...(appliedBefore ? refuseLostState(plan, report) : []),
    ...(notAllowed ? [{ why: "not_allowed" as const, ...notAllowed }] : []),
    ...found.map((text) => refuseFound(text, report)),
    ...refuseAbove(report, above),
    ...(declaredElsewhere ? refuseDeclaredElsewhere(report) : []),
    ...(besideDue ? refuseBesideDue(plan, report) : []),
    ...(overdue ? refuseOverdue(report) : []),
    ...(notWhole ? refuseNotWhole(report) : []),
  ];
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

function refuseFailed({ plan_failed, warnings }: JudgedReport): PlanRefusal[] {
  if (!plan_failed) return [];
  const errors = warnings.filter(({ severity }) => severity === "error");
  const [first] = errors;
  const others = errors.length - 1;
  return [
    refusal(
      "plan_failed",
      first ? withoutFullStop(first.summary) : "The plan failed",
      first
        ? `The plan failed, so nothing can be applied, and this report may be incomplete. The messages below say why${others > 0 ? `, with ${formatCount(others, "more error")}` : ""}.`
        : "Nothing can be applied, and this report may be incomplete. The engine's own output says why: a guard, an unreachable user pool, an error in the configuration.",
    ),
  ];
}

/** Refuses to delete and suspend more users than a limit allows, or nobody knows how many. */
export function refuseAbove(
  { verdict, totals }: Pick<JudgedReport, "verdict" | "totals">,
  above: number | undefined,
): PlanRefusal[] {
  const { deleted, suspended, upper_bound: isUpperBound } = totals;
  const why = limitReport({ isKnown: verdict !== "not_known", deleted, suspended }, above);
  switch (why) {
    case undefined:
      return [];
    case "not_known": {
      const summary = "It is not known yet who would be deleted, and there is a limit";
      const detail =
        "It may be more users than it allows. First apply the source of the users, then plan again.";
      return [{ why, summary, detail }];
    }
    case "too_many": {
      const done = [...(deleted > 0 ? ["deleted"] : []), ...(suspended > 0 ? ["suspended"] : [])].join(
        " or ",
      );
      const users = `${isUpperBound ? "At most " : ""}${formatCount(deleted + suspended, "user")}`;
      const summary = `${users} would be ${done}, more than the limit allows (${formatNumber(above ?? 0)})`;
      const detail = `If all of them must be ${done}, raise the limit; if not, correct the declared users.`;
      return [{ why, summary, detail }];
    }
  }
}

const OTHER_PLAN = refusal(
  "other_plan",
  "The plan and the messages do not belong together",
  "The last run may have failed before it wrote a plan, and left an older one. Delete both files, and plan again with -out and -json.",
);

function refuseDeclaredElsewhere({ totals }: JudgedReport): PlanRefusal[] {
  const { declared_elsewhere: count } = totals;
  if (count === 0) return [];
  return [
    refusal(
      "declared_elsewhere",
      `${formatCount(count, "user")} would lose the account though another set still declares ${count === 1 ? "the user" : "them"}, which this pipeline does not allow`,
      "Sets do not know of each other if they have different providers, or if -target leaves one out. First remove these users from the other set, or plan everything at once.",
    ),
  ];
}

/** Says of the refusal of a plan that failed that there is not even a plan. */
export function explainMissingPlan(refusal: PlanRefusal): PlanRefusal {
  if (refusal.why !== "plan_failed") return refusal;
  return {
    ...refusal,
    detail: "There is no plan. The run failed before it could write one; its messages below say why.",
  };
}

function refuseBesideDue(plan: PlanJson, { due_deletions, redacted, totals }: JudgedReport): PlanRefusal[] {
  if (due_deletions !== "with_others") return [];
  const others = findBesideDueDeletions(plan);
  const addresses = redacted ? [...new Set(others.map(resourceAddress))] : others;
  const { due } = totals;
  const [user, day] = due === 1 ? ["a suspended user", "the"] : [formatCount(due, "suspended user"), "their"];
  return [
    refusal(
      "beside_due",
      `The plan deletes ${user}, because ${day} day has come, and makes other changes, too, which a nightly run does not allow`,
      `It changes ${named(addresses)}. First apply the other changes with GENAUTH_DUE_DELETIONS=hold, or revert them.`,
    ),
  ];
}

function refuseLostState(plan: PlanJson, { sets }: JudgedReport): PlanRefusal[] {
  const holdsNothing = priorObjects(plan).every(({ mode }) => mode !== "managed");
  if (!holdsNothing || !sets.some(({ action }) => action === "create")) return [];
  return [
    refusal(
      "state_lost",
      "The state was lost: it is empty, though an earlier run has applied this stack",
      "The plan would create each set anew, and whoever has left since the last apply would never be deleted. Find the state: the backend, its key or the workspace is another one than at that apply, or the state was deleted. Bring it back from a version or a backup. If it was emptied on purpose, give the stack another name.",
    ),
  ];
}

function refuseOverdue({ due_deletions, totals: { overdue } }: JudgedReport): PlanRefusal[] {
  if (due_deletions !== "none" || overdue === 0) return [];
  return [
    refusal(
      "overdue",
      `The plan deletes nobody, though the day of ${formatCount(overdue, "suspended user")} has come`,
      "The warnings below say why, such as a limit.",
    ),
  ];
}

function refuseNotWhole({ not_whole: notWhole }: JudgedReport): PlanRefusal[] {
  if (notWhole.length === 0) return [];
  return [
    refusal(
      "not_whole",
      `The report cannot list everyone who may be deleted: ${named(notWhole.map(({ set = "the plan", why }) => `${set} (${why})`))}`,
      "First apply what the users come from; do not mark users as sensitive; plan everything at once.",
    ),
  ];
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
  return [
    ...(first && first.detail !== "" ? [[{ quoted: first.detail }]] : []),
    ...others.map(({ summary, detail }): Phrase => [
      "Also refused: ",
      { quoted: detail === "" ? `${summary}.` : `${summary}. ${detail}` },
    ]),
  ];
}

/** A refusal in a sentence or two, for a log. */
export function refusalText({ summary, detail }: PlanRefusal): string {
  return `${printable(summary)}. Nobody was deleted.${detail === "" ? "" : ` ${printable(detail)}`}`;
}

function withoutFullStop(text: string): string {
  return text.endsWith(".") ? text.slice(0, -1) : text;
}
