import { expect, test } from "@jest/globals";
import { type EmulatorOptions, seedUsers } from "../../support/emulator";
import type { Rehearsal } from "../../../src/service";
import { reportOn, reportText, type ServiceReport, ServiceReportSchema } from "../../../src/service/report";
import {
  JournalFolder,
  rehearseWith,
  type RehearsedService,
  startService,
} from "../../support/service/rehearsal";

const folder = new JournalFolder();

let emulator: RehearsedService | undefined;

const OTHERS = seedUsers(5);

type Given = Parameters<typeof rehearseWith>[2];

/** Rehearses against a service; the other users of the pool must all be there afterwards, and nobody else. */
async function rehearseAgainst(
  options: EmulatorOptions,
  given: Given = {},
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
    totals: { fine: 16, advice: 0, stop: 0, not_known: 0 },
  });
  const changes = emulator?.calls.filter(({ path }) => /create|update|delete/.test(path)) ?? [];
  expect(changes.length).toBeLessThan(25);
});

/** A reader who may not go on is told what to do instead. */
const WHAT_TO_DO = /\b([Aa]sk GenAuth's support|Declare|Delete|Find out|Run)\b/;

const variant = (variants: EmulatorOptions["variants"] = {}): EmulatorOptions => ({ variants });
const fault = (...faults: NonNullable<EmulatorOptions["faults"]>): EmulatorOptions => ({ faults });
/** The second creation is one with the ids of a deleted user. */
const TAKEN = fault({ on: "create-users-batch", nth: 2, then: { kind: "answer", statusCode: 409 } });
const REFUSED = variant({ suspension: "refused" });
const SUSPENDING = "kept_fields suspended status suspended_deletion reactivation";

/** A deployment that differs: what is not fine, by question, the settings that follow, and what is not asked then. */
test.each<[name: string, EmulatorOptions, rows?: string, settings?: string, unasked?: string, given?: Given]>(
  [
    [
      "unknown ids are refused in deletions",
      variant({ unknownIdsInDeletions: "refuse" }),
      "unknown_among:advice",
    ],
    [
      "answers come in another order, and everything shows late",
      { consistencyDelayMs: 30, ...variant({ order: "reversed", creationDelayMs: 30, searchDelayMs: 40 }) },
    ],
    [
      "a deletion shows after more than a third of what the provider waits",
      { consistencyDelayMs: 600 },
      "deletion:advice",
      "GENAUTH_CONFIRM_SECONDS",
      "",
      { confirmSeconds: 1, patienceMs: 3000 },
    ],
    [
      "a deleted user is still shown by get-user",
      fault({ on: "get-user", then: { kind: "answer", statusCode: 400, apiCode: 2000 } }),
      "absent:advice look_ups:advice",
    ],
    ["case of e-mails counts", variant({ emailCase: "significant" }), "email_case:advice", "user_id_type"],
    [
      "deletions by e-mail do nothing",
      fault({ on: "delete-users-batch", userIdType: "email", then: { kind: "lie" } }),
      "typed_deletions:advice",
      "delete_by",
    ],
    [
      "look-ups take parts",
      variant({ lookUpMatching: "part", deletionMatching: "part" }),
      "typed_look_ups:stop email_case:advice inexact_deletion:stop",
      "delete_by user_id_type",
    ],
    ...(["part", "word"] as const).map((deletionMatching): [string, EmulatorOptions, string, string] => [
      `deletions take a ${deletionMatching} behind exact look-ups`,
      variant({ deletionMatching }),
      "inexact_deletion:stop typed_deletions:advice",
      "delete_by user_id_type",
    ]),
    ["unknown ids are refused in look-ups", variant({ unknownIdsInLookUps: "refuse" }), "look_ups:advice"],
    [
      "suspended users are hidden everywhere",
      variant({ suspended: "hidden" }),
      "suspended:stop suspended_deletion:not_known",
      "suspend_days",
      "kept_fields status",
    ],
    [
      "get-user hides suspended users",
      variant({ suspended: "hidden_alone" }),
      "suspended:advice",
      "suspend_days",
    ],
    [
      "an update empties what it leaves out",
      variant({ omittedFields: "emptied" }),
      "kept_fields:advice",
      "suspend_days",
    ],
    ["users are not suspended", REFUSED, "suspension:advice", "suspend_days", SUSPENDING],
    ["the status has no date", variant({ statusChangedAt: "hidden" }), "status:advice", "suspend_days"],
    ["its date does not change", variant({ statusChangedAt: "unchanged" }), "status:advice", "suspend_days"],
    ["a URL may have 2,000 characters", variant({ longestUrl: 2000 })],
    ["ids stay taken", TAKEN, "freed_ids:advice", "suspend_days"],
    [
      "ids stay taken, and users are not suspended",
      { ...TAKEN, ...REFUSED },
      "freed_ids:advice suspension:advice",
      "suspend_days",
      SUSPENDING,
    ],
    ["a search ignores conditions", variant({ conditions: "ignored" })],
    [
      "e-mails at .invalid are refused",
      fault({ on: "create-users-batch", nth: 1, then: { kind: "answer", statusCode: 400 } }),
    ],
  ],
)("%s: the rows say so", async (_, options, rows = "", settings = "", unasked = "", given = {}) => {
  const words = (text: string) => text.split(" ").filter(Boolean);
  const { report } = await rehearseAgainst(options, given);
  const results = resultsOf(report);
  const others = Object.entries(results).filter(([, result]) => result !== "fine");
  expect(others.map((row) => row.join(":")).sort()).toEqual(words(rows).sort());
  expect(report.questions).toHaveLength(16 - words(unasked).length);
  for (const question of words(unasked)) expect(results).not.toHaveProperty(question);
  // Each once: two values for one setting would leave the reader to choose.
  expect(report.settings.map(({ setting }) => setting).sort()).toEqual(words(settings).sort());
  for (const row of report.questions.filter(({ result }) => result === "stop"))
    expect(row.consequence).toMatch(WHAT_TO_DO);
});

test.each<[what: string, EmulatorOptions, says: RegExp, creations: number]>([
  [
    "a key that may not delete creates nobody",
    { faults: [{ on: "delete-users-batch", then: { kind: "answer", statusCode: 403 } }] },
    /^The key may not call delete-users-batch\. GenAuth answered with status 403/,
    0,
  ],
  [
    "a service that deletes nobody is left at once",
    { faults: [{ on: "delete-users-batch", times: 4, then: { kind: "lie" } }] },
    /^GenAuth answers success to a deletion, and look-ups go on to show the user\./,
    1,
  ],
])("%s", async (_, options, says, creations) => {
  const { report } = await rehearseAgainst(options);
  expect(resultsOf(report)).toEqual({ end: "stop", clean_up: "fine" });
  expect(report.questions[0]?.finding).toMatch(says);
  const created = emulator?.calls.filter(({ path }) => path.endsWith("/create-users-batch"));
  expect(created).toHaveLength(creations);
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
  expect(steps[1]).toMatch(/^asking about seven users; changes show late, so readings wait [34] s$/);
});
