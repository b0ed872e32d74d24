import { compact, groupBy } from "../lists";
import { limitFacts } from "./changed-limits";
import { formatCount, formatNumber, listed, type Phrase, type ReportDocument, verbOf } from "./document";
import type { StackReport } from "./plan-report-schema";
import { REST_KINDS } from "./plan-rest";
import { refusalFacts, refusalHeadline } from "./refusals";
import { largeShare, shareFacts } from "./set-shares";

/** What a plan does, or the plans of several stacks. */
type Effect = Pick<StackReport, "verdict" | "totals" | "rest">;

/** `calm` only if the plan does nothing that a reviewer must know. */
export function toneOf(report: Effect & Pick<StackReport, "refusals" | "whole">): ReportDocument["tone"] {
  const { refusals, verdict, totals, rest, whole } = report;
  if (totals.deleted + totals.suspended > 0 || refusals.length > 0) return "alarm";
  const isQuiet =
    !changesMore(rest) &&
    totals.relabelled + totals.reactivated + totals.rebound + totals.limits_changed === 0;
  const isCalm = verdict === "nobody_leaves" && isQuiet && whole;
  return isCalm ? "calm" : "attention";
}

/**
 * Whether a plan changes more than user sets. An output runs nothing, sends nothing and needs no approval.
 */
function changesMore(rest: StackReport["rest"]): boolean {
  return rest.some(({ kind }) => kind !== "output");
}

function restOutcome(rest: StackReport["rest"]): string | false {
  if (changesMore(rest)) return "the plan changes more than user sets";
  return rest.length > 0 && `${formatCount(rest.length, "output")} ${verbOf(rest.length, "change")}`;
}

/** The result in one line: why the plan is refused, or else who loses an account. */
export function headlineOf(report: StackReport): Phrase {
  if (report.refusals.length > 0) return refusalHeadline(report.refusals);
  const { deleted, suspended } = report.totals;
  return [
    outcomeOf(report),
    ...(deleted + suspended > 0 ? largeShare(report.sets) : []),
    ...(report.hosts.length > 0 ? ["; at ", ...listed(report.hosts)] : []),
  ];
}

/** Who loses an account, in one line, or who would, if it is not applied. */
export function outcomeOf({ verdict, totals, rest }: Effect, will: "will" | "would" = "will"): string {
  const {
    released,
    not_deleted: notDeleted,
    reactivated,
    join,
    relabelled,
    rebound,
    limits_changed: limits,
  } = totals;
  const users = losersOf(totals, will);
  if (verdict === "not_known") {
    return users !== ""
      ? `At least one set is not known yet; of the others, ${users}`
      : "Who will be deleted is not known yet";
  }
  const returns = `${formatCount(reactivated, "user")} ${will} be reactivated`;
  if (users !== "") return capitalised(reactivated > 0 ? `${users}; ${returns}` : users);
  const others = compact(
    notDeleted > 0 && `${formatCount(notDeleted, "user")} ${verbOf(notDeleted, "leave")} a set`,
    released > 0 && `${formatCount(released, "user")} ${will} no longer be managed`,
    reactivated > 0 && returns,
    join > 0 && `${formatNumber(join)} ${verbOf(join, "join")}`,
    relabelled > 0 && `${formatCount(relabelled, "label")} ${verbOf(relabelled, "change")}`,
    rebound > 0 && `${formatCount(rebound, "id")} ${rebound === 1 ? "passes" : "pass"} to another account`,
    limits > 0 && `limits of ${formatCount(limits, "set")} change`,
    restOutcome(rest),
  );
  return compact("Nobody loses an account", others.length > 0 && others.join(", ")).join("; ");
}

/** Who loses the account, now or later; empty if nobody does. */
function losersOf(totals: StackReport["totals"], will: "will" | "would"): string {
  const { deleted, suspended, declared_elsewhere: elsewhere } = totals;
  const users = compact(
    deleted > 0 && `${atMost(totals, deleted)} ${will} be permanently deleted`,
    suspended > 0 && `${atMost(totals, suspended)} ${will} be suspended, and deleted later`,
  ).join("; ");
  if (elsewhere === 0) return users;
  const who = elsewhere === 1 && deleted + suspended === 1 ? "" : `${formatNumber(elsewhere)} of them `;
  return `${users}, ${who}still declared in another set`;
}

