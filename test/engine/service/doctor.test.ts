import { afterEach, describe, expect, test } from "@jest/globals";
import { createPoolProbe, type ManagementClientOptions, PUBLIC_HOSTS } from "../../../src/api";
import { examinePool, reportOn, type ServiceReport, ServiceReportSchema } from "../../../src/service";
import { checkAccess } from "../../../src/service/doctor";
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
afterEach(() => {
  for (const { path } of emulator?.calls ?? []) expect(path).not.toMatch(/delete|create|update/);
});

/** Examines an emulated pool with the read key. */
async function examine(
  options: EmulatorOptions = {},
  given: Partial<ManagementClientOptions> = {},
): Promise<ServiceReport> {
  emulator = await startEmulator({ users: SUSPENDED, ...options });
  const { accessKeyId, accessKeySecret } = emulator.readKey;
  const reach = { host: emulator.url, accessKeyId, ...given };
  const probe = createPoolProbe({ accessKeySecret, maxAttempts: 1, ...reach, requestsPerSecond: 1000 });
  try {
    const { tenantId: tenant_id } = given;
    const pool = { host: reach.host, access_key_id: "", ...(tenant_id !== undefined && { tenant_id }) };
    const report = reportOn(pool, await examinePool(probe, pool));
    expect(ServiceReportSchema.parse(report)).toEqual(report);
    expectNoId(JSON.stringify(report));
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

function rowOf({ questions }: ServiceReport, name: string) {
  const row = questions.find(({ question }) => question === name);
  if (!row) throw new Error(`There is no question ${name}.`);
  return row;
}

/** What a pool says that is as GenAuth's documentation, by question. */
const AS_DOCUMENTED: Readonly<Record<string, string>> = {
  access: "GenAuth accepts them.",
  list: "It holds 60 users.",
  tenant: "None is set.",
  url_length: "A URL with 6000 characters of ids passes.",
  look_ups: "Finds 49 users, and nobody else.",
  identities: "Look-ups show them.",
  email_case: "Look-ups ignore it.",
  suspended: "Shown.",
  status: "Shown.",
};

test("a pool like GenAuth's documentation is fine in every respect", async () => {
  const report = await examine();
  const totals = { fine: 9, advice: 0, stop: 0, not_known: 0 };
  expect(report).toMatchObject({ verdict: "fine", totals, settings: [] });
  expect(Object.fromEntries(report.questions.map(({ question, finding }) => [question, finding]))).toEqual(
    AS_DOCUMENTED,
  );
});

const fault = (...faults: NonNullable<EmulatorOptions["faults"]>): EmulatorOptions => ({ faults });
const refused = (statusCode: number, on: "get-user" | "get-user-batch" | "list-users"): EmulatorOptions =>
  fault({ on, then: { kind: "answer", statusCode, message: `${USERS[0]?.userId ?? ""} is not for you` } });
const omits = (at: number) =>
  ({ on: "get-user-batch", ids: [USERS[at]?.userId ?? ""], then: { kind: "omit" } }) as const;
const variant = (variants: EmulatorOptions["variants"] = {}): EmulatorOptions => ({ variants });
const suspendedIn = (users: typeof USERS, isOne: (at: number) => boolean): typeof USERS =>
  users.map((user, at) => (isOne(at) ? { ...SUSPENDED[59], ...user, status: "Suspended" } : user));
const tenants = {
  users: suspendedIn(
    [...seedUsers(3, { tenantId: "one" }), ...seedUsers(3, { first: 4, tenantId: "two" })],
    (at) => at % 3 === 2,
  ),
};
const resigned = SUSPENDED.map((user, at) =>
  at === 55 ? { ...SUSPENDED[59], ...user, status: "Resigned" } : user,
);
const NO_SUSPENSION = "suspend_days none: look-ups do not show";
const misses = (share: string) => [
  `suspended stop: A look-up misses ${share} users who are not active.`,
  `!${NO_SUSPENSION} suspended users`,
];
const TENANT = { tenantId: "one" };
const LONG = "A URL with 6000 characters of ids does not pass.";
const UNCLEAR = "get-user does not say clearly that there is no such user.";

/** A deployment that differs, and what it says beside or in place of the documented findings; `!` marks a setting. */
test.each<[says: readonly string[], EmulatorOptions, given?: Partial<ManagementClientOptions>]>([
  [
    ["access advice: This machine's clock is 3 minutes behind GenAuth's."],
    { now: () => Date.now() + 180_000 },
  ],
  [["tenant fine: Only its users are shown."], tenants, TENANT],
  [
    ["tenant stop: 3 users of another tenant are shown, although a tenant is set."],
    { ...tenants, ...variant({ tenants: "ignored" }) },
    TENANT,
  ],
  [["tenant not_known: One is set, but no user shows its tenant."], variant({ tenants: "ignored" }), TENANT],
  [[`look_ups advice: ${UNCLEAR} GenAuth answered with status 403 (request id `], refused(403, "get-user")],
  [
    ["look_ups advice: Finds 49 users, and nobody else. One unknown id makes GenAuth refuse the whole call."],
    variant({ unknownIdsInLookUps: "refuse" }),
  ],
  [
    [`look_ups stop: GenAuth refuses unknown ids among others, and ${UNCLEAR}`],
    { ...refused(404, "get-user"), ...variant({ unknownIdsInLookUps: "refuse" }) },
  ],
  [["look_ups stop: A look-up misses 1 of 49 users."], fault(omits(7))],
  [
    [
      "email_case advice: Look-ups tell upper from lower case.",
      '!user_id_type "user_id" or "external_id": look-ups by e-mail depend on upper and lower case',
    ],
    variant({ emailCase: "significant" }),
  ],
  [
    [
      `url_length advice: ${LONG} Something in front of GenAuth answered with status 414.`,
      '!user_id_type "user_id": long URLs do not pass',
    ],
    variant({ longestUrl: 4500 }),
  ],
  [
    [`url_length stop: ${LONG}`, '!user_id_type "user_id": long URLs do not pass'],
    fault({ on: "get-user-batch", userIdType: "external_id", then: { kind: "reset" } }),
  ],
  [
    [
      "identities advice: The list shows identities, but look-ups do not.",
      '!user_id_type neither "identity" nor "sync_relation": look-ups do not show identities',
      '!protected_users no ids of the types "identity" and "sync_relation": look-ups do not show identities',
    ],
    variant({ identities: "hidden" }),
  ],
  [misses("2 of 2"), variant({ suspended: "hidden" })],
  [
    [
      "suspended advice: get-user does not show a suspended user, and get-user-batch does.",
      "!suspend_days none: get-user does not show suspended users",
    ],
    variant({ suspended: "hidden_alone" }),
  ],
  [misses("1 of 3"), { users: resigned, ...fault(omits(55)) }],
  [["suspended not_known: Nobody is suspended.", "status not_known: "], { users: USERS }],
  [
    [
      "status advice: Not as needed: look-ups do not show since when a user is suspended.",
      `!${NO_SUSPENSION} since when a user is suspended`,
    ],
    variant({ statusChangedAt: "hidden" }),
  ],
  [
    [
      "suspended not_known: ",
      "status advice: No user shows a status.",
      `!${NO_SUSPENSION} the status of users`,
    ],
    variant({ hiddenFields: ["status"] }),
  ],
  [["list fine: It holds 600 users."], { users: [...SUSPENDED, ...seedUsers(540, { first: 61 })] }],
])("a deployment that differs says %j", async (says, options, given = {}) => {
  const { questions, settings } = await examine(options, given);
  const said = [
    ...questions
      .filter(({ question, result, finding }) => result !== "fine" || finding !== AS_DOCUMENTED[question])
      .map(({ question, result, finding }) => `${question} ${result}: ${finding}`),
    ...settings.map(({ setting, value, reason }) => `!${setting} ${value}: ${reason}`),
  ];
  // In a pool of another size, other users are counted, too.
  const isCounted = options.users === undefined || options.users.length === USERS.length;
  const counts = /^(list fine: It holds|look_ups fine: Finds) \d+ users/;
  expect(
    isCounted ? said : said.filter((each) => !counts.test(each) || says.some((its) => each.startsWith(its))),
  ).toEqual(says.map((each) => expect.stringContaining(each)));
  for (const { result, consequence } of questions)
    if (result === "advice" || result === "stop") expect(consequence).not.toBe("");
});

describe("a key that cannot be used ends the examination", () => {
  test.each([
    { name: "a wrong secret", given: { accessKeySecret: "wrong" }, says: "apiCode 1300" },
    { name: "a wrong id", given: { accessKeyId: "wrong" }, says: "apiCode 2224" },
    { name: "another brand's id", given: { accessKeyId: "wrong" }, says: PUBLIC_HOSTS.authing },
    { name: "no GenAuth", given: { host: "http://127.0.0.1:9" }, says: "cannot be reached (ECONNREFUSED)" },
    {
      name: "a clock that GenAuth does not accept",
      options: { now: () => Date.now() - 3_600_000 },
      says: "This machine's clock is 60 minutes ahead of GenAuth's, and GenAuth refuses the date of the signature.",
    },
  ])("$name", async ({ options = {}, given = {}, says }) => {
    const report = await examine(options, given);
    expect(report).toMatchObject({ verdict: "stop", questions: [{ question: "access", result: "stop" }] });
    expect(report.questions).toHaveLength(1);
    expect(rowOf(report, "access").finding).toContain(says);
    expect(emulator?.calls.length).toBeLessThan(2);
  });
});

const resultsOf = ({ questions }: ServiceReport, result: string) =>
  questions.filter((row) => row.result === result).map(({ question }) => question);

test("without the right to look up, the rest is still examined", async () => {
  const report = await examine(refused(403, "get-user-batch"));
  expect(rowOf(report, "look_ups").finding).toMatch(/^The key may not call get-user-batch\./);
  expect(resultsOf(report, "stop")).toEqual(["look_ups"]);
  expect(resultsOf(report, "not_known")).toEqual(["url_length", "identities", "email_case", "suspended"]);
});

test("without the right to list, what needs a known user is not known", async () => {
  const report = await examine(refused(403, "list-users"));
  expect(resultsOf(report, "advice")).toEqual(["list"]);
  const open = ["look_ups", "identities", "email_case", "suspended", "status"];
  expect(resultsOf(report, "not_known")).toEqual(open);
});

test("an empty pool says that it does not show how it treats users", async () => {
  const report = await examine({ users: [] });
  expect(rowOf(report, "list")).toMatchObject({ result: "advice", finding: "The pool shows no user." });
  const open = ["look_ups", "identities", "email_case", "suspended", "status"];
  expect(resultsOf(report, "not_known")).toEqual(open);
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

test.each([
  [400, "fine", "GenAuth accepts them."],
  [-29_000, "fine", "GenAuth accepts them."],
  [45_000, "advice", "This machine's clock is 45 s behind GenAuth's."],
  [-140_000, "advice", "This machine's clock is 2 minutes ahead of GenAuth's."],
])("a server %d ms ahead is %s", (serverAheadMs, result, finding) => {
  expect(checkAccess({ ok: true, value: [], milliseconds: 1, serverAheadMs })).toMatchObject({
    result,
    finding,
  });
});
