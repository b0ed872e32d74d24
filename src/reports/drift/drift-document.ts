import type { Phrase, ReportDocument, Section } from "../document/document";
import { usersSection } from "../document/users-section";
import { count } from "../words";
import type { DriftReport } from "./drift-report";

/** Says what a drift check found, so that the first line tells whether somebody must act. */
export function driftDocument(report: DriftReport): ReportDocument {
  const { totals, missing, survivors, unchecked } = report;
  return {
    kind: "drift",
    tone: toneOf(report),
    headline: headlineOf(report),
    facts: factsOf(report),
    sections: [
      ...usersSection(`Removed, but still in the user pool (${totals.survivors})`, survivors),
      ...usersSection(`Declared, but not in the user pool (${totals.missing})`, missing),
      ...undeclaredSection(report),
      ...usersSection(`Not checked: GenAuth does not say who these are (${totals.unchecked})`, unchecked),
      ...setsSection(report),
    ],
    closing: report.redacted ? [["Ids are replaced by a keyed hash, and labels are left out."]] : [],
  };
}

/** A survivor has an account that somebody decided to take away. */
function toneOf({ verdict, totals }: DriftReport): ReportDocument["tone"] {
  if (totals.survivors > 0) return "alarm";
  return verdict === "drift" ? "attention" : "calm";
}

function headlineOf({ verdict, totals }: DriftReport): string {
  if (verdict === "no_drift") return "No drift: the user pool is as declared";
  const parts = [
    ...(totals.survivors > 0 ? [`${count(totals.survivors, "removed user")} still there`] : []),
    ...(totals.missing > 0 ? [`${count(totals.missing, "declared user")} missing`] : []),
    ...(totals.undeclared > 0 ? [`${count(totals.undeclared, "user")} in no set`] : []),
    ...(totals.unchecked > 0 ? [`${count(totals.unchecked, "user")} not checked`] : []),
  ];
  return `Drift: ${parts.join(", ")}`;
}

function factsOf({ totals, sets, host }: DriftReport): Phrase[] {
  return [
    [
      `Checked ${count(totals.declared, "declared user")} of ${count(sets.length, "set")} against `,
      { data: host },
      ".",
    ],
    ...(totals.survivors > 0 ? [["Apply again: it tries those who are still there once more."]] : []),
    ...(totals.missing > 0
      ? [["Take those who are missing out of their set, or see to it that they come back."]]
      : []),
  ];
}

function undeclaredSection({ undeclared }: DriftReport): Section[] {
  if (undeclared.length === 0) return [];
  return [
    {
      title: `In the user pool, but in no set (${undeclared.length})`,
      note: ["No set ever deletes them: only who left a set is deleted."],
      table: {
        columns: [
          { title: "Who", kind: "text" },
          { title: "User id", kind: "code" },
          { title: "E-mail", kind: "code" },
          { title: "Status", kind: "text" },
        ],
        rows: undeclared.map(({ name, user_id, email, status }) => [name, user_id, email, status]),
      },
    },
  ];
}

function setsSection({ sets }: DriftReport): Section[] {
  if (sets.length < 2) return [];
  return [
    {
      title: `Sets (${sets.length})`,
      table: {
        columns: [
          { title: "Set", kind: "code" },
          { title: "Id type", kind: "text" },
          { title: "Declared", kind: "number" },
          { title: "Missing", kind: "number" },
          { title: "Still there", kind: "number" },
        ],
        rows: sets.map(({ name, user_id_type, declared, missing, survivors }) => [
          name,
          [user_id_type],
          String(declared),
          String(missing),
          String(survivors),
        ]),
      },
    },
  ];
}
