import { createColors } from "picocolors";
import * as z from "zod";
import { printable, wrapWords } from "../text";
import { count } from "../users";
import type { Finding, Result, SettingAdvice } from "./finding";

/**
 * What doctor asks, in the order of the report. The answer to each decides a setting, or says STOP. A finding
 * names no user; what the pool does not show is `notKnown`.
 *
 * To add one: `src/service/checks.ts` or `src/service/doctor.ts` asks it by calls of `src/api/probe.ts`,
 * which only reads. Then `test/support/emulator/variants.ts`, and a row in
 * `test/engine/service/doctor.test.ts`.
 */
const QUESTIONS = {
  access: "Key, signature and clock",
  list: "List of users",
  tenant: "Tenant",
  url_length: "Longest URL",
  look_ups: "Look-up by user_id",
  identities: "Identities",
  email_case: "Letter case of e-mails",
  suspended: "Look-up of suspended users",
  status: "Look-up: since when suspended",
} as const;

export type Question = keyof typeof QUESTIONS;

const QUESTION_NAMES = Object.keys(QUESTIONS) as Question[];

/** What was answered; the others were not asked. */
export type Answers = Partial<Record<Question, Finding>>;

const Total = z.number().int().min(0);

/** What `doctor` writes with `--format json`. */
export const ServiceReportSchema = z.object({
  format_version: z
    .literal("1.0")
    .describe("A new minor version only adds fields; a new major version may change anything."),
  verdict: z
    .enum(["fine", "advice", "stop"])
    .describe("stop: the provider cannot work safely with this pool, or a call failed."),
  host: z.string().describe("The API that was queried."),
  access_key_id: z
    .string()
    .describe("The key that was used. With the host and the tenant, it says which user pool this is."),
  tenant_id: z.string().optional().describe("The tenant, if one is set."),
  totals: z.object({ fine: Total, advice: Total, stop: Total, not_known: Total }),
  questions: z
    .array(
      z.object({
        question: z.enum(QUESTION_NAMES),
        title: z.string(),
        result: z
          .enum(["fine", "advice", "stop", "not_known"])
          .describe("not_known: this pool or this key does not show it."),
        finding: z.string().describe("What is the case. Names no user."),
        consequence: z.string().describe("What follows from it. May be empty."),
      }),
    )
    .describe("Every question that was asked, always in the same order."),
  settings: z
    .array(
      z.object({
        setting: z.string().describe("A setting of the provider or of a set, such as delete_by."),
        value: z.string().describe("As written in a configuration."),
        reason: z.string(),
      }),
    )
    .describe("The settings that this pool needs."),
});

export type ServiceReport = z.infer<typeof ServiceReportSchema>;

/** Which pool a report is about. */
export type ReportedPool = Pick<ServiceReport, "host" | "access_key_id" | "tenant_id">;

/** Puts a report together. */
export function reportOn(pool: ReportedPool, answers: Answers): ServiceReport {
  const rows = QUESTION_NAMES.flatMap((question) => {
    const answer = answers[question];
    return answer ? [{ question, answer }] : [];
  });
  const totals = { fine: 0, advice: 0, stop: 0, not_known: 0 };
  for (const { answer } of rows) totals[answer.result] += 1;
  return {
    format_version: "1.0",
    verdict: totals.stop > 0 ? "stop" : totals.advice > 0 ? "advice" : "fine",
    ...pool,
    totals,
    questions: rows.map(({ question, answer: { result, finding, consequence } }) => ({
      question,
      title: QUESTIONS[question],
      result,
      finding,
      consequence,
    })),
    settings: mergeSettings(rows.flatMap(({ answer }) => answer.settings)),
  };
}

/** Of several values for one setting, the one that comes first here is safe for all reasons. */
const STRICTEST_FIRST: readonly string[] = ['"user_id"', '"user_id" or "external_id"'];

/** One value for each setting, although several findings may ask for it. */
export function mergeSettings(all: readonly SettingAdvice[]): SettingAdvice[] {
  return [...new Set(all.map(({ setting }) => setting))].map((setting) => {
    const asked = all.filter((each) => each.setting === setting);
    const values = asked.map(({ value }) => value);
    const value = STRICTEST_FIRST.find((strict) => values.includes(strict)) ?? values[0] ?? "";
    return { setting, value, reason: [...new Set(asked.map(({ reason }) => reason))].join("; ") };
  });
}

/** The widest line, in characters, unless one word is longer. */
const WIDTH = 110;

const WORDS: Readonly<Record<Result, string>> = {
  fine: "fine",
  advice: "advice",
  stop: "STOP",
  not_known: "not known",
};

/** The colour of a result, or of a verdict, on a terminal. */
const TONES = { fine: "green", advice: "yellow", stop: "red", not_known: "dim" } as const;

const LAST =
  'Reading does not show what a change does. Try that with two test users: the guide "First on your own pool" says how.';

type Colours = ReturnType<typeof createColors>;

/**
 * Writes a report as plain text: the headline, a row for each question, and the settings that follow.
 *
 * @param isColoured whether the text is for a terminal that shows colours; default no
 */
export function reportText(report: ServiceReport, isColoured = false): string {
  const colours = createColors(isColoured);
  const title = headline(report);
  const settings = report.settings.map(
    ({ setting, value, reason }) => `  ${setting}: ${value}, because ${reason}`,
  );
  const parts = [
    `${colours.bold(colours[TONES[report.verdict]](title))}\n${"=".repeat(title.length)}`,
    renderRows(report.questions, colours),
    ...(settings.length > 0 ? [["Settings that this pool needs:", ...settings].join("\n")] : []),
    wrapWords(LAST, WIDTH).join("\n"),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** What a report comes to, in one line. */
function headline({ host, access_key_id, tenant_id, verdict, totals }: ServiceReport): string {
  const tenant = tenant_id === undefined ? "" : `, tenant ${tenant_id}`;
  const at = printable(`${host} (access key id ${access_key_id}${tenant})`);
  const open = totals.not_known > 0 ? `; ${count(totals.not_known, "question")} not known` : "";
  if (verdict === "stop")
    return `Do not apply yet with the pool at ${at}: ${count(totals.stop, "problem")}${open}`;
  const advised = verdict === "advice" ? `, with advice on ${count(totals.advice, "question")}` : "";
  return `The provider works with the pool at ${at}${advised}${open}`;
}

/** A table: a line for each row, and what follows from it below. */
function renderRows(rows: ServiceReport["questions"], colours: Colours): string {
  const titles = Math.max(...rows.map(({ title }) => title.length));
  const results = Math.max(...Object.values(WORDS).map((word) => word.length));
  const indent = titles + results + 4;
  const lines = rows.flatMap(({ title, result, finding, consequence }) => {
    const word = colours[TONES[result]](WORDS[result].padEnd(results));
    return [finding, consequence]
      .filter((text) => text !== "")
      .flatMap((text) => wrapWords(text, WIDTH - indent))
      .map((line, at) => `${at === 0 ? `${title.padEnd(titles)}  ${word}  ` : " ".repeat(indent)}${line}`);
  });
  return lines.join("\n");
}
