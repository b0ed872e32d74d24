import { formatCount, formatNumber, type Phrase, type ReportDocument } from "./document";
import { listed } from "./leaver-remark";
import type { PlanReport } from "./plan-report";
import type { RestOfPlan } from "./plan-rest";
import { refusalFacts, refusalHeadline } from "./refusals";
import { largeShare, shareFacts } from "./set-shares";

/** `calm` only if the plan does nothing that a reviewer must know. */
export function toneOf({
  refusals,
  verdict,
  totals,
  rest,
  whole,
}: Pick<PlanReport, "refusals" | "verdict" | "totals" | "rest" | "whole">): ReportDocument["tone"] {
  if (totals.deleted + totals.suspended > 0 || refusals.length > 0) return "alarm";
  const isQuiet = rest.length === 0 && totals.relabelled + totals.reactivated === 0;
  const isCalm = verdict === "nobody_leaves" && isQuiet && whole;
  return isCalm ? "calm" : "attention";
}

/** The result in one line: why the plan is refused, or else who loses an account. */
export function headlineOf(report: PlanReport): Phrase {
  if (report.refusals.length > 0) return refusalHeadline(report.refusals);
  const { deleted, suspended } = report.totals;
  return [
    outcomeOf(report),
    ...(deleted + suspended > 0 ? largeShare(report.sets) : []),
    ...(report.hosts.length > 0 ? ["; at ", ...listed(report.hosts)] : []),
  ];
}

/** Who loses an account, in one line, whether or not the plan is refused. */
export function outcomeOf({
  verdict,
  totals,
  rest,
}: Pick<PlanReport, "verdict" | "totals" | "rest">): string {
  const { released, not_deleted: notDeleted, reactivated, join, relabelled } = totals;
  const users = losersOf(totals);
  if (verdict === "not_known") {
    return users !== ""
      ? `At least one set is not known yet; of the others, ${users}`
      : "Who will be deleted is not known yet";
  }
  const returns = `${formatCount(reactivated, "user")} will be reactivated`;
  if (users !== "") return capitalised(reactivated > 0 ? `${users}; ${returns}` : users);
  const others = [
    ...(notDeleted > 0
      ? [`${formatCount(notDeleted, "user")} ${notDeleted === 1 ? "leaves" : "leave"} a set`]
      : []),
    ...(released > 0 ? [`${formatCount(released, "user")} will no longer be managed`] : []),
    ...(reactivated > 0 ? [returns] : []),
    ...(join > 0 ? [`${formatNumber(join)} ${join === 1 ? "joins" : "join"}`] : []),
    ...(relabelled > 0
      ? [`${formatCount(relabelled, "label")} ${relabelled === 1 ? "changes" : "change"}`]
      : []),
    ...(rest.length > 0 ? ["the plan changes more than user sets"] : []),
  ];
  return ["Nobody loses an account", ...(others.length > 0 ? [others.join(", ")] : [])].join("; ");
}

/** Who loses the account, now or later; empty if nobody does. */
function losersOf({
  deleted,
  suspended,
  declared_elsewhere: elsewhere,
  upper_bound: upperBound,
}: PlanReport["totals"]): string {
  const atMost = upperBound ? "at most " : "";
  const users = [
    ...(deleted > 0 ? [`${atMost}${formatCount(deleted, "user")} will be permanently deleted`] : []),
    ...(suspended > 0
      ? [`${atMost}${formatCount(suspended, "user")} will be suspended, and deleted later`]
      : []),
  ].join("; ");
  if (elsewhere === 0) return users;
  const who = elsewhere === 1 && deleted + suspended === 1 ? "" : `${formatNumber(elsewhere)} of them `;
  return `${users}, ${who}still declared in another set`;
}

/** The sentences below the headline, what is not known first. */
export function factsOf(report: PlanReport): Phrase[] {
  return [
    ...refusalFacts(report.refusals),
    ...notWholeFacts(report),
    ...peopleFacts(report),
    ...restFacts(report),
  ];
}

/** Nobody may approve a list without knowing that it is not all of it. */
function notWholeFacts({ not_whole: notWhole }: PlanReport): Phrase[] {
  const of = (why: string) => notWhole.flatMap((one) => (one.why === why ? [one.set ?? ""] : []));
  const [unknown, sensitive] = [of("unknown"), of("sensitive")];
  return [
    ...(unknown.length > 0
      ? [
          [
            "Not whole: who leaves or returns is known only during apply, in ",
            ...listed(unknown),
            ". Do not approve this until it is known.",
          ],
        ]
      : []),
    ...(sensitive.length > 0
      ? [
          [
            "Not whole: the configuration marks users as sensitive, so they are hidden, in ",
            ...listed(sensitive),
            ".",
          ],
        ]
      : []),
    ...(of("deferred").length > 0 ? [["Not whole: the plan leaves a part to a later plan."]] : []),
  ];
}

