import {
  type Cell,
  type Column,
  formatCount,
  type Phrase,
  type ReportDocument,
  type Section,
} from "./document";
import { REDACTED_NOTE, usersSection } from "./listed-user";
import type { PlanReport, ReportedLeaver, ReportedSet } from "./plan-report";

/** Describes a plan's report. The first line says how many users lose their accounts. */
export function planDocument(report: PlanReport): ReportDocument {
  const { leavers, missing, joiners, totals } = report;
  const deleted = leavers.filter(({ fate }) => fate === "deleted");
  const kept = leavers.filter(({ fate }) => fate === "not_deleted");
  const atMost = totals.upper_bound ? ", at most" : "";
  return {
    kind: "plan",
    tone: toneOf(report),
    headline: headlineOf(report),
    facts: factsOf(report),
    sections: [
      ...usersSection(`Permanently deleted${atMost} (${deleted.length})`, deleted, { remark: remarkOf }),
      ...messagesSection(report),
      ...usersSection(`Leave a set without being deleted (${kept.length})`, kept, {
        note: "The provider's warnings give the reasons.",
        remark: remarkOf,
      }),
      ...setsSection(report),
      ...usersSection(`Declared, but not in the user pool (${missing.length})`, missing),
      ...usersSection(`Join (${joiners.length})`, joiners),
    ],
    closing: closingOf(report),
  };
}

function toneOf({ plan_failed, verdict, totals }: PlanReport): ReportDocument["tone"] {
  if (totals.deleted > 0 || plan_failed) return "alarm";
  return verdict === "nobody_leaves" ? "calm" : "attention";
}

function headlineOf({ plan_failed, verdict, totals }: PlanReport): string {
  const { deleted, upper_bound: upperBound, released, not_deleted: notDeleted } = totals;
  if (plan_failed) return "The plan failed; nothing can be applied";
  const users = `${formatCount(deleted, "user")} will be permanently deleted`;
  if (verdict === "not_known") {
    return deleted > 0
      ? `At least one set is not known yet; of the others, ${upperBound ? "up to " : ""}${users}`
      : "Who will be deleted is not known yet";
  }
  if (deleted > 0) return `${upperBound ? "Up to " : ""}${users}`;
  const others = [
    ...(notDeleted > 0
      ? [`${formatCount(notDeleted, "user")} ${notDeleted === 1 ? "leaves" : "leave"} a set`]
      : []),
    ...(released > 0 ? [`${formatCount(released, "user")} will no longer be managed`] : []),
  ];
  return others.length === 0 ? "Nobody leaves" : `No user will be deleted; ${others.join(", ")}`;
}

function factsOf({ totals, sets, verdict, plan_failed }: PlanReport): Phrase[] {
  const losing = sets.filter(({ deleted }) => deleted > 0);
  const [only] = losing;
  const from: Phrase =
    losing.length === 1 && only ? ["from ", { data: only.address }] : [`from ${losing.length} sets`];
  const stay = `${formatCount(totals.stay, "user")} ${totals.stay === 1 ? "stays" : "stay"}`;
  const rest = [stay, ...(totals.join > 0 ? [`${totals.join} ${totals.join === 1 ? "joins" : "join"}`] : [])];
  if (totals.deleted > 0) {
    return [
      [
        `Apply deletes ${totals.upper_bound ? "up to " : ""}${formatCount(totals.deleted, "user")} `,
        ...from,
        ` in ${formatCount(totals.calls, "call")}; ${rest.join(", ")}.`,
      ],
      ["A deletion cannot be undone."],
    ];
  }
  if (plan_failed) return [["The messages below say why."]];
  if (sets.length === 0) return [["This plan has no user set."]];
  if (verdict === "not_known") return [["Do not approve this until it is known."]];
  return [
    ...(totals.stay + totals.join > 0 || totals.released === 0 ? [[`${rest.join(", ")}.`]] : []),
    ...(totals.released > 0 ? [["Destroying, renaming or replacing a set deletes nobody."]] : []),
  ];
}

function remarkOf({ survivor, other_id }: ReportedLeaver): Cell {
  const again = survivor ? ["The last apply could not delete this user. "] : [];
  const other = other_id === undefined ? [] : ["The same label joins as ", { data: other_id }, "."];
  return survivor || other_id !== undefined ? [...again, ...other] : "";
}

function messagesSection({ warnings }: PlanReport): Section[] {
  if (warnings.length === 0) return [];
  const errors = warnings.filter(({ severity }) => severity === "error");
  return [
    {
      title: "Warnings and errors",
      texts: [...errors, ...warnings.filter(({ severity }) => severity !== "error")],
    },
  ];
}

/** The sets that change. */
function setsSection({ sets, totals }: PlanReport): Section[] {
  const changed = sets.filter(({ action }) => action !== "none");
  if (changed.length === 0) return [];
  const unchanged = sets.length - changed.length;
  const columns = setColumns(totals.upper_bound);
  return [
    {
      title: `Sets that change (${changed.length})`,
      ...(unchanged > 0 && {
        note: [`${formatCount(unchanged, "set")} ${unchanged === 1 ? "does" : "do"} not change.`],
      }),
      table: { columns, rows: changed.map((set) => columns.map(({ cell }) => cell(set))) },
    },
  ];
}

/** The columns of the table of sets, each with its cell. */
function setColumns(
  upperBound: boolean,
): readonly (Column & { readonly cell: (set: ReportedSet) => Cell })[] {
  return [
    { title: "Set", kind: "code", cell: ({ address }) => address },
    { title: "Change", kind: "text", cell: (set) => [changeText(set)] },
    { title: "Held", kind: "number", cell: ({ held }) => String(held) },
    {
      title: upperBound ? "Deleted, at most" : "Deleted",
      kind: "number",
      cell: ({ deleted }) => String(deleted),
    },
    { title: "Calls", kind: "number", cell: ({ calls }) => String(calls) },
    {
      title: "Not deleted",
      kind: "number",
      cell: ({ not_deleted, released }) => String(not_deleted + released),
    },
    { title: "Stay", kind: "number", cell: ({ stay }) => String(stay) },
    { title: "Join", kind: "number", cell: ({ join }) => String(join) },
    { title: "Guard", kind: "text", cell: (set) => [guardText(set)] },
  ];
}

function changeText({ action, users_known }: ReportedSet): string {
  if (!users_known) return "not known yet";
  return { none: "none", create: "new", update: "changed", release: "released, deletes nobody" }[action];
}

function guardText({ max_deletions, max_deletions_percent }: ReportedSet): string {
  return [
    ...(max_deletions === undefined ? [] : [`at most ${max_deletions}`]),
    ...(max_deletions_percent === undefined ? [] : [`at most ${max_deletions_percent} %`]),
  ].join("; ");
}

function closingOf({ digest, redacted, totals }: PlanReport): Phrase[] {
  const again = "Apply looks everyone up again and deletes nobody who is not listed as deleted.";
  return [
    ...(totals.deleted > 0 ? [[again]] : []),
    ...(redacted ? [[REDACTED_NOTE]] : []),
    ["Digest of the removals: ", { data: digest }],
  ];
}
