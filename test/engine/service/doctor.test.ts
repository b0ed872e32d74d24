import { afterEach, describe, expect, test } from "@jest/globals";
import { createPoolProbe, type ManagementClientOptions, PUBLIC_HOSTS } from "../../../src/api";
import { examinePool, reportOn, type ServiceReport, ServiceReportSchema } from "../../../src/service";
import { checkAccess } from "../../../src/service/doctor";
import {
  type Emulator,
  type EmulatorOptions,
  type FaultRule,
  seedUsers,
  startEmulator,
} from "../../support/emulator";

const USERS = seedUsers(60);
const SUSPENSION = { status: "Suspended", statusChangedAt: "2026-03-01T09:00:00.000Z" };
/** The same users, of whom the last two are suspended. */
const SUSPENDED = USERS.map((user, index) => (index < 58 ? user : { ...user, ...SUSPENSION }));

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

type Question = ServiceReport["questions"][number];
/** What an answer says, by question. */
type Findings = Readonly<Record<string, Pick<Question, "result" | "finding">>>;

const fine = (finding: string): Findings[string] => ({ result: "fine", finding });
const advice = (finding: string): Findings[string] => ({ result: "advice", finding });
const stop = (finding: string): Findings[string] => ({ result: "stop", finding });
const notKnown = (finding: string): Findings[string] => ({ result: "not_known", finding });

/** What a pool says that is as GenAuth's documentation. */
const AS_DOCUMENTED: Findings = {
  access: fine("GenAuth accepts them."),
  list: fine("It holds 60 users."),
  tenant: fine("None is set."),
  url_length: fine("A URL with 6000 characters of ids passes."),
  look_ups: fine("Finds 49 users, and nobody else."),
  identities: fine("Look-ups show them."),
  email_case: fine("Look-ups ignore it."),
  suspended: fine("Shown."),
  status: fine("Shown."),
};

test("a pool like GenAuth's documentation is fine in every respect", async () => {
  const report = await examine();
  expect(report).toMatchObject({
    verdict: "fine",
    totals: { fine: 9, advice: 0, stop: 0, not_known: 0 },
    settings: [],
  });
  expectFindings(report, {});
});

/** Expects findings, as far as they say, and all others as documented. */
function expectFindings({ questions }: ServiceReport, others: Findings): void {
  const found = questions.map(({ question, result, finding }) => [question, { result, finding }] as const);
  const expected = Object.entries({ ...AS_DOCUMENTED, ...others }).map(
    ([question, { result, finding }]) =>
      [question, { result, finding: expect.stringContaining(finding) }] as const,
  );
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
}

const withFault = (fault: FaultRule): EmulatorOptions => ({ faults: [fault] });
const refused = (statusCode: number, on: "get-user" | "get-user-batch" | "list-users"): EmulatorOptions =>
  withFault({
    on,
    then: { kind: "answer", statusCode, message: `${USERS[0]?.userId ?? ""} is not for you` },
  });
/** Look-ups leave a user out, by the place in the pool. */
const lookUpsMissing = (index: number): EmulatorOptions =>
  withFault({ on: "get-user-batch", ids: [USERS[index]?.userId ?? ""], then: { kind: "omit" } });

/** Two tenants of three users each, of whom one is suspended. */
const TWO_TENANTS: EmulatorOptions = {
  users: [...seedUsers(3, { tenantId: "one" }), ...seedUsers(3, { first: 4, tenantId: "two" })].map(
    (user, index) => (index % 3 === 2 ? { ...user, ...SUSPENSION } : user),
  ),
};

/** A setting that the report asks for. */
interface Advised {
  readonly setting: string;
  readonly value: string;
  readonly reason: string;
}

const NO_SUSPENSION = (reason: string): Advised => ({ setting: "suspend_days", value: "none", reason });

/** A deployment that differs from the documentation, and what it says in place of the documented findings. */
interface Deployment {
  readonly what: string;
  readonly options: EmulatorOptions;
  readonly given?: Partial<ManagementClientOptions>;
  readonly findings: Findings;
  /** Default none. */
  readonly settings?: readonly Advised[];
}

