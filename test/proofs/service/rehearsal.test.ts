import { expect, test } from "@jest/globals";
import { type EmulatorOptions, seedUsers } from "../../support/emulator";
import type { Rehearsal } from "../../../src/service";
import {
  type Question,
  reportOn,
  reportText,
  type ServiceReport,
  ServiceReportSchema,
} from "../../../src/service/report";
import {
  JournalFolder,
  rehearseWith,
  type RehearsedService,
  startService,
} from "../../support/service/rehearsal";

const folder = new JournalFolder();

let emulator: RehearsedService | undefined;

const OTHERS = seedUsers(5);

/** Rehearses against a service; the other users of the pool must all be there afterwards, and nobody else. */
async function rehearseAgainst(
  options: EmulatorOptions,
  given: Parameters<typeof rehearseWith>[2] = {},
): Promise<{ readonly rehearsal: Rehearsal; readonly report: ServiceReport }> {
  emulator = await startService({ users: OTHERS, ...options });
  const before = emulator.pool.list();
  const rehearsal = await rehearseWith(emulator, folder.next(), given);
  expect(emulator.pool.list()).toEqual(before);
  const report = reportOn("rehearsal", { host: emulator.url, access_key_id: "key" }, rehearsal.answers);
  expect(ServiceReportSchema.parse(report)).toEqual(report);
  for (const text of [JSON.stringify(report), reportText(report)])
    expect(text).not.toMatch(/rehearsal[\da-f]{10}|[\da-f]{24}|\.invalid"|rehearsal[\da-f]+@/);
  return { rehearsal, report };
}

const resultsOf = ({ questions }: ServiceReport) =>
  Object.fromEntries(questions.map(({ question, result }) => [question, result]));

test("an empty pool like GenAuth's documentation is as assumed, and nobody is left", async () => {
  const { report } = await rehearseAgainst({ users: [] });
  expect(report).toMatchObject({
    verdict: "fine",
    settings: [],
    totals: { fine: 17, advice: 0, stop: 0, not_known: 0 },
  });
  const changes = emulator?.calls.filter(({ path }) => /create|update|delete/.test(path)) ?? [];
  expect(changes.length).toBeLessThan(25);
});

test("a phone number that the operator gives is asked, too", async () => {
  const phone = { phone: "13900000000", phoneCountryCode: "+86" };
  const { rehearsal } = await rehearseAgainst({ users: [] }, { phone });
  expect(rehearsal.answers.typed_look_ups?.finding).toMatch(/phone\.$/);
  expect(rehearsal.answers.typed_deletions).toMatchObject({
    result: "fine",
    finding: expect.stringMatching(/phone\.$/),
  });
});

test("a phone number that somebody has is not used", async () => {
  const phone = { phone: OTHERS[0]?.phone ?? "", phoneCountryCode: "+86" };
  const { report } = await rehearseAgainst({}, { phone });
  expect(resultsOf(report)).toMatchObject({ end: "stop", clean_up: "fine" });
});

interface Deviation {
  readonly name: string;
  readonly options: EmulatorOptions;
  readonly given?: Parameters<typeof rehearseWith>[2];
  /** What is not fine. */
  readonly rows: Partial<Record<Question, string>>;
  readonly settings?: readonly string[];
  /** Questions that are not asked then. */
  readonly unasked?: readonly Question[];
}

const variant = (variants: EmulatorOptions["variants"]): EmulatorOptions => ({ variants: variants ?? {} });

/** The second creation is one with the ids of a deleted user. */
const TAKEN: EmulatorOptions["faults"] = [
  { on: "create-users-batch", nth: 2, then: { kind: "answer", statusCode: 409 } },
];

const DEVIATIONS: readonly Deviation[] = [
  {
    name: "unknown ids are refused in deletions",
    options: variant({ unknownIdsInDeletions: "refuse" }),
    rows: { unknown_among: "advice" },
  },
  {
    name: "answers come in another order, and everything shows late",
    options: {
      consistencyDelayMs: 30,
      variants: { order: "reversed", creationDelayMs: 30, searchDelayMs: 40 },
    },
    rows: {},
  },
  {
    name: "a deletion shows after more than a third of what the provider waits",
    options: { consistencyDelayMs: 600 },
    given: { confirmSeconds: 1, patienceMs: 3000 },
    rows: { deletion: "advice" },
    settings: ["GENAUTH_CONFIRM_SECONDS"],
  },
  {
    name: "a deleted user is still shown by get-user",
    options: {
      faults: [{ on: "get-user", then: { kind: "answer", statusCode: 400, apiCode: 2000 } }],
    },
    rows: { absent: "advice", look_ups: "advice" },
  },
  {
    name: "e-mails tell upper from lower case",
    options: variant({ emailCase: "significant" }),
    rows: { email_case: "advice" },
    settings: ["user_id_type"],
  },
  {
    name: "deletions by e-mail do nothing",
    options: {
      faults: [{ on: "delete-users-batch", userIdType: "email", then: { kind: "lie" } }],
    },
    rows: { typed_deletions: "advice" },
    settings: ["delete_by"],
  },
  {
    name: "look-ups take parts",
    options: variant({ lookUpMatching: "part", deletionMatching: "part" }),
    rows: { typed_look_ups: "stop", email_case: "advice", inexact_deletion: "stop" },
    settings: ["delete_by", "user_id_type"],
  },
  {
    name: "deletions take parts behind exact look-ups",
    options: variant({ deletionMatching: "part" }),
    rows: { inexact_deletion: "stop", typed_deletions: "advice" },
    settings: ["delete_by", "user_id_type"],
  },
  {
    name: "deletions take words behind exact look-ups",
    options: variant({ deletionMatching: "word" }),
    rows: { inexact_deletion: "stop", typed_deletions: "advice" },
    settings: ["delete_by", "user_id_type"],
  },
  {
    name: "unknown ids are refused in look-ups",
    options: variant({ unknownIdsInLookUps: "refuse" }),
    rows: { look_ups: "advice" },
  },
  {
    name: "suspended users are hidden everywhere",
    options: variant({ suspended: "hidden", listed: "without_suspended" }),
    rows: { suspended: "stop", suspended_list: "advice", suspended_deletion: "not_known" },
    settings: ["suspend_days"],
    unasked: ["kept_fields", "status"],
  },
  {
    name: "suspended users are hidden in look-ups of one id",
    options: variant({ suspended: "hidden_alone" }),
    rows: { suspended: "advice" },
    settings: ["suspend_days"],
  },
  {
    name: "an update empties what it leaves out",
    options: variant({ omittedFields: "emptied" }),
    rows: { kept_fields: "advice" },
    settings: ["suspend_days"],
    unasked: ["suspended_list"],
  },
  {
    name: "users are not suspended",
    options: variant({ suspension: "refused" }),
    rows: { suspension: "advice" },
    settings: ["suspend_days"],
    unasked: ["kept_fields", "suspended", "status", "suspended_list", "suspended_deletion", "reactivation"],
  },
  {
    name: "the status has no date",
    options: variant({ statusChangedAt: "hidden" }),
    rows: { status: "advice" },
    settings: ["suspend_days"],
  },
  {
    name: "the date of a status does not change",
    options: variant({ statusChangedAt: "unchanged" }),
    rows: { status: "advice" },
    settings: ["suspend_days"],
  },
  { name: "a URL may have 2,000 characters", options: variant({ longestUrl: 2000 }), rows: {} },
  {
    name: "ids stay taken",
    options: { faults: TAKEN },
    rows: { freed_ids: "advice" },
    settings: ["suspend_days"],
  },
  {
    name: "ids stay taken, and users are not suspended",
    options: { faults: TAKEN, variants: { suspension: "refused" } },
    rows: { freed_ids: "advice", suspension: "advice" },
    settings: ["suspend_days"],
    unasked: ["kept_fields", "suspended", "status", "suspended_list", "suspended_deletion", "reactivation"],
  },
  { name: "a search ignores conditions", options: variant({ conditions: "ignored" }), rows: {} },
  {
    name: "e-mails at .invalid are refused",
    options: { faults: [{ on: "create-users-batch", nth: 1, then: { kind: "answer", statusCode: 400 } }] },
    rows: {},
  },
];

/** A reader who may not go on is told what to do instead. */
const WHAT_TO_DO = /\b([Aa]sk GenAuth's support|Declare|Delete|Find out|Run)\b/;

test.each(DEVIATIONS)(
  "$name: the rows say so",
  async ({ options, given, rows, settings = [], unasked = [] }) => {
    const { report } = await rehearseAgainst(options, given);
    const results = resultsOf(report);
    expect(Object.fromEntries(Object.entries(results).filter(([, result]) => result !== "fine"))).toEqual(
      rows,
    );
    expect(report.questions).toHaveLength(17 - unasked.length);
    for (const question of unasked) expect(results).not.toHaveProperty(question);
    // Each once: two values for one setting would leave the reader to choose.
    expect(report.settings.map(({ setting }) => setting).sort()).toEqual([...settings].sort());
    for (const row of report.questions.filter(({ result }) => result === "stop"))
      expect(row.consequence).toMatch(WHAT_TO_DO);
  },
);

test.each<[string, EmulatorOptions, RegExp]>([
  [
    "a key that may not delete creates nobody",
    { faults: [{ on: "delete-users-batch", then: { kind: "answer", statusCode: 403 } }] },
    /^The key may not call delete-users-batch\. GenAuth answered with status 403/,
  ],
  [
    "a service that deletes nobody is left at once",
    { faults: [{ on: "delete-users-batch", times: 4, then: { kind: "lie" } }] },
    /^GenAuth answers success to a deletion, and look-ups go on to show the user\./,
  ],
])("%s", async (_, options, says) => {
  const { report } = await rehearseAgainst(options);
  expect(resultsOf(report)).toEqual({ end: "stop", clean_up: "fine" });
  expect(report.questions[0]?.finding).toMatch(says);
});

test("an outage of half a minute ends nothing, and a longer one says nothing about the service", async () => {
  const outage = (times: number): EmulatorOptions => ({
    faults: [{ on: "get-user-batch", times, then: { kind: "answer", statusCode: 500 } }],
  });
  const { rehearsal } = await rehearseAgainst(outage(3));
  expect(rehearsal).not.toHaveProperty("interrupted");
  emulator = await startService({ users: OTHERS });
  emulator.faults.add({ on: "update-user-batch", then: { kind: "answer", statusCode: 500 } });
  const { interrupted, answers } = await rehearseWith(emulator, folder.next());
  expect(interrupted).toMatch(/^GenAuth answered with status 500/);
  expect(answers).toMatchObject({ clean_up: { result: "fine" } });
  expect(answers).not.toHaveProperty("suspension");
  expect(emulator.pool.list()).toEqual(OTHERS);
});

test("where changes show late, a step says how long readings wait", async () => {
  const steps: string[] = [];
  const onStep = (what: string): void => void steps.push(what);
  await rehearseAgainst({ consistencyDelayMs: 1000 }, { patienceMs: 5000, onStep });
  expect(steps[0]).toBe("asking about one user");
  expect(steps[1]).toMatch(/^asking about eight users; changes show late, so readings wait [34] s$/);
});
