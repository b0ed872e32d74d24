import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { newFolder } from "../../../support/at-end";
import type { Finished } from "../../../support/engine/child";
import { type Emulator, seedUsers, startEmulator } from "../../../support/emulator";
import { runCommand } from "../../../support/command";

const POOL = seedUsers(60);
const [ada = "", bo = "", chidi = "", dana = "", eve = "", fay = "", gus = ""] = POOL.map(
  ({ email = "" }) => email,
);
const NIA_WHO_IS_NOT_IN_THE_POOL = "nia@example.com";

let folder: string;
let emulator: Emulator;
beforeEach(async () => {
  folder = newFolder();
  emulator = await startEmulator({ users: POOL });
});

function removeFromPool(...emails: readonly string[]): void {
  emulator.pool.remove(
    ...POOL.filter(({ email = "" }) => emails.includes(email)).map(({ userId }) => userId),
  );
}

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  return runCommand(["drift", ...args], { ...emulator.environment(), ...env });
}

function resource(type: string, name: string, values: unknown) {
  return { address: `${type}.${name}`, mode: "managed", type, values };
}

/** A state as Terraform prints it. */
function stateFile(root_module: unknown): string {
  return jsonFile({ format_version: "1.0", values: { root_module } });
}

/** A state with two sets, of which one is a null resource in a module. Dana was removed, but could not be deleted: her set keeps her. */
function state(): string {
  const sets = {
    staff: {
      user_id_type: "email",
      users: {
        [ada]: "Ada",
        [bo]: "Bo",
        [chidi]: "Chidi",
        [dana]: "Dana",
        [NIA_WHO_IS_NOT_IN_THE_POOL]: "Nia",
      },
      drift: { missing: [NIA_WHO_IS_NOT_IN_THE_POOL], survivors: [dana] },
    },
    office: { user_id_type: "email", [`user:${eve}`]: "Eve", [`user:${fay}`]: "Fay" },
  };
  const office = resource("null_resource", "office", { triggers: sets.office });
  return stateFile({
    resources: [
      resource("genauth_user_set", "staff", sets.staff),
      resource("null_resource", "other", { triggers: { version: "1" } }),
    ],
    child_modules: [{ resources: [{ ...office, address: "module.hr.null_resource.office" }] }],
  });
}

function jsonFile(value: unknown): string {
  return textFile(JSON.stringify(value));
}

function textFile(text: string): string {
  const file = join(folder, "some.json");
  writeFileSync(file, text);
  return file;
}

function userFile(...lines: readonly string[]): string {
  const file = join(folder, "staff.csv");
  writeFileSync(file, ["id,label", ...lines].join("\n"));
  return file;
}

function idFile(...ids: readonly string[]): string {
  const file = join(folder, "ids.txt");
  writeFileSync(file, ids.join("\n"));
  return file;
}

test("a state: declared users who are missing, in sets of both resource types, and a removed user who is still there", async () => {
  removeFromPool(bo, fay);
  const { code, stdout, stderr } = await run(["--state", state(), "--format", "json"]);

  expect({ code, stderr }).toEqual({ code: 2, stderr: "" });
  expect(JSON.parse(stdout)).toMatchObject({
    verdict: "drift",
    totals: { declared: 6, missing: 3, survivors: 1, undeclared: 0, unchecked: 0 },
    missing: [
      { set: "genauth_user_set.staff", id: bo, label: "Bo" },
      { set: "genauth_user_set.staff", id: NIA_WHO_IS_NOT_IN_THE_POOL, label: "Nia" },
      { set: "module.hr.null_resource.office", id: fay, label: "Fay" },
    ],
    survivors: [{ set: "genauth_user_set.staff", id: dana, label: "Dana" }],
  });
});

test("a user file: no drift, and then the users of the pool that are in no set", async () => {
  const file = userFile(...POOL.slice(0, 58).map(({ email, name }) => `${email ?? ""},${name ?? ""}`));
  const args = ["--users", file, "--user-id-type", "email", "--format", "text"];
  const clean = await run(args);
  expect(clean).toMatchObject({ code: 0, stderr: "" });
  expect(clean.stdout).toContain(`Checked 58 declared users of ${file} against`);

  const { code, stdout } = await run([...args, "--undeclared"]);
  expect(code).toBe(2);
  expect(stdout).toMatch(/^Drift: 2 users not declared\n/);
  for (const { userId, email, name } of POOL.slice(58))
    expect(stdout).toContain(`${userId}  ${name ?? ""}  ${email ?? ""}`);
  expect(stdout).not.toContain(ada);

  const calm = await run([
    ...args,
    "--undeclared",
    "--ignore",
    idFile(...POOL.slice(58).map(({ userId }) => userId)),
  ]);
  expect(calm.code).toBe(0);
  expect(calm.stdout).toContain(
    "Compared 58 users of the pool: each is declared, or left a set and is not deleted yet.",
  );
});

