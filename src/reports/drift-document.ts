import { compact } from "../lists";
import { contextPhrase } from "./context";
import {
  formatCount,
  formatNumber,
  type Phrase,
  type ReportDocument,
  type Section,
  tableSection,
} from "./document";
import { REDACTED_NOTE, usersSection } from "./listed-user";
import type { DriftReport } from "./drift-report";

/** Describes the result of a drift check. The first line says whether anyone must act. */
export function driftDocument(report: DriftReport): ReportDocument {
  const {
    missing,
    survivors,
    suspended,
    locked_out: lockedOut,
    suspended_by_others: byOthers,
    unchecked,
  } = report;
  return {
    kind: "drift",
    stack: report.context.stack,
    tone: toneOf(report),
    headline: headlineOf(report),
    facts: factsOf(report),
    context: contextPhrase(report.context),
    sections: [
      ...usersSection("Removed, but still in the user pool", survivors),
      ...usersSection("Declared, but not in the user pool", missing),
      ...usersSection("Declared, but still suspended by their own set", lockedOut, {
        note: ["They cannot log in. The next apply of the set reactivates them."],
      }),
      ...usersSection("Declared, but suspended, and not by their set as far as its state knows", byOthers, {
        note: [
          "They cannot log in. If they should have access, reactivate them in GenAuth; if not, take them out of the set.",
        ],
      }),
      ...undeclaredSection(report),
      ...usersSection("Not checked: GenAuth did not answer for these", unchecked),
      ...usersSection("Suspended until their deletion", suspended, {
        note: [
          "From that day on, a plan shows their deletion. If they are declared again before that day, an apply reactivates those that the set has suspended.",
        ],
        columns: [
          { title: "Name in GenAuth", cell: ({ name = "" }) => name },
          { title: "Deleted from", cell: ({ delete_from }) => delete_from.slice(0, 10) },
        ],
      }),
      ...setsSection(report),
    ],
    closing: report.redacted ? [[REDACTED_NOTE]] : [],
  };
}

/** A survivor still has an account whose removal was approved. */
function toneOf({ verdict, totals }: DriftReport): ReportDocument["tone"] {
  if (totals.survivors > 0) return "alarm";
  return verdict === "drift" ? "attention" : "calm";
}

/** Whether the report is only about who is in no set, as that of all stacks of a pipeline. */
function isAboutNoSet({ sets }: DriftReport): boolean {
  return sets.length === 0;
}

function headlineOf(report: DriftReport): Phrase {
  const { verdict, totals } = report;
  if (verdict === "no_drift" && isAboutNoSet(report))
    return ["No drift: nobody in the user pool is undeclared"];
  if (verdict === "no_drift") return ["No drift: the user pool is as declared"];
  const parts = compact(
    totals.survivors > 0 && `${formatCount(totals.survivors, "removed user")} still there`,
    totals.missing > 0 && `${formatCount(totals.missing, "declared user")} missing`,
    totals.locked_out > 0 && `${formatCount(totals.locked_out, "declared user")} locked out`,
    totals.undeclared > 0 && `${formatCount(totals.undeclared, "user")} not declared`,
    totals.unchecked > 0 && `${formatCount(totals.unchecked, "user")} not checked`,
  );
  return [`Drift: ${parts.join(", ")}`];
}

function factsOf(report: DriftReport): Phrase[] {
  const { totals, sets, host } = report;
  const [only] = sets;
  const from = sets.length === 1 && only ? { data: only.name } : formatCount(sets.length, "set");
  return compact<Phrase>(
    isAboutNoSet(report)
      ? ["Checked everybody in the user pool at ", { data: host }, " against the sets of all stacks."]
      : [
          `Checked ${formatCount(totals.declared, "declared user")} of `,
          from,
          " against ",
          { data: host },
          ".",
        ],
    totals.in_pool !== undefined &&
      totals.undeclared === 0 && [
        `Compared ${formatCount(totals.in_pool, "user")} of the pool: each is declared, or left a set and is not deleted yet.`,
      ],
    totals.survivors > 0 && [
      "The error of the apply says why those who are still there were not deleted. Plan again, and apply the new plan.",
    ],
    totals.missing > 0 && ["Remove those who are missing from their set, or create them again in GenAuth."],
  );
}

function undeclaredSection({ undeclared }: DriftReport): Section[] {
  return tableSection(
    "In the user pool, but not declared",
    { "User id": "code", Name: "text", "E-mail": "code", Status: "text" },
    undeclared.map(({ name, user_id, email, status }) => [user_id, name, email, status]),
    { note: ["No checked set declares them. Only users who leave a set are deleted."] },
  );
}

function setsSection({ sets }: DriftReport): Section[] {
  if (sets.length < 2) return [];
  return tableSection(
    "Sets",
    { Set: "code", "Id type": "text", Declared: "number", Missing: "number", "Still there": "number" },
    sets.map(({ name, user_id_type, declared, missing, survivors }) => [
      name,
      [user_id_type],
      ...[declared, missing, survivors].map(formatNumber),
    ]),
  );
}
