import { afterAll, afterEach, expect, test } from "@jest/globals";
import { type EmulatorOptions, seedUsers } from "../../support/emulator";
import type { QuestionName } from "../../../src/rehearse/questions/titles";
import type { Rehearsal } from "../../../src/rehearse/rehearse";
import { rehearsalReport, RehearsalReportSchema } from "../../../src/rehearse/report";
import { rehearsalText } from "../../../src/rehearse/text";
import {
  JournalFolder,
  rehearseWith,
  type RehearsedService,
  startService,
} from "../../support/rehearse/rehearsal";

const folder = new JournalFolder();
afterAll(() => folder.remove());

let emulator: RehearsedService | undefined;
afterEach(() => emulator?.close());

const OTHERS = seedUsers(5);

/** Rehearses against a service; the other users of the pool must all be there afterwards, and nobody else. */
async function rehearseAgainst(
  options: EmulatorOptions,
  given: Parameters<typeof rehearseWith>[2] = {},
): Promise<Rehearsal> {
  await emulator?.close();
  emulator = await startService({ users: OTHERS, ...options });
  const before = emulator.pool.list();
  const rehearsal = await rehearseWith(emulator, folder.next(), given);
  expect(emulator.pool.list()).toEqual(before);
  const report = rehearsalReport(emulator.url, rehearsal);
  expect(RehearsalReportSchema.parse(report)).toEqual(report);
  for (const text of [JSON.stringify(report), rehearsalText(report)]) {
    expect(text).not.toMatch(/rehearsal[\da-f]{10}|[\da-f]{24}|\.invalid"|rehearsal[\da-f]+@/);
  }
  return rehearsal;
}

const ALWAYS_OPEN = ["look_up_phone", "delete_phone", "sessions", "search_window", "rate_limit"];

test("an empty pool like GenAuth's documentation is as assumed, and nobody is left", async () => {
  const rehearsal = await rehearseAgainst({ users: [] });
  const { answers } = rehearsal;
  const notFine = Object.entries(answers).filter(([, { result }]) => result !== "fine");
  expect(notFine.map(([name]) => name)).toEqual(ALWAYS_OPEN);
  expect(rehearsalReport("https://api.genauth.ai", rehearsal)).toMatchObject({
    verdict: "fine",
    settings: [],
    totals: { advice: 0, stop: 0, not_known: ALWAYS_OPEN.length },
  });
  const changes = emulator?.calls.filter(({ path }) => /create|update|delete|link/.test(path)) ?? [];
  expect(changes.length).toBeLessThan(60);
});

test("a phone number that the operator gives is asked, too", async () => {
  const phone = { phone: "13900000000", phoneCountryCode: "+86" };
  const { answers } = await rehearseAgainst({ users: [] }, { phone });
  expect(answers).toMatchObject({ look_up_phone: { result: "fine" }, delete_phone: { result: "fine" } });
});

test("a phone number that somebody has is not used", async () => {
  const phone = { phone: OTHERS[0]?.phone ?? "", phoneCountryCode: "+86" };
  const { answers } = await rehearseAgainst({}, { phone });
  expect(answers).toMatchObject({
    look_up_phone: { result: "not_known", finding: expect.stringContaining("Somebody else has the number") },
    delete_phone: { result: "not_known" },
  });
});

interface Deviation {
  readonly name: string;
  readonly options: EmulatorOptions;
  readonly rows: Partial<Record<QuestionName, string>>;
  readonly settings?: readonly string[];
}

const variant = (variants: EmulatorOptions["variants"]): EmulatorOptions => ({ variants: variants ?? {} });

const DEVIATIONS: readonly Deviation[] = [
  {
    name: "unknown ids are refused in deletions",
    options: variant({ unknownIdsInDeletions: "refuse" }),
    rows: { delete_unknown: "advice", delete_gone: "advice", delete_unknown_among: "advice" },
  },
  {
    name: "answers come in another order, and everything shows late",
    options: {
      consistencyDelayMs: 30,
      variants: { order: "reversed", creationDelayMs: 30, searchDelayMs: 40, archiveDelayMs: 50 },
    },
    rows: { look_up_order: "fine", deletion_lag: "fine", archive: "fine" },
  },
  {
    name: "e-mails tell upper from lower case",
    options: variant({ emailCase: "significant" }),
    rows: { look_up_email_case: "advice", delete_email_case: "advice" },
    settings: ["user_id_type", "delete_by"],
  },
  {
    name: "look-ups take parts",
    options: variant({ lookUpMatching: "part", deletionMatching: "part" }),
    rows: { look_up_part: "stop", delete_email: "not_known", delete_username: "not_known" },
    settings: ["user_id_type"],
  },
  {
    name: "look-ups take words",
    options: variant({ lookUpMatching: "word", deletionMatching: "word" }),
    rows: { look_up_word: "stop", delete_email: "not_known" },
    settings: ["user_id_type"],
  },
  {
    name: "deletions take parts behind exact look-ups",
    options: variant({ deletionMatching: "part" }),
    rows: { look_up_part: "fine", delete_part: "stop" },
    settings: ["delete_by", "user_id_type"],
  },
  {
    name: "deletions take words behind exact look-ups",
    options: variant({ deletionMatching: "word" }),
    rows: { look_up_word: "fine", delete_word: "stop" },
    settings: ["delete_by", "user_id_type"],
  },
  {
    name: "ids are refused in look-ups",
    options: variant({ unknownIdsInLookUps: "refuse" }),
    rows: { look_up_unknown: "advice" },
  },
  {
    name: "identities are hidden",
    options: variant({ identities: "hidden" }),
    rows: { look_up_identities: "advice" },
    settings: ["user_id_type"],
  },
  {
    name: "suspended users are hidden everywhere",
    options: variant({ suspended: "hidden", listed: "without_suspended" }),
    rows: { suspended_look_up: "stop", suspended_search: "advice", delete_suspended: "not_known" },
    settings: ["suspend_days"],
  },
  {
    name: "suspended users are hidden in look-ups of one id",
    options: variant({ suspended: "hidden_alone" }),
    rows: { suspended_look_up: "fine", suspended_alone: "advice", delete_suspended: "fine" },
    settings: ["suspend_days"],
  },
  {
    name: "suspended users are hidden in look-ups of one id, which an unknown id makes necessary",
    options: variant({ suspended: "hidden_alone", unknownIdsInLookUps: "refuse" }),
    rows: { suspended_look_up: "fine", suspended_alone: "stop" },
    settings: ["suspend_days"],
  },
  {
    name: "an update empties what it leaves out, and activates",
    options: variant({ omittedFields: "emptied", omittedStatus: "activated" }),
    rows: { omitted_fields: "advice", omitted_status: "advice" },
    settings: ["suspend_days"],
  },
  {
    name: "users are not suspended",
    options: variant({ suspension: "refused", unknownIdsInUpdates: "omit", mostUpdates: 50 }),
    rows: { suspend: "advice", reactivate: "not_known", update_unknown: "fine", update_51: "fine" },
    settings: ["suspend_days"],
  },
  {
    name: "the status has no date",
    options: variant({ statusChangedAt: "hidden" }),
    rows: { status_changed_at: "advice" },
    settings: ["suspend_days"],
  },
  {
    name: "the date of a status does not change",
    options: variant({ statusChangedAt: "unchanged" }),
    rows: { status_changed_at: "advice" },
    settings: ["suspend_days"],
  },
  {
    name: "a URL may have 2,000 characters",
    options: variant({ longestUrl: 2000 }),
    rows: {},
  },
  {
    name: "the archive leaves deletions out",
    options: variant({ archived: "left_out" }),
    rows: { archive: "advice", archive_start: "not_known" },
  },
  {
    name: "the archive takes milliseconds",
    options: variant({ archiveStartAt: "milliseconds" }),
    rows: { archive_start: "advice" },
  },
  {
    name: "a search leaves the last user out",
    options: variant({ listed: "without_last" }),
    rows: { search_lag: "advice", suspended_search: "not_known" },
  },
  {
    name: "a search ignores conditions",
    options: variant({ conditions: "ignored" }),
    rows: { search_conditions: "advice" },
  },
];

/** A reader who may not go on is told what to do instead. */
const WHAT_TO_DO = /\b(Ask GenAuth's support|Declare|Delete|Find out|Run)\b/;

test.each(DEVIATIONS)("$name: the rows say so", async ({ options, rows, settings }) => {
  const rehearsal = await rehearseAgainst(options);
  const results = Object.fromEntries(
    Object.entries(rehearsal.answers).map(([name, { result }]) => [name, result]),
  );
  expect(results).toMatchObject({ rehearsal: "fine", clean_up: "fine", ...rows });
  const report = rehearsalReport("https://api.genauth.ai", rehearsal);
  // Each once: two values for one setting would leave the reader to choose.
  expect(report.settings.map(({ setting }) => setting).sort()).toEqual([...(settings ?? [])].sort());
  for (const row of report.questions.filter(({ result }) => result === "stop"))
    expect(row.consequence).toMatch(WHAT_TO_DO);
});

test("a service that refuses to suspend is not said to refuse every update", async () => {
  const rehearsal = await rehearseAgainst({ variants: { suspension: "refused" } });
  expect(rehearsalReport("https://api.genauth.ai", rehearsal).settings).toEqual([
    { setting: "suspend_days", value: "none", reason: "GenAuth refuses to suspend users" },
  ]);
});

test("where changes show late, each step says how long a reading waits", async () => {
  const steps: string[] = [];
  const onStep = (what: string): void => void steps.push(what);
  await rehearseAgainst({ consistencyDelayMs: 1000 }, { patienceMs: 5000, onStep });
  const asking = steps.filter((what) => what.startsWith("asking"));
  expect(asking[0]).toBe("asking about deletions of ids that nobody has (1 of 9)");
  expect(asking[3]).toMatch(/^asking about look-ups \(4 of 9\); changes show late, so readings wait [34] s$/);
});
