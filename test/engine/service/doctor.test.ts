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
afterEach(async () => {
  for (const { path } of emulator?.calls ?? []) expect(path).not.toMatch(/delete|create|update/);
  await emulator?.close();
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
    const report = reportOn("doctor", pool, await examinePool(probe, pool));
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

test("a pool like GenAuth's documentation is fine in every respect", async () => {
  const report = await examine();
  expect(report).toMatchObject({
    verdict: "fine",
    totals: { fine: 9, advice: 0, stop: 0, not_known: 0 },
    settings: [],
  });
  expect(Object.fromEntries(report.questions.map(({ question, finding }) => [question, finding]))).toEqual({
    access: "GenAuth accepts them.",
    list: "It holds 60 users, and its pages show all of them.",
    tenant: "None is set.",
    url_length: "A URL with 6000 characters of ids passes.",
    look_ups: "Finds 49 users, and nobody else.",
    identities: "Look-ups show them.",
    email_case: "Look-ups ignore it.",
    suspended: "Shown.",
    status: "Shown.",
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
    check: "access",
    result: "advice",
    says: "This machine's clock is 3 minutes behind GenAuth's.",
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
    says: "Only its users are shown.",
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
    check: "look_ups",
    result: "advice",
    says: /^get-user does not say clearly that there is no such user\. GenAuth answered with status 403 \(request id [\w-]+\)\.$/,
  },
  {
    name: "unknown ids are refused in look-ups",
    options: { variants: { unknownIdsInLookUps: "refuse" } },
    check: "look_ups",
    result: "advice",
    says: "Finds 49 users, and nobody else. One unknown id makes GenAuth refuse the whole call.",
  },
  {
    name: "an absent user is not clear, and unknown ids are refused",
    options: {
      variants: { unknownIdsInLookUps: "refuse" },
      faults: [{ on: "get-user", then: { kind: "answer", statusCode: 404 } }],
    },
    check: "look_ups",
    result: "stop",
    says: "GenAuth refuses unknown ids among others, and get-user does not say clearly that there is no such user.",
  },
  {
    name: "a look-up misses listed users",
    options: { faults: [{ on: "get-user-batch", ids: [USERS[7]?.userId ?? ""], then: { kind: "omit" } }] },
    check: "look_ups",
    result: "stop",
    says: "A look-up misses 1 of 49 users.",
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
    says: "A URL with 6000 characters of ids does not pass. Something in front of GenAuth answered with status 414.",
    settings: ['user_id_type "user_id": long URLs do not pass'],
  },
  {
    name: "long URLs break the connection",
    options: {
      faults: [{ on: "get-user-batch", userIdType: "external_id", then: { kind: "reset" } }],
    },
    check: "url_length",
    result: "stop",
    says: /^A URL with 6000 characters of ids does not pass\. .* the connection to .* broke/,
    settings: ['user_id_type "user_id": long URLs do not pass'],
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
    name: "look-ups miss suspended users",
    options: { variants: { suspended: "hidden" } },
    check: "suspended",
    result: "stop",
    says: "A look-up misses 2 of 2 users who are not active.",
    settings: ["suspend_days none: look-ups do not show suspended users"],
  },
  {
    name: "look-ups of one id miss suspended users",
    options: { variants: { suspended: "hidden_alone" } },
    check: "suspended",
    result: "advice",
    says: "get-user does not show a suspended user, and get-user-batch does.",
    settings: ["suspend_days none: get-user does not show suspended users"],
  },
  {
    name: "look-ups miss a user who resigned",
    options: {
      users: SUSPENDED.map((user, at) =>
        at === 55 ? { ...SUSPENDED[59], ...user, status: "Resigned" } : user,
      ),
      faults: [{ on: "get-user-batch", ids: [USERS[55]?.userId ?? ""], then: { kind: "omit" } }],
    },
    check: "suspended",
    result: "stop",
    says: "A look-up misses 1 of 3 users who are not active.",
    settings: ["suspend_days none: look-ups do not show suspended users"],
  },
  {
    name: "nobody is suspended",
    options: { users: USERS },
    check: "suspended",
    result: "not_known",
    says: "Nobody is suspended.",
    also: { status: "not_known" },
  },
  {
    name: "users do not show since when they are suspended",
    options: { variants: { statusChangedAt: "hidden" } },
    check: "status",
    result: "advice",
    says: "Not as needed: look-ups do not show since when a user is suspended.",
    settings: ["suspend_days none: look-ups do not show since when a user is suspended"],
  },
  {
    name: "users do not show their status",
    options: { variants: { hiddenFields: ["status"] } },
    check: "status",
    result: "advice",
    says: "No user shows a status.",
    settings: ["suspend_days none: look-ups do not show the status of users"],
    also: { suspended: "not_known" },
  },
  {
    name: "the list leaves suspended users out",
    options: { variants: { listed: "without_suspended" } },
    check: "list",
    result: "advice",
    says: "A list without a condition on the status leaves out suspended users.",
  },
  {
    name: "the pages of a list omit a user",
    options: { variants: { listed: "without_last" } },
    check: "list",
    result: "advice",
    says: "GenAuth counts 60 users, and its pages show 59.",
  },
  {
    name: "a pool is too large to be read whole",
    options: { users: [...SUSPENDED, ...seedUsers(540, { first: 61 })] },
    check: "list",
    result: "fine",
    says: "It holds 600 users.",
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
  const others = report.questions.filter((other) => other.question !== check && other.result !== "fine");
  expect(Object.fromEntries(others.map((other) => [other.question, other.result]))).toEqual(also);
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