/** A number of users, and whether it is the most that may be. */
function atMost({ upper_bound: isUpperBound }: StackReport["totals"], number: number): string {
  return `${isUpperBound ? "at most " : ""}${formatCount(number, "user")}`;
}

/**
 * The sentences below the headline: what is not known first, then what becomes of people, then what else the
 * plan does.
 */
export function factsOf(report: StackReport): Phrase[] {
  const { deleted, suspended } = report.totals;
  const ofPeople =
    report.refusals.length > 0
      ? refusedFacts(report)
      : deleted + suspended > 0
        ? losingFacts(report)
        : calmFacts(report);
  return [
    ...refusalFacts(report.refusals),
    ...notWholeFacts(report),
    ...ofPeople,
    ...reboundFacts(report),
    ...limitFacts(report),
    ...restFacts(report),
  ];
}

/** Nobody may approve a list without knowing that it is not all of it. */
function notWholeFacts({ not_whole: notWhole }: StackReport): Phrase[] {
  const of = (why: string) => notWhole.flatMap((one) => (one.why === why ? [one.set ?? ""] : []));
  const unknown = of("unknown");
  const sensitive = of("sensitive");
  return compact<Phrase>(
    unknown.length > 0 && [
      "Not whole: who leaves or returns is known only during apply, in ",
      ...listed(unknown),
      ". Do not approve this until it is known.",
    ],
    sensitive.length > 0 && [
      "Not whole: the configuration marks users as sensitive, so they are hidden, in ",
      ...listed(sensitive),
      ".",
    ],
    of("deferred").length > 0 && ["Not whole: the plan leaves a part to a later plan."],
  );
}

/** What a refused plan would have done. */
function refusedFacts(report: StackReport): Phrase[] {
  const { totals } = report;
  return compact<Phrase>(
    totals.deleted > 0 && [
      `It would have deleted ${atMost(totals, totals.deleted)} `,
      ...whereFrom(report),
      ".",
    ],
    totals.suspended > 0 && [`It would have suspended ${atMost(totals, totals.suspended)}.`],
    ...declaredFacts(report),
    ...shareFacts(report),
  );
}

/** What apply does to those who lose the account. */
function losingFacts(report: StackReport): Phrase[] {
  const { totals, sets } = report;
  const mayBeKept = totals.deleted + totals.suspended === 1 ? "the user" : "some of them";
  return compact<Phrase>(
    totals.deleted > 0 && [
      `Apply deletes ${atMost(totals, totals.deleted)} `,
      ...whereFrom(report),
      ". A deletion cannot be undone.",
    ],
    ...dueFacts(totals),
    totals.suspended > 0 && [
      `Apply suspends ${atMost(totals, totals.suspended)}: they can no longer log in, and a plan shows their deletion ${inWords(daysOf(sets))} later.`,
    ],
    totals.suspended > 0 && ["Declared again or protected before that, they are reactivated."],
    totals.upper_bound && [`At most, because ${mayBeKept} may still be kept: see the warnings below.`],
    ...declaredFacts(report),
    ...waitingFacts(report),
    ...shareFacts(report),
  );
}

/** Who stays and who joins, where nobody loses the account. */
function calmFacts(report: StackReport): Phrase[] {
  const { totals, sets, verdict } = report;
  if (sets.length === 0) return [["This plan has no user set."]];
  if (verdict === "not_known") return waitingFacts(report);
  const { stay, join, released } = totals;
  const joining = join > 0 ? `, ${formatNumber(join)} ${verbOf(join, "join")}` : "";
  // Of a set that is new, the headline says how many join.
  const isNew = stay === 0 && join > 0;
  return [
    ...waitingFacts(report),
    ...compact<Phrase>(
      !isNew &&
        (stay > 0 || released === 0) && [`${formatCount(stay, "user")} ${verbOf(stay, "stay")}${joining}.`],
      released > 0 && ["Destroying, renaming or replacing a set deletes nobody."],
    ),
  ];
}

/** An id can pass from hand to hand. A person who approves the plan approves the new account, too. */
function reboundFacts({ totals: { rebound } }: StackReport): Phrase[] {
  if (rebound === 0) return [];
  const isOne = rebound === 1;
  return [
    [
      `${formatCount(rebound, "declared id")} ${isOne ? "means" : "mean"} another account than before. Apply binds ${isOne ? "the id" : "each"} to the new account, and taking the id out later deletes that one. This needs an approval, too.`,
    ],
  ];
}