test("a report in Markdown, the default, names stack and run; its first line lets a pipeline find the stack's comment", async () => {
  const file = userFile(`${ada},Ada`, "gone@example.com,Gone");
  const args = ["--users", file, "--user-id-type", "email", "--stack", "eu"];
  const { stdout } = await run([...args, "--run-url", "https://ci.example.com/runs/7"]);
  expect(stdout.split("\n")[0]).toBe("<!-- cdktf-genauth:drift stack=eu -->");
  expect(stdout).toContain("Stack `eu` · [The run](<https://ci.example.com/runs/7>)");
});

test("--redact shows nobody, and the same hash for the same user and key", async () => {
  const file = userFile(`${ada},Ada`, "gone@example.com,Gone");
  const args = ["--users", file, "--user-id-type", "email", "--redact", "--undeclared", "--format", "json"];
  const [one, again, other] = await Promise.all(
    ["first-secret-key", "first-secret-key", "second-secret-key"].map((key) =>
      run(args, { GENAUTH_REDACT_KEY: key }),
    ),
  );
  expect(one?.code).toBe(2);
  expect(again?.stdout).toBe(one?.stdout);
  expect(other?.stdout).not.toBe(one?.stdout);
  expect(one?.stdout).not.toMatch(/gone@|Gone|user0\d\d@|User 0/);
  expect(await run(args)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("GENAUTH_REDACT_KEY") as unknown,
  });
});

test.each([
  {
    title: "an outage",
    // Users of a refused batch are looked up one by one.
    on: ["get-user-batch", "get-user"] as const,
    says: /60 of 60 users could not be looked up, so there is no report/,
  },
  {
    title: "a failing list of the whole pool",
    on: ["list-users"] as const,
    says: /list page 1 of the users/,
  },
])("$title is an error, not drift", async ({ on, says }) => {
  emulator.faults.add({ on, then: { kind: "answer", statusCode: 503 } });
  const file = userFile(...POOL.map(({ email }) => `${email ?? ""},`));
  const args = ["--users", file, "--user-id-type", "email", "--undeclared"];
  const { code, stdout, stderr } = await run(args, { GENAUTH_MAX_ATTEMPTS: "1" });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(says);
});

test("nobody of a file is in the pool: an error from five users on, unless it is accepted, and drift below", async () => {
  const strangers = ["a", "b", "c", "d", "e"].map((name) => `${name}@example.org,`);
  const check = (users: readonly string[], env = {}) =>
    run(["--users", userFile(...users), "--user-id-type", "email"], env);
  expect(await check(strangers)).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(
      /^error: None of the 5 ids of .*staff\.csv is in the pool at http:\/\/127\.0\.0\.1:\d+: wrong pool, id type or key\? .*GENAUTH_ACCEPT_EMPTY_POOL=1\.\n$/,
    ) as unknown,
  });
  expect(await check(strangers, { GENAUTH_ACCEPT_EMPTY_POOL: "1" })).toMatchObject({ code: 2 });
  expect(await check(strangers.slice(1))).toMatchObject({ code: 2 });
});

test("ids of another type than given: the error names the type by which they are found", async () => {
  const file = userFile("user001,Ada", "user002,Bo", "user003,Chidi");
  expect(await run(["--users", file, "--user-id-type", "external_id"])).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(
      /staff\.csv: no id is found as external_id, but 3 of 3 are found as username\. .* give --user-id-type username\.\n$/,
    ) as unknown,
  });
});

interface FailedCheck {
  readonly what: string;
  /** Called in the test, which has a folder for its files. */
  readonly args: () => readonly string[];
  readonly says: string;
}