function peopleFacts({ totals, sets, verdict, refusals }: PlanReport): Phrase[] {
  const losing = sets.filter(({ deleted }) => deleted > 0);
  const [only] = losing;
  const from: Phrase =
    losing.length === 1 && only
      ? ["from ", { data: only.address }]
      : [`from ${formatCount(losing.length, "set")}`];
  const count = `${totals.upper_bound ? "at most " : ""}${formatCount(totals.deleted, "user")}`;
  const suspended = `${totals.upper_bound ? "at most " : ""}${formatCount(totals.suspended, "user")}`;
  if (refusals.length > 0) {
    return [
      ...(totals.deleted > 0 ? [[`It would have deleted ${count} `, ...from, "."]] : []),
      ...(totals.suspended > 0 ? [[`It would have suspended ${suspended}.`]] : []),
      ...shareFacts(sets),
    ];
  }
  const stay = `${formatCount(totals.stay, "user")} ${totals.stay === 1 ? "stays" : "stay"}`;
  const joining = totals.stay === 0 ? formatCount(totals.join, "user") : formatNumber(totals.join);
  const join = `${joining} ${totals.join === 1 ? "joins" : "join"}`;
  const rest = [
    ...(totals.stay > 0 || totals.join === 0 ? [stay] : []),
    ...(totals.join > 0 ? [join] : []),
  ].join(", ");
  const suspending = sets.filter(({ suspended }) => suspended > 0);
  const suspensions: Phrase[] =
    suspending.length === 0
      ? []
      : [
          [
            `Apply suspends ${suspended}: they can no longer log in, and a plan shows their deletion ${inWords(daysOf(suspending))} later.`,
          ],
          ["Declared again before that, they are reactivated."],
        ];
  const reactivations = reactivationFacts(totals);
  if (totals.deleted > 0) {
    return [
      [`Apply deletes ${count} `, ...from, ". A deletion cannot be undone."],
      ...boundFacts(totals),
      ...shareFacts(sets),
      ...dueFacts(totals),
      ...suspensions,
      ...reactivations,
    ];
  }
  if (suspensions.length > 0)
    return [...suspensions, ...boundFacts(totals), ...reactivations, ...shareFacts(sets)];
  if (sets.length === 0) return [["This plan has no user set."]];
  if (verdict === "not_known") return reactivations;
  return [
    ...reactivations,
    ...(totals.stay + totals.join > 0 || totals.released === 0 ? [[`${rest}.`]] : []),
    ...(totals.released > 0 ? [["Destroying, renaming or replacing a set deletes nobody."]] : []),
  ];
}

/** Why the numbers are the most that may be. */
function boundFacts({ upper_bound: upperBound, deleted, suspended }: PlanReport["totals"]): Phrase[] {
  if (!upperBound) return [];
  const who = deleted + suspended === 1 ? "the user" : "some of them";
  return [[`At most, because ${who} may still be kept: the warnings below say why.`]];
}

function reactivationFacts({ reactivated, upper_bound: upperBound }: PlanReport["totals"]): Phrase[] {
  if (reactivated === 0) return [];
  const atMost = upperBound ? "at most " : "";
  const [they, were] = reactivated === 1 ? ["the user", "was"] : ["they", "were"];
  return [
    [
      `Apply reactivates ${atMost}${formatCount(reactivated, "user")}, declared again: ${they} ${were} suspended, and may log in again. This needs an approval, too.`,
    ],
  ];
}

function dueFacts({ due, deleted }: PlanReport["totals"]): Phrase[] {
  if (due === 0) return [];
  const [are, their] = due === 1 ? ["is", "the"] : ["are", "their"];
  const who = due === deleted ? (due === 1 ? "The user" : "All of them") : `${formatNumber(due)} of them`;
  return [[`${who} ${are} suspended, and the day of ${their} deletion has come.`]];
}

/** The different waiting times, in order. */
function daysOf(sets: PlanReport["sets"]): string[] {
  const days = [...new Set(sets.map(({ suspend_days }) => suspend_days))].sort((one, other) => one - other);
  return days.map((number) => formatCount(number, "day"));
}

/** What the rest of the plan does, by kind. */
const DOES: readonly (readonly [RestOfPlan["kind"], (count: number) => string])[] = [
  ["resource", (count) => `changes ${formatCount(count, "other resource")}`],
  ["provisioner", (count) => `runs ${formatCount(count, "provisioner")}`],
  ["action", (count) => `invokes ${formatCount(count, "action")}`],
  ["data_source", (count) => `reads ${formatCount(count, "data source")}`],
  ["ephemeral", (count) => `opens ${formatCount(count, "ephemeral resource")}`],
  ["drift", (count) => `takes over ${formatCount(count, "change")} from outside`],
  ["deferred", (count) => `defers ${formatCount(count, "change")}`],
  ["output", (count) => `changes ${formatCount(count, "output")}`],
];

function restFacts({ rest }: PlanReport): Phrase[] {
  if (rest.length === 0) return [];
  const parts = DOES.flatMap(([kind, says]) => {
    const { length } = rest.filter((item) => item.kind === kind);
    return length === 0 ? [] : [says(length)];
  });
  const addresses = [...new Set(rest.map(({ address }) => address))];
  const runs = rest.some(({ kind }) => kind === "provisioner" || kind === "action");
  return [
    [
      `This plan also ${inWords(parts)}: `,
      ...(addresses.length <= MOST_NAMED
        ? listed(addresses)
        : [
            ...listed(addresses.slice(0, MOST_NAMED)),
            ` and ${formatNumber(addresses.length - MOST_NAMED)} more`,
          ]),
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