/** The set from which users are deleted, or how many sets. */
function whereFrom({ sets }: StackReport): Phrase {
  const [only, ...others] = sets.filter((set) => set.deleted > 0);
  if (only && others.length === 0) return ["from ", { data: only.address }];
  return [`from ${formatCount(others.length + 1, "set")}`];
}

/** Who of those who lose the account is still declared or retained, by the sets that say so. */
function declaredFacts({ leavers }: StackReport): Phrase[] {
  const going = leavers.filter(({ fate, declared_in }) => fate !== "not_deleted" && declared_in.length > 0);
  const bySets = [...groupBy(going, ({ declared_in }) => JSON.stringify(declared_in)).values()];
  const facts = bySets.slice(0, MOST_NAMED).map((those): Phrase => {
    const more = those.length - MOST_NAMED;
    return [
      "Still declared in ",
      ...listed(those[0]?.declared_in ?? []),
      ": ",
      ...listed(those.slice(0, MOST_NAMED).map(({ id }) => id)),
      more > 0 ? ` and ${formatNumber(more)} more.` : ".",
    ];
  });
  const advice =
    "An apply under the guard stops before it deletes them. If they moved there, name their ids in retained_ids here, and this set lets go of them. If they left, take them out there, too.";
  return going.length === 0 ? [] : [...facts, [advice]];
}

/** Of those who wait: who returns, and who stays though the day of the deletion has come. */
function waitingFacts({ totals, due_held_by: heldBy }: StackReport): Phrase[] {
  const { reactivated, overdue } = totals;
  const [they, were] = reactivated === 1 ? ["the user", "was"] : ["they", "were"];
  return compact<Phrase>(
    reactivated > 0 && [
      `Apply reactivates ${atMost(totals, reactivated)}, declared again or protected: ${they} ${were} suspended, and may log in again. This needs an approval, too.`,
    ],
    heldBy !== undefined && overdue === 0 && [`The operator holds deletions that are due (${heldBy}).`],
    overdue > 0 && [
      heldBy === undefined
        ? `The day of ${formatCount(overdue, "suspended user")} has come, and this plan deletes none of them. The list below says since when.`
        : `The operator holds the deletion of ${formatCount(overdue, "suspended user")}, whose day has come (${heldBy}). The list below says since when.`,
    ],
  );
}

function dueFacts({ due, deleted }: StackReport["totals"]): Phrase[] {
  if (due === 0) return [];
  const [are, their] = due === 1 ? ["is", "the"] : ["are", "their"];
  const who = due === deleted ? (due === 1 ? "The user" : "All of them") : `${formatNumber(due)} of them`;
  return [[`${who} ${are} suspended, and the day of ${their} deletion has come.`]];
}

/** The different waiting times of those who are suspended, in order. */
function daysOf(sets: StackReport["sets"]): string[] {
  const suspending = sets.filter(({ suspended }) => suspended > 0);
  const days = new Set(suspending.map(({ suspend_days }) => suspend_days));
  return [...days].sort((one, other) => one - other).map((number) => formatCount(number, "day"));
}

function restFacts({ rest }: StackReport): Phrase[] {
  if (rest.length === 0) return [];
  const parts = Object.entries(REST_KINDS).flatMap(([kind, { does, noun, more }]) => {
    const { length } = rest.filter((item) => item.kind === kind);
    return length === 0 ? [] : [`${does} ${formatCount(length, noun)}${more}`];
  });
  const addresses = [...new Set(rest.map(({ address }) => address))];
  const more = addresses.length - MOST_NAMED;
  const runs = rest.some(({ kind }) => kind === "provisioner" || kind === "action");
  return [
    [
      `This plan also ${inWords(parts)}: `,
      ...listed(addresses.slice(0, MOST_NAMED)),
      more > 0 ? ` and ${formatNumber(more)} more` : "",
      runs ? ". This can run any command with the keys of the apply." : ".",
    ],
  ];
}

/** How many addresses the sentence names. The list below has all of them. */
const MOST_NAMED = 3;

function inWords(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1) ?? ""}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