const deployments: readonly Deployment[] = [
  {
    what: "whose clock is ahead of this machine's",
    options: { now: () => Date.now() + 180_000 },
    findings: { access: advice("This machine's clock is 3 minutes behind GenAuth's.") },
  },
  {
    what: "with tenants, of which one is set",
    options: TWO_TENANTS,
    given: { tenantId: "one" },
    findings: {
      list: fine("It holds 3 users."),
      look_ups: fine("Finds 2 users, and nobody else."),
      tenant: fine("Only its users are shown."),
    },
  },
  {
    what: "that ignores the tenant that is set",
    options: { ...TWO_TENANTS, variants: { tenants: "ignored" } },
    given: { tenantId: "one" },
    findings: {
      list: fine("It holds 6 users."),
      look_ups: fine("Finds 4 users, and nobody else."),
      tenant: stop("3 users of another tenant are shown, although a tenant is set."),
    },
  },
  {
    what: "without tenants, although one is set",
    options: { variants: { tenants: "ignored" } },
    given: { tenantId: "one" },
    findings: { tenant: notKnown("One is set, but no user shows its tenant.") },
  },
  {
    what: "that does not let the key ask for one user",
    options: refused(403, "get-user"),
    findings: {
      look_ups: advice(
        "get-user does not say clearly that there is no such user. GenAuth answered with status 403 (request id ",
      ),
    },
  },
  {
    what: "that refuses a look-up with an unknown id",
    options: { variants: { unknownIdsInLookUps: "refuse" } },
    findings: {
      look_ups: advice(
        "Finds 49 users, and nobody else. One unknown id makes GenAuth refuse the whole call.",
      ),
    },
  },
  {
    what: "that refuses a look-up with an unknown id, and does not say alone that it is unknown",
    options: { ...refused(404, "get-user"), variants: { unknownIdsInLookUps: "refuse" } },
    findings: {
      look_ups: stop(
        "GenAuth refuses unknown ids among others, and get-user does not say clearly that there is no such user.",
      ),
    },
  },
  {
    what: "whose look-ups miss a user of the list",
    options: lookUpsMissing(7),
    findings: { look_ups: stop("A look-up misses 1 of 49 users.") },
  },
  {
    what: "that compares e-mail addresses exactly",
    options: { variants: { emailCase: "significant" } },
    findings: { email_case: advice("Look-ups tell upper from lower case.") },
    settings: [
      {
        setting: "user_id_type",
        value: '"user_id" or "external_id"',
        reason: "look-ups by e-mail depend on upper and lower case",
      },
    ],
  },
  {
    what: "behind something that refuses long URLs",
    options: { variants: { longestUrl: 4500 } },
    findings: {
      url_length: advice(
        "A URL with 6000 characters of ids does not pass. Something in front of GenAuth answered with status 414.",
      ),
    },
    settings: [{ setting: "user_id_type", value: '"user_id"', reason: "long URLs do not pass" }],
  },
  {
    what: "behind something that cuts the connection of long URLs",
    options: withFault({ on: "get-user-batch", userIdType: "external_id", then: { kind: "reset" } }),
    findings: { url_length: stop("A URL with 6000 characters of ids does not pass.") },
    settings: [{ setting: "user_id_type", value: '"user_id"', reason: "long URLs do not pass" }],
  },
  {
    what: "whose look-ups do not show identities",
    options: { variants: { identities: "hidden" } },
    findings: { identities: advice("The list shows identities, but look-ups do not.") },
    settings: [
      {
        setting: "user_id_type",
        value: 'neither "identity" nor "sync_relation"',
        reason: "look-ups do not show identities",
      },
      {
        setting: "protected_users",
        value: 'no ids of the types "identity" and "sync_relation"',
        reason: "look-ups do not show identities",
      },
    ],
  },
  {
    what: "that hides suspended users",
    options: { variants: { suspended: "hidden" } },
    findings: { suspended: stop("A look-up misses 2 of 2 users who are not active.") },
    settings: [NO_SUSPENSION("look-ups do not show suspended users")],
  },
  {
    what: "that hides suspended users from the look-up of one",
    options: { variants: { suspended: "hidden_alone" } },
    findings: { suspended: advice("get-user does not show a suspended user, and get-user-batch does.") },
    settings: [NO_SUSPENSION("get-user does not show suspended users")],
  },
  {
    what: "that hides a user who has resigned",
    options: {
      users: SUSPENDED.map((user, index) =>
        index === 55 ? { ...user, ...SUSPENSION, status: "Resigned" } : user,
      ),
      ...lookUpsMissing(55),
    },
    findings: { suspended: stop("A look-up misses 1 of 3 users who are not active.") },
    settings: [NO_SUSPENSION("look-ups do not show suspended users")],
  },
  {
    what: "in which nobody is suspended",
    options: { users: USERS },
    findings: { suspended: notKnown("Nobody is suspended."), status: notKnown("") },
  },
  {
    what: "that does not show since when a user is suspended",
    options: { variants: { statusChangedAt: "hidden" } },
    findings: {
      status: advice("Not as needed: look-ups do not show since when a user is suspended."),
    },
    settings: [NO_SUSPENSION("look-ups do not show since when a user is suspended")],
  },
  {
    what: "that shows no status",
    options: { variants: { hiddenFields: ["status"] } },
    findings: { suspended: notKnown(""), status: advice("No user shows a status.") },
    settings: [NO_SUSPENSION("look-ups do not show the status of users")],
  },
  {
    what: "with more users than a page of the list",
    options: { users: [...SUSPENDED, ...seedUsers(540, { first: 61 })] },
    findings: { list: fine("It holds 600 users.") },
  },
];

test.each(deployments)("a deployment $what", async ({ options, given, findings, settings = [] }) => {
  const report = await examine(options, given);
  expectFindings(report, findings);
  expect(report.settings).toMatchObject(
    settings.map(({ setting, value, reason }) => ({
      setting,
      value,
      reason: expect.stringContaining(reason),
    })),
  );
  // What is not fine says what follows from it.
  const grave = report.questions.filter(({ result }) => result === "advice" || result === "stop");
  expect(grave.filter(({ consequence }) => consequence === "")).toEqual([]);
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
  { serverAheadMs: 400, says: fine("GenAuth accepts them.") },
  { serverAheadMs: -29_000, says: fine("GenAuth accepts them.") },
  { serverAheadMs: 45_000, says: advice("This machine's clock is 45 s behind GenAuth's.") },
  { serverAheadMs: -140_000, says: advice("This machine's clock is 2 minutes ahead of GenAuth's.") },
])("a server whose clock is $serverAheadMs ms ahead is $says.result", ({ serverAheadMs, says }) => {
  expect(checkAccess({ ok: true, value: [], milliseconds: 1, serverAheadMs })).toMatchObject(says);
});