describe("a check is an error, and prints no report, with", () => {
  test.each<FailedCheck>([
    {
      what: "neither a state nor a user file",
      args: () => [],
      says: "Give --state FILE for a state, or --users FILE for a user file",
    },
    { what: "an option that it does not have", args: () => ["--text"], says: "unknown option '--text'" },
    {
      what: "a user file without the type of its ids",
      args: () => ["--users", userFile("a,")],
      says: "--user-id-type <type> is missing: one of user_id, phone, email",
    },
    {
      what: "a column that the user file does not have",
      args: () => ["--users", userFile("a,"), "--user-id-type", "user_id", "--id", "email"],
      says: 'there is no column "email". The columns are "id", "label". Name the one to read, such as --id id.',
    },
    {
      what: "an id that is none of its type",
      args: () => ["--users", userFile("not an address,x"), "--user-id-type", "email"],
      says: "The ids are read as email, as --user-id-type says.",
    },
    {
      what: "an id twice",
      args: () => ["--users", userFile("a,", "a,"), "--user-id-type", "user_id"],
      says: 'staff.csv, line 3: "a" is declared already (line 2)',
    },
    {
      what: "two spellings of one id",
      args: () => ["--users", userFile(`${ada},`, `${ada.toUpperCase()},`), "--user-id-type", "email"],
      says: `"${ada.toUpperCase()}" names the same user as "${ada}" (line 2). Keep one of the two.`,
    },
    {
      what: "a label that turns the direction of text",
      args: () => ["--users", userFile(`${ada},A\u202eB`), "--user-id-type", "email"],
      says: "staff.csv, line 2: The label",
    },
    {
      what: "a delimiter that the user file does not use",
      args: () => [
        ...["--users", userFile("a;b"), "--user-id-type", "email"],
        ...["--id", "email", "--delimiter", "|"],
      ],
      says: "line 1: the line is separated by \",\": give --delimiter ','",
    },
    {
      what: "a state that is no JSON",
      args: () => ["--state", userFile("a,")],
      says: "This is not JSON. Give the state's JSON",
    },
    {
      what: "a state behind OpenTofu's warning about TF_CLI_CONFIG_FILE",
      args: () => ["--state", textFile("\nWarning: Unable to open CLI configuration file\n\n{}")],
      says: "This is not JSON. OpenTofu printed a warning with it: it could not open its CLI configuration file.",
    },
    {
      what: "JSON that is no state",
      args: () => ["--state", jsonFile({})],
      says: "This is not a state. Give the state's JSON",
    },
    {
      what: "a state that is not there",
      args: () => ["--state", join(folder, "absent.json")],
      says: "absent.json cannot be read",
    },
    {
      what: "a state and a user file",
      args: () => ["--state", "-", "--users", "x"],
      says: "cannot be used with",
    },
    {
      what: "a state and a column of a user file",
      args: () => ["--state", "-", "--id", "email"],
      says: "'--state <file>' cannot be used with option '--id <column>'",
    },
    {
      what: "a state and an id type",
      args: () => ["--state", "-", "--user-id-type", "email"],
      says: "cannot be used with option '--user-id-type",
    },
    {
      what: "an address that no set of the state has",
      args: () => ["--state", state(), "--set", "staff"],
      says: "No set of the state matches --set staff",
    },
  ])("$what", async ({ args, says }) => {
    const { code, stdout, stderr } = await run(args());
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(says);
  });
});

describe("options that leave something out", () => {
  /** Whom the report names: those who are missing or still there, and those who are in no set. */
  async function reported(...options: readonly string[]) {
    const { stdout } = await run(["--state", state(), "--format", "json", "--undeclared", ...options]);
    const report = JSON.parse(stdout) as Record<"missing" | "survivors", { id: string }[]> & {
      undeclared: { email: string }[];
    };
    return {
      found: [...report.missing, ...report.survivors].map(({ id }) => id),
      undeclared: report.undeclared.map(({ email }) => email),
    };
  }
  const inNoSet = POOL.slice(6).map(({ email }) => email);
  beforeEach(() => removeFromPool(fay));

  test("without them, the report names everybody", async () => {
    expect(await reported()).toEqual({ found: [NIA_WHO_IS_NOT_IN_THE_POOL, fay, dana], undeclared: inNoSet });
  });

  test("--ignore leaves out users of a set by their ids there, and users in no set by any of their ids", async () => {
    const nameOfGus = POOL.find(({ email }) => email === gus)?.username ?? "";
    expect(await reported("--ignore", idFile(NIA_WHO_IS_NOT_IN_THE_POOL, dana, nameOfGus))).toEqual({
      found: [fay],
      undeclared: inNoSet.filter((email) => email !== gus),
    });
  });

  test("--set leaves out the other sets, and their users still count as declared", async () => {
    expect(await reported("--set", "module.hr.*")).toEqual({ found: [fay], undeclared: inNoSet });
  });
});

test("a state of two user pools is compared with one of them at a time", async () => {
  const set = (name: string, id: string, user_pool_name: string) =>
    resource("genauth_user_set", name, { user_id_type: "email", users: { [id]: "" }, user_pool_name });
  const resources = [set("berlin", ada, "eu"), set("austin", "only-there@example.com", "us")];
  const file = stateFile({ resources });
  const refused = await run(["--state", file]);
  expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 1, stdout: "" });
  expect(refused.stderr).toContain("2 user pools: eu, us. One key reads one pool");
  const { code, stdout } = await run(["--state", file, "--user-pool-name", "eu", "--format", "text"]);
  expect(code).toBe(0);
  expect(stdout).toContain("User pool eu");
});
