import type { Cell, Phrase, ReportDocument, Section } from "../document/document";
import { usersSection } from "../document/users-section";
import { count } from "../words";
import type { PlanReport, ReportedLeaver, ReportedSet } from "./plan-report";

/** Says what a plan's report holds, so that the first line tells who loses the account. */
export function planDocument(report: PlanReport): ReportDocument {
  const deleted = report.leavers.filter(({ fate }) => fate === "deleted");
  const alreadyGone = report.leavers.filter(({ fate }) => fate === "already_gone");
  const kept = report.leavers.filter(({ fate }) => fate !== "deleted" && fate !== "already_gone");
  return {
    kind: "plan",
    tone: toneOf(report),
    headline: headlineOf(report),
    facts: factsOf(report),
    sections: [
      ...usersSection(`Deleted for good (${deleted.length})`, deleted, remarkOf),
      ...usersSection(`Deleted if found again (${alreadyGone.length})`, alreadyGone, reasonOf),
      ...messagesSection(report),
      ...usersSection(`Leave a set without being deleted (${kept.length})`, kept, reasonOf),
      ...setsSection(report),
      ...usersSection(`Declared, but not in the user pool (${report.missing.length})`, report.missing),
      ...usersSection(`Join (${report.joiners.length})`, report.joiners),
    ],
    closing: closingOf(report),
  };
}

function toneOf({ plan_failed, verdict, totals }: PlanReport): ReportDocument["tone"] {
  if (totals.deleted > totals.already_gone || plan_failed) return "alarm";
  return verdict === "nobody_leaves" ? "calm" : "attention";
}

function headlineOf({ plan_failed, verdict, totals }: PlanReport): string {
  if (plan_failed) return "The plan failed; nothing can be applied";
  const lose = losersOf(totals);
  if (verdict === "not_known") {
    return totals.deleted > 0
      ? `${lose}, and who else is not known yet`
      : "Who loses their account is not known yet";
  }
  if (totals.deleted > 0) return lose;
  if (totals.let_go > 0)
    return `Nobody is deleted; ${count(totals.let_go, "user")} will not be managed any more`;
  if (totals.kept > 0)
    return `Nobody is deleted; ${count(totals.kept, "user")} ${totals.kept === 1 ? "leaves" : "leave"} a set without that`;
  return "Nobody leaves";
}

function losersOf({ deleted, already_gone }: PlanReport["totals"]): string {
  const certain = deleted - already_gone;
  const lose = (users: number) => `${count(users, "user")} ${users === 1 ? "loses" : "lose"} their account`;
  if (certain === 0) return `${lose(already_gone)} if found again`;
  return `${lose(certain)} for good${already_gone > 0 ? `, and ${already_gone} more if found again` : ""}`;
}

function factsOf({ totals, sets, verdict, plan_failed }: PlanReport): Phrase[] {
  const losing = sets.filter(({ deleted }) => deleted > 0);
  const [only] = losing;
  const from: Phrase =
    losing.length === 1 && only ? ["from ", { data: only.address }] : [`from ${losing.length} sets`];
  const stay = `${count(totals.stay, "user")} ${totals.stay === 1 ? "stays" : "stay"}`;
  const rest = [stay, ...(totals.join > 0 ? [`${totals.join} ${totals.join === 1 ? "joins" : "join"}`] : [])];
  if (totals.deleted > 0) {
    return [
      [
        `Apply deletes ${totals.already_gone > 0 ? "at most " : ""}${count(totals.deleted, "user")} `,
        ...from,
        ` in ${count(totals.calls, "call")}; ${rest.join(", ")}.`,
      ],
      ["A deletion cannot be undone."],
    ];
  }
  if (plan_failed) return [["The messages below say why."]];
  if (sets.length === 0) return [["This plan has no user set."]];
  if (verdict === "not_known") return [["Do not approve this before it is known."]];
  return [[`${rest.join(", ")}.`]];
}

function remarkOf({ survivor, other_id }: ReportedLeaver): Cell {
  const again = survivor ? ["The last apply could not delete this one. "] : [];
  const rename =
    other_id === undefined
      ? []
      : [
          "The same label joins as ",
          { data: other_id },
          ": if that id is not in GenAuth yet, this is a rename, and kept.",
        ];
  return survivor || other_id !== undefined ? [...again, ...rename] : "";
}

const REASONS: Readonly<Record<ReportedLeaver["fate"], string>> = {
  deleted: "",
  retained: "Retained by the set.",
  protected: "Protected, or declared in another set.",
  still_declared: "Still declared as ",
  already_gone: "Was not in GenAuth at the last refresh.",
};

function reasonOf({ fate, other_id }: ReportedLeaver): Cell {
  return [
    REASONS[fate],
    ...(fate === "still_declared" && other_id !== undefined ? [{ data: other_id }] : []),
  ];
}

function messagesSection({ warnings }: PlanReport): Section[] {
  if (warnings.length === 0) return [];
  const errors = warnings.filter(({ severity }) => severity === "error");
  return [
    {
      title: "Warnings and guards",
      texts: [...errors, ...warnings.filter(({ severity }) => severity !== "error")],
    },
  ];
}

/** The sets that change; one alone is told in the first sentence, unless it is one that is let go. */
function setsSection({ sets, totals }: PlanReport): Section[] {
  const changed = sets.filter(({ action }) => action !== "none");
  if (changed.length === 0) return [];
  const unchanged = sets.length - changed.length;
  return [
    {
      title: `Sets that change (${changed.length})`,
      ...(unchanged > 0 && {
        note: [`${count(unchanged, "set")} ${unchanged === 1 ? "does" : "do"} not change.`],
      }),
      table: {
        columns: [
          { title: "Set", kind: "code" },
          { title: "Change", kind: "text" },
          { title: "Held", kind: "number" },
          { title: totals.already_gone > 0 ? "Deleted, at most" : "Deleted", kind: "number" },
          { title: "Calls", kind: "number" },
          { title: "Not deleted", kind: "number" },
          { title: "Stay", kind: "number" },
          { title: "Join", kind: "number" },
          { title: "Guard", kind: "text" },
        ],
        rows: changed.map((set) => [
          set.address,
          [changeText(set)],
          String(set.held),
          String(set.deleted),
          String(set.calls),
          String(set.kept + set.let_go),
          String(set.stay),
          String(set.join),
          [guardText(set)],
        ]),
      },
    },
  ];
}

function changeText({ action, users_known }: ReportedSet): string {
  if (!users_known) return "not known yet";
  return { none: "none", create: "new", update: "changed", let_go: "taken away, deletes nobody" }[action];
}

function guardText({ max_deletions, max_deletions_percent, held }: ReportedSet): string {
  const percent = max_deletions_percent;
  return [
    ...(max_deletions === undefined ? [] : [`at most ${max_deletions}`]),
    ...(percent === undefined ? [] : [`at most ${percent} %, that is ${Math.floor((held * percent) / 100)}`]),
  ].join("; ");
}

function closingOf({ digest, redacted, totals }: PlanReport): Phrase[] {
  const again = "Apply looks everybody up once more, and deletes nobody who is not listed as deleted.";
  return [
    ...(totals.deleted > 0 ? [[again]] : []),
    ...(redacted ? [["Ids are replaced by a keyed hash, and labels are left out."]] : []),
    ["Digest of the removals: ", { data: digest }],
  ];
}
