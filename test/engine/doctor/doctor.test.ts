import { stripVTControlCharacters } from "node:util";
import { afterEach, describe, expect, test } from "@jest/globals";
import { createPoolProbe, type ManagementClientOptions, PUBLIC_HOSTS } from "../../../src/api";
import { type DoctorReport, DoctorReportSchema, doctorText, examinePool } from "../../../src/doctor";
import { checkClock } from "../../../src/doctor/access";
import { evaluateLatency } from "../../../src/doctor/latency";
import { type Emulator, type EmulatorOptions, seedUsers, startEmulator } from "../../support/emulator";

const USERS = seedUsers(60);
const SUSPENDED = [
  ...USERS.slice(0, 58),
  ...USERS.slice(58).map((user) => ({
    ...user,
    status: "Suspended",
    statusChangedAt: "2026-03-01T09:00:00.000Z",
  })),
];

let emulator: Emulator | undefined;
afterEach(async () => {
  for (const { path } of emulator?.calls ?? []) expect(path).not.toMatch(/delete|create|update/);
  await emulator?.close();
});

/** Examines an emulated pool with the read key; two users were archived before. */
async function examine(
  options: EmulatorOptions = {},
  given: Partial<Omit<ManagementClientOptions, "accessKeyId">> = {},
): Promise<DoctorReport> {
  emulator = await startEmulator({ users: SUSPENDED, ...options });
  emulator.pool.add(...seedUsers(2, { prefix: "former" }));
  emulator.pool.erase(emulator.pool.list().slice(-2));
  const { accessKeyId, accessKeySecret } = emulator.readKey;
  const reach = {
    host: emulator.url,
    accessKeyId,
    timeoutSeconds: 30,
    parallelism: 8,
    requestsPerSecond: 75,
    ...given,
  };
  const probe = createPoolProbe({ accessKeySecret, maxAttempts: 1, ...reach, requestsPerSecond: 1000 });
  try {
    const report = await examinePool(probe, reach, options.now?.());
    expect(DoctorReportSchema.parse(report)).toEqual(report);
    expectNoId(JSON.stringify({ ...report, access_key_id: "" }));
    return report;
  } finally {
    probe.close();
  }
}

function expectNoId(text: string): void {
  const ids = (emulator?.pool.list() ?? []).flatMap((user) => {
    const { userId, email, phone, username, name } = user;
    return [userId, email, phone, username, name];
  });
  expect(ids.filter((id) => id && text.includes(id))).toEqual([]);
  expect(text).not.toMatch(/@example/i);
  // A host's port is no id.
  expect(text).not.toMatch(/[\da-f]{24}/);
}

function rowOf({ checks }: DoctorReport, name: string) {
  const row = checks.find(({ check }) => check === name);
  if (!row) throw new Error(`There is no check ${name}.`);
  return row;
}

test("a pool like GenAuth's documentation is fine in every respect", async () => {
  const report = await examine();
  expect(report).toMatchObject({
    verdict: "fine",
    totals: { fine: 19, advice: 0, stop: 0, not_known: 0 },
    settings: [],
  });
  expect(Object.fromEntries(report.checks.map(({ check, finding }) => [check, finding]))).toMatchObject({
    key: "GenAuth accepts the key and the signature.",
    pool: "It holds 60 users.",
    tenant: "None is set, and no user shows one.",
    known_users: "A look-up finds all 50 listed users.",
    unknown_ids: "The look-up leaves them out.",
    email_case: "Look-ups ignore it.",
    url_length: "A URL with 6000 characters of ids passes, which is the most that the provider sends.",
    order: "As asked.",
    identities: "Look-ups show them, and find users by them.",
    suspended_users: "A look-up finds all 2 suspended or otherwise inactive users.",
    suspend_first: "Look-ups show the status of users, and since when they have it.",
    search: "GenAuth counts 60 users, and its pages show all of them.",
    archive: "The list holds 2 users, can start at a given time, and look-ups do not find these users.",
  });
});

/** A deployment that differs in one respect, and the row that says so. */
interface Deviation {
  readonly name: string;
  readonly options?: EmulatorOptions;
  readonly given?: Partial<ManagementClientOptions>;
  readonly check: string;
  readonly result: string;
  readonly says: string | RegExp;
  /** The settings that follow. */
  readonly settings?: readonly string[];
  /** Other checks that cannot be fine then. */
  readonly also?: Readonly<Record<string, string>>;
}

const refused = (statusCode: number, on: string, apiCode?: number): EmulatorOptions => ({
  faults: [
    {
      on: on as "list-users",
      then: {
        kind: "answer",
        statusCode,
        ...(apiCode !== undefined && { apiCode }),
        message: `${USERS[0]?.userId ?? ""} is not for you`,
      },
    },
  ],
});

const tenantUsers = [...seedUsers(3, { tenantId: "one" }), ...seedUsers(3, { first: 4, tenantId: "two" })];
const suspendedInTenants = tenantUsers.map((user, at) =>
  at % 3 === 2 ? { ...user, status: "Suspended", statusChangedAt: "2026-03-01T09:00:00.000Z" } : user,
);

const DEVIATIONS: readonly Deviation[] = [
  {
    name: "the clock is three minutes behind",
    options: { now: () => Date.now() + 180_000 },
    check: "clock",
    result: "advice",
    says: "This machine's clock is 3 minutes behind GenAuth's.",
  },
  {
    name: "the clock is two minutes ahead",
    options: { now: () => Date.now() - 140_000 },
    check: "clock",
    result: "advice",
    says: "This machine's clock is 2 minutes ahead of GenAuth's.",
  },
  {
    name: "the pool is that of two tenants",
    options: { users: suspendedInTenants },
    check: "tenant",
    result: "fine",
    says: "None is set, and the users belong to 2 tenants.",
  },
  {
    name: "a tenant is set",
    options: { users: suspendedInTenants },
    given: { tenantId: "one" },
    check: "tenant",
    result: "fine",
    says: "One is set, and only its users are shown.",
  },
  {
    name: "the service ignores the tenant",
    options: { users: suspendedInTenants, variants: { tenants: "ignored" } },
    given: { tenantId: "one" },
    check: "tenant",
    result: "stop",
    says: "3 users of another tenant are shown, although a tenant is set.",
  },
  {
    name: "users do not show their tenant",
    options: { variants: { tenants: "ignored" } },
    given: { tenantId: "one" },
    check: "tenant",
    result: "not_known",
    says: "One is set, but no user shows its tenant.",
  },
  {
    name: "get-user is forbidden",
    options: refused(403, "get-user"),
    check: "right_to_look_up",
    result: "advice",
    says: /^The key may call get-user-batch, but not get-user\. GenAuth answered with status 403 \(request id [\w-]+\)\.$/,
    also: { absent_user: "not_known" },
  },
  {
    name: "list-archived-users is forbidden",
    options: refused(403, "list-archived-users"),
    check: "right_to_list_archived",
    result: "advice",
    says: "The key may not call list-archived-users.",
    also: { archive: "not_known" },
  },
  {
    name: "the plan of the pool does not include list-archived-users",
    options: refused(402, "list-archived-users", 4021),
    check: "right_to_list_archived",
    result: "advice",
    says: "The key may not call list-archived-users.",
    also: { archive: "not_known" },
  },
  {
    name: "there is no list-archived-users",
    options: refused(404, "list-archived-users"),
    check: "right_to_list_archived",
    result: "advice",
    says: "list-archived-users cannot be used. GenAuth answered with status 404",
    also: { archive: "not_known" },
  },
  {
    name: "the archive's start is taken for milliseconds",
    options: { variants: { archiveStartAt: "milliseconds" } },
    check: "archive",
    result: "advice",
    says: "The list holds 2 users, whatever start is asked for.",
  },
  {
    name: "look-ups still find archived users",
    options: { consistencyDelayMs: 3_600_000 },
    check: "archive",
    result: "advice",
    says: "The list holds 2 users, and a look-up still finds 2 of 2.",
  },
  {
    name: "unknown ids are refused in look-ups",
    options: { variants: { unknownIdsInLookUps: "refuse" } },
    check: "unknown_ids",
    result: "advice",
    says: /^One unknown id makes GenAuth refuse the whole call\. GenAuth answered with status 404 \(apiCode 2004/,
  },
  {
    name: "an absent user is not 404 with apiCode 2004",
    options: { faults: [{ on: "get-user", then: { kind: "answer", statusCode: 400, apiCode: 2000 } }] },
    check: "absent_user",
    result: "advice",
    says: "GenAuth does not answer with 404 and apiCode 2004. GenAuth answered with status 400 (apiCode 2000",
  },
  {
    name: "an absent user is not clear, and unknown ids are refused",
    options: {
      variants: { unknownIdsInLookUps: "refuse" },
      faults: [{ on: "get-user", then: { kind: "answer", statusCode: 404 } }],
    },
    check: "absent_user",
    result: "stop",
    says: "GenAuth does not answer with 404 and apiCode 2004.",
    also: { unknown_ids: "advice" },
  },
  {
    name: "e-mails tell upper from lower case",
    options: { variants: { emailCase: "significant" } },
    check: "email_case",
    result: "advice",
    says: "Look-ups tell upper from lower case.",
    settings: ['user_id_type "user_id" or "external_id": look-ups by e-mail depend on upper and lower case'],
  },
  {
    name: "a URL may have 4,500 characters",
    options: { variants: { longestUrl: 4500 } },
    check: "url_length",
    result: "advice",
    says: "A URL with 4000 characters of ids passes, and one with 6000 does not. Something in front of GenAuth answered with status 414.",
  },
  {
    name: "a URL may have 2,000 characters",
    options: { variants: { longestUrl: 2000 } },
    check: "url_length",
    result: "advice",
    says: "A URL with 1000 characters of ids passes, and one with 6000 does not.",
  },
  {
    name: "something refuses long URLs as forbidden",
    options: {
      faults: [
        { on: "get-user-batch", userIdType: "external_id", times: 2, then: { kind: "http", status: 403 } },
      ],
    },
    check: "url_length",
    result: "stop",
    says: "A URL with 2000 characters of ids passes, and one with 6000 does not.",
  },
  {
    name: "long URLs break the connection",
    options: {
      faults: [{ on: "get-user-batch", userIdType: "external_id", times: 2, then: { kind: "reset" } }],
    },
    check: "url_length",
    result: "stop",
    says: /^A URL with 2000 characters of ids passes, and one with 6000 does not\. .* the connection to .* broke/,
  },
  {
    name: "answers come in another order",
    options: { variants: { order: "reversed" } },
    check: "order",
    result: "fine",
    says: "Another than asked.",
  },
  {
    name: "look-ups hide identities",
    options: { variants: { identities: "hidden" } },
    check: "identities",
    result: "advice",
    says: "The list shows identities, but look-ups do not.",
    settings: [
      'user_id_type neither "identity" nor "sync_relation": look-ups do not show identities',
      'protected_users no ids of the types "identity" and "sync_relation": look-ups do not show identities',
    ],
  },
  {
    name: "look-ups do not find users by identity",
    options: { faults: [{ on: "get-user-batch", userIdType: "identity", then: { kind: "omit" } }] },
    check: "identities",
    result: "advice",
    says: "Look-ups show them, but do not find users by them.",
    settings: ['user_id_type neither "identity" nor "sync_relation": look-ups do not find users by identity'],
  },
  {
    name: "look-ups miss suspended users",
    options: { variants: { suspended: "hidden" } },
    check: "suspended_users",
    result: "stop",
    says: "A look-up misses 2 of 2 suspended or otherwise inactive users.",
    also: { suspend_first: "not_known" },
  },
  {
    name: "look-ups refuse suspended users",
    options: { variants: { suspended: "hidden", unknownIdsInLookUps: "refuse" } },
    check: "suspended_users",
    result: "stop",
    says: "A look-up of 2 suspended or otherwise inactive users is refused.",
    also: { unknown_ids: "advice", suspend_first: "not_known" },
  },
  {
    name: "look-ups miss a user who resigned",
    options: {
      users: USERS.map((user, at) => (at === 55 ? { ...user, status: "Resigned" } : user)),
      faults: [{ on: "get-user-batch", ids: [USERS[55]?.userId ?? ""], then: { kind: "omit" } }],
    },
    check: "suspended_users",
    result: "stop",
    says: "A look-up misses 1 of 1 suspended or otherwise inactive user.",
    also: { suspend_first: "not_known" },
  },
  {
    name: "nobody is suspended",
    options: { users: USERS },
    check: "suspended_users",
    result: "not_known",
    says: "Nobody in this pool is suspended.",
    also: { suspend_first: "not_known" },
  },
  {
    name: "users do not show since when they are suspended",
    options: { variants: { statusChangedAt: "hidden" } },
    check: "suspend_first",
    result: "advice",
    says: "Look-ups show the status of users, but not since when they have it.",
    settings: ["suspend_days none: look-ups do not show since when a user is suspended"],
  },
  {
    name: "users do not show their status",
    options: { variants: { hiddenFields: ["status"] } },
    check: "suspend_first",
    result: "advice",
    says: "Look-ups do not show the status of users.",
    settings: ["suspend_days none: look-ups do not show the status of users"],
    also: { suspended_users: "not_known" },
  },
  {
    name: "a search leaves suspended users out",
    options: { variants: { listed: "without_suspended" } },
    check: "search",
    result: "advice",
    says: "A search without conditions leaves out suspended users.",
  },
  {
    name: "the pages of a search omit a user",
    options: { variants: { listed: "without_last" } },
    check: "search",
    result: "advice",
    says: "GenAuth counts 60 users, but its pages show 59.",
  },
  {
    name: "a search ends at its window",
    options: { users: [...SUSPENDED, ...seedUsers(1140, { first: 61 })], variants: { searchWindow: 1100 } },
    check: "search",
    result: "advice",
    says: "Page 24, after 1150 users of 1200, cannot be read. GenAuth answered with status 400",
  },
  {
    name: "a pool is too large to be read whole",
    options: { users: [...SUSPENDED, ...seedUsers(1140, { first: 61 })] },
    check: "search",
    result: "fine",
    says: "The first 1000 users and the last page agree with the count of 1200.",
  },
  {
    name: "a look-up misses listed users",
    options: { faults: [{ on: "get-user-batch", ids: [USERS[7]?.userId ?? ""], then: { kind: "omit" } }] },
    check: "known_users",
    result: "stop",
    says: "A look-up misses 1 of 50 listed users.",
  },
];

test.each(DEVIATIONS)("if $name, one line says so", async (deviation) => {
  const { options, given, check, result, says, settings = [], also = {} } = deviation;
  const report = await examine(options, given);
  const row = rowOf(report, check);
  expect(row).toMatchObject({
    result,
    finding: typeof says === "string" ? expect.stringContaining(says) : expect.stringMatching(says),
  });
  if (result === "advice" || result === "stop") expect(row.consequence).not.toBe("");
  expect(report.settings.map(({ setting, value, reason }) => `${setting} ${value}: ${reason}`)).toEqual(
    settings,
  );
  const others = report.checks.filter((other) => other.check !== check && other.result !== "fine");
  expect(Object.fromEntries(others.map((other) => [other.check, other.result]))).toEqual(also);
});

describe("a key that cannot be used ends the examination", () => {
  const unchecked = expect.objectContaining({ result: "not_known", finding: "Not checked." }) as unknown;

  test.each([
    { name: "a wrong secret", given: { accessKeySecret: "wrong" }, says: "apiCode 1300" },
    { name: "a wrong id", given: { accessKeyId: "wrong" }, says: "apiCode 2224" },
    { name: "another brand's id", given: { accessKeyId: "wrong" }, says: PUBLIC_HOSTS.authing },
    { name: "no GenAuth", given: { host: "http://127.0.0.1:9" }, says: "cannot be reached (ECONNREFUSED)" },
  ])("$name", async ({ given, says }) => {
    const report = await examine({}, given);
    expect(report.verdict).toBe("stop");
    expect(rowOf(report, "key")).toMatchObject({
      result: "stop",
      finding: expect.stringContaining(says) as unknown,
    });
    expect(rowOf(report, "search")).toEqual(unchecked);
    expect(emulator?.calls.length).toBeLessThan(2);
  });

  test("the text says in one line that nothing else was checked", async () => {
    const text = doctorText(await examine({}, { accessKeySecret: "wrong" }));
    expect(text).toMatch(/^17 other checks +not known +Not checked\.$/m);
    expect(text.match(/not checked/gi)).toHaveLength(2);
  });

  test("the text has colours for a terminal only", async () => {
    const report = await examine({}, { accessKeySecret: "wrong" });
    const coloured = doctorText(report, true);
    expect(coloured).toContain("\u001b[31mSTOP     \u001b[39m");
    expect(stripVTControlCharacters(coloured)).toBe(doctorText(report));
  });

  test("a clock that GenAuth does not accept", async () => {
    const report = await examine({ now: () => Date.now() - 3_600_000 });
    expect(report.verdict).toBe("stop");
    expect(rowOf(report, "clock")).toMatchObject({
      result: "stop",
      finding:
        "This machine's clock is 60 minutes ahead of GenAuth's, and GenAuth refuses the date of the signature.",
    });
    expect(rowOf(report, "key").result).toBe("not_known");
  });
});

test("without the right to look up, the rest is still examined", async () => {
  const report = await examine(refused(403, "get-user-batch"));
  expect(report.verdict).toBe("stop");
  expect(rowOf(report, "key").result).toBe("fine");
  expect(rowOf(report, "right_to_look_up")).toMatchObject({ result: "stop" });
  expect(rowOf(report, "search").result).toBe("fine");
  expect(rowOf(report, "unknown_ids")).toMatchObject({
    result: "not_known",
    finding: "The key may not look users up.",
  });
});

test("without the right to list, what needs a known user is not known", async () => {
  const report = await examine(refused(403, "list-users"));
  expect(report.verdict).toBe("advice");
  expect(rowOf(report, "right_to_list")).toMatchObject({ result: "advice" });
  expect(report.checks.filter(({ result }) => result === "not_known").map(({ check }) => check)).toEqual([
    "pool",
    "tenant",
    "known_users",
    "email_case",
    "order",
    "identities",
    "suspended_users",
    "suspend_first",
    "search",
  ]);
});

test("an empty pool says that it does not show how it treats users", async () => {
  const report = await examine({ users: [] });
  expect(report.verdict).toBe("advice");
  expect(rowOf(report, "pool")).toMatchObject({ result: "advice", finding: "It shows no user." });
  expect(report.checks.filter(({ result }) => result === "not_known").map(({ check }) => check)).toEqual([
    "known_users",
    "email_case",
    "order",
    "identities",
    "suspended_users",
    "suspend_first",
  ]);
  expect(rowOf(report, "url_length").result).toBe("fine");
});

test("an outage in the middle is a failed call, and no finding about the pool", async () => {
  const report = await examine({
    faults: [{ on: "get-user-batch", userIdType: "email", then: { kind: "http", status: 503 } }],
  });
  expect(report.verdict).toBe("stop");
  expect(rowOf(report, "email_case")).toMatchObject({
    result: "stop",
    finding: "GenAuth answered with status 503.",
    consequence: "Correct this, then run the command again.",
  });
});

test("the median and the slowest of the look-ups are shown, with what they mean for a large set", async () => {
  const report = await examine({ latencyMs: 30 });
  const [, median = 0, slowest = 0] =
    /^Of 5 look-ups, the median took (\d+) ms and the slowest (\d+) ms\.$/.exec(
      rowOf(report, "latency").finding,
    ) ?? [];
  expect(Number(median)).toBeGreaterThanOrEqual(29);
  expect(Number(slowest)).toBeGreaterThanOrEqual(Number(median));
});

const SPEED = { timeoutSeconds: 30, parallelism: 8, requestsPerSecond: 75 };

test.each([
  { times: [20, 10, 90], speed: SPEED, result: "fine", says: "about 3750 users per second.", settings: [] },
  {
    times: [400],
    speed: SPEED,
    result: "fine",
    says: "about 1000 users per second. A higher parallelism",
    settings: [],
  },
  {
    times: [10, 8000, 20],
    speed: SPEED,
    result: "advice",
    says: "close to the time limit of 30 s",
    settings: [{ setting: "timeout_seconds", value: "80", reason: "look-ups are slow" }],
  },
])("look-ups of $times ms: $says", ({ times, speed, result, says, settings }) => {
  expect(evaluateLatency(times, speed)).toMatchObject({
    result,
    consequence: expect.stringContaining(says) as unknown,
    settings,
  });
});

test.each([
  { serverAheadMs: 400, result: "fine", says: "This machine's clock and GenAuth's differ by less than 1 s." },
  {
    serverAheadMs: -1200,
    result: "fine",
    says: "This machine's clock and GenAuth's differ by less than 2 s.",
  },
  { serverAheadMs: 45_000, result: "advice", says: "This machine's clock is 45 s behind GenAuth's." },
  { serverAheadMs: undefined, result: "not_known", says: "The answer has no Date header." },
])("a server $serverAheadMs ms ahead: $says", ({ serverAheadMs, result, says }) => {
  const seen = serverAheadMs === undefined ? {} : { serverAheadMs };
  expect(checkClock({ ok: true, value: [], milliseconds: 1, ...seen })).toMatchObject({
    result,
    finding: says,
  });
});
