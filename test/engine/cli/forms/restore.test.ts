import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { newFolder } from "../../../support/at-end";
import {
  type Emulator,
  type FaultRule,
  type PoolUser,
  seedUsers,
  startEmulator,
} from "../../../support/emulator";
import { runCommand } from "../../../support/command";
import { check } from "../../../support/acceptance/removal-case";
import { consent, restore } from "../../../support/service/restore";
import { systemClock } from "../../../../src/timing";

/** An answer of success that shows nobody. */
const EMPTY = '{"statusCode":200,"message":"","data":[]}';

describe("restore", () => {
  // It waits half a minute for an outage to end.
  beforeEach(() => void jest.spyOn(systemClock, "sleep").mockImplementation(() => setImmediate()));
  afterEach(() => void jest.restoreAllMocks());

  /** A pool, and the record of a folder with a line for each of these users. */
  async function openPool(
    users: readonly PoolUser[],
    recorded: readonly PoolUser[],
  ): Promise<{ readonly emulator: Emulator; readonly record: string; readonly file: string }> {
    const emulator = await startEmulator({ users, rateLimit: false });
    const record = newFolder();
    const file = join(record, "deleted-users-20261125T140000.000Z-1f2e3d4c.jsonl");
    writeFileSync(file, recorded.map((user) => lineOf(emulator, user)).join(""));
    return { emulator, record, file };
  }

  function lineOf({ url }: Emulator, user: PoolUser, recordedAt = "2026-11-25T14:00:00.000Z"): string {
    const { email: id, name: label } = user;
    return `${JSON.stringify({ recordedAt, host: url, id, userIdType: "email", label, user })}\n`;
  }

  const emailsOf = ({ pool: users }: Emulator) => users.list().map(({ email }) => email);
  const creations = ({ calls }: Emulator) => calls.filter(({ path }) => path.includes("create-users"));

  test("without consent it says whom it would create and what does not come back, and changes nothing", async () => {
    const people = seedUsers(3);
    const { emulator, record } = await openPool(people.slice(0, 1), [
      { ...people[0], userId: "a".repeat(24) },
      { ...people[1], userId: "b".repeat(24), status: "Suspended" },
    ]);
    const [first = "", second = ""] = people.map(({ email }) => email);
    const dry = await restore(emulator, record, "--all");
    check(dry, {
      code: 0,
      says: [
        `skip ${first} somebody has one of the ids: ${people[0]?.userId ?? ""}`,
        `create ${second} User 002, recorded 2026-11-25T14:00:00.000Z, Suspended: cannot log in`,
        "1 account to create",
        "password, second factors",
        `Nobody was created. To create them, add --consent ${emulator.accessKeyId}.`,
      ],
    });
    check(await restore(emulator, record, "--all", "--consent", "f".repeat(24)), {
      code: 1,
      says: ["Nothing was changed: --consent is fff"],
    });
    const withoutVariable = await runCommand(
      ["restore", "--record", record, "--all", ...consent(emulator)],
      emulator.environment(),
    );
    check(withoutVariable, { code: 1, says: ["Without a terminal, GENAUTH_RESTORE_CONSENT must be"] });
    check(await restore(emulator, record), {
      code: 1,
      says: ["name the users to restore by their ids, or give --all"],
    });
    expect(creations(emulator)).toEqual([]);
  });

  const [former = { userId: "" }]: readonly PoolUser[] = seedUsers(1);

  test.each<{ readonly type: string; readonly kept: Partial<PoolUser> }>([
    { type: "phone", kept: { phone: former.phone, phoneCountryCode: former.phoneCountryCode } },
    { type: "email", kept: { email: former.email } },
    { type: "username", kept: { username: former.username } },
    { type: "external_id", kept: { externalId: former.externalId } },
    { type: "identity", kept: { identities: former.identities?.slice(0, 1) } },
    { type: "sync_relation", kept: { identities: former.identities?.slice(1) } },
  ])("somebody who has the recorded $type is there, and is never created", async ({ kept }) => {
    const somebody = { userId: "c".repeat(24), ...kept };
    const { emulator, record } = await openPool([somebody], [former]);
    check(await restore(emulator, record, "--all", ...consent(emulator)), {
      code: 0,
      says: [`somebody has one of the ids: ${somebody.userId}`, "Nobody is to be created."],
    });
    expect(creations(emulator)).toEqual([]);
  });

  test("a record that a crash cut off loses one line, and a second run creates nobody twice", async () => {
    const people = seedUsers(4);
    const { emulator, record, file } = await openPool(people.slice(0, 1), people);
    writeFileSync(file, readFileSync(file, "utf8").slice(0, -20));
    const all = () => restore(emulator, record, "--all", ...consent(emulator));
    check(await all(), {
      code: 0,
      says: [
        /^warning: The last line of \S+ is cut off, and was left out\. If a crash of the apply did that, its user was not deleted\./,
        "2 accounts to create",
      ],
    });
    expect(emailsOf(emulator)).toEqual(people.slice(0, 3).map(({ email }) => email));
    check(await all(), { code: 0, says: ["Nobody is to be created."] });
    expect(emulator.pool.size).toBe(3);
    expect(creations(emulator)).toHaveLength(1);
  });

  test("a last line without a newline, and blank lines, as an editor leaves them, lose nobody", async () => {
    const people = seedUsers(2);
    const { emulator, record, file } = await openPool([], people);
    writeFileSync(file, readFileSync(file, "utf8").replace("\n", "\n\n").trimEnd());
    const restored = await restore(emulator, record, "--all", ...consent(emulator));
    check(restored, { code: 0, says: ["2 accounts to create"] });
    expect(restored.stderr).toBe("");
    expect(emailsOf(emulator)).toEqual(people.map(({ email }) => email));
    appendFileSync(file, "\n\n");
    check(await restore(emulator, record, "--all"), { code: 0, says: ["Nobody is to be created."] });
  });

  test("51 people come back in two calls; of two records of a person, the latest", async () => {
    const people = seedUsers(51);
    const { emulator, record, file } = await openPool([], people);
    const [first] = people;
    appendFileSync(
      file,
      lineOf(emulator, { ...first, userId: "d".repeat(24), name: "Older" }, "2025-01-01T00:00:00.000Z"),
    );
    check(await restore(emulator, record, "--all", ...consent(emulator)), {
      code: 0,
      says: ["a later record has one of the ids", "51 accounts to create"],
    });
    expect(creations(emulator)).toHaveLength(2);
    expect(emulator.pool.find(first?.email ?? "", "email")?.name).toBe("User 001");
    expect(emulator.pool.size).toBe(51);
  });

  test("of two records of a person who got other ids between them, only the latest is created", async () => {
    const [person = { userId: "" }] = seedUsers(1);
    const { emulator, record, file } = await openPool([], [person]);
    const earlier = { userId: person.userId, email: "former@example.com" };
    appendFileSync(file, lineOf(emulator, earlier, "2025-01-01T00:00:00.000Z"));
    check(await restore(emulator, record, "--all", ...consent(emulator)), {
      code: 0,
      says: ["a later record has one of the ids", "1 account to create"],
    });
    expect(emailsOf(emulator)).toEqual([person.email]);
  });

  test("a person who is named by the id of an earlier record is not created, and the later id is told", async () => {
    const [person = { userId: "" }] = seedUsers(1);
    const { emulator, record, file } = await openPool([], [person]);
    const earlier = { userId: person.userId, email: "former@example.com" };
    appendFileSync(file, lineOf(emulator, earlier, "2025-01-01T00:00:00.000Z"));
    check(await restore(emulator, record, "former@example.com", ...consent(emulator)), {
      code: 1,
      says: [
        `skip former@example.com a later record has one of the ids: ${person.email ?? ""}`,
        "former@example.com is not restored. The lines above say why. Nobody was created.",
      ],
    });
    expect(emulator.pool.size).toBe(0);
    // This id is in both records.
    check(await restore(emulator, record, person.userId, ...consent(emulator)), { code: 0 });
    expect(emailsOf(emulator)).toEqual([person.email]);
  });

  test("with somebody who is named and skipped, nobody is created; who is there already needs nothing", async () => {
    const people = seedUsers(3);
    const [present = "", absent = "", elsewhere = ""] = people.map(({ email }) => email);
    const { emulator, record, file } = await openPool(people.slice(0, 1), people.slice(0, 2));
    appendFileSync(file, lineOf({ ...emulator, url: "https://other.example" }, people[2] as PoolUser));
    const restoreNamed = (...ids: readonly string[]) =>
      restore(emulator, record, ...ids, ...consent(emulator));
    check(await restoreNamed(absent, elsewhere), {
      code: 1,
      says: [
        `skip ${elsewhere} was recorded at another host`,
        `${elsewhere} is not restored. The lines above say why. Nobody was created.`,
      ],
    });
    expect(creations(emulator)).toEqual([]);
    check(await restoreNamed(present, absent), { code: 0, says: ["1 account to create"] });
    check(await restoreNamed(present, absent), { code: 0, says: ["Nobody is to be created."] });
    expect(emulator.pool.size).toBe(2);
  });

  /** What goes wrong once, and what there is after the run that met it. */
  interface Mishap {
    readonly what: string;
    readonly fault: FaultRule;
    readonly says: string;
    readonly created: number;
  }

  test.each<Mishap>([
    {
      what: "an outage of the look-ups",
      fault: { on: "get-user-batch", then: { kind: "http", status: 503 } },
      says: "error: ",
      created: 0,
    },
    {
      what: "a call whose answer is lost",
      fault: { on: "create-users-batch", then: { kind: "reset", carriedOut: true } },
      says: "It is not known whether the accounts of this call were created. Run the same command again",
      created: 3,
    },
    {
      what: "a success that was none",
      fault: {
        on: "create-users-batch",
        then: { kind: "http", status: 200, body: EMPTY, contentType: "application/json" },
      },
      says: "3 accounts not there",
      created: 0,
    },
    {
      what: "a refusal",
      fault: {
        on: "create-users-batch",
        then: { kind: "answer", statusCode: 403, message: "No right" },
      },
      says: "3 accounts not there",
      created: 0,
    },
  ])("$what is never a success, and nobody is created twice", async ({ fault, says, created }) => {
    const { emulator, record } = await openPool([], seedUsers(3));
    emulator.faults.add(fault);
    check(await restore(emulator, record, "--all", ...consent(emulator)), { code: 1, says: [says] });
    expect(emulator.pool.size).toBe(created);
    emulator.faults.clear();
    check(await restore(emulator, record, "--all", ...consent(emulator)), { code: 0 });
    expect(emulator.pool.size).toBe(3);
  });

  test("one whom GenAuth refuses stops nobody else", async () => {
    const people = seedUsers(3);
    const { emulator, record } = await openPool(
      [],
      people.map((user, at) => (at === 1 ? { ...user, email: "no address" } : user)),
    );
    check(await restore(emulator, record, "--all", ...consent(emulator)), {
      code: 1,
      says: ["no address not created: ", "1 account not there"],
    });
    expect(emulator.pool.size).toBe(2);
  });

  test("ids, files and lines that are no record are refused, and so is another host", async () => {
    const people = seedUsers(2);
    const { emulator, record, file } = await openPool([], people);
    appendFileSync(
      file,
      `${JSON.stringify({ recordedAt: "", host: emulator.url, id: "x@example.com", userIdType: "email", statusBefore: "Activated" })}\n`,
    );
    const [present = ""] = people.map(({ email }) => email);
    const restoreFrom = (path: string, ...ids: readonly string[]) =>
      restore(emulator, path, ...ids, ...consent(emulator));
    check(await restoreFrom(record, present, "x@example.com"), {
      code: 1,
      says: ["holds nobody with x@example.com. Nobody was created."],
    });
    check(await restoreFrom(join(record, "absent"), "--all"), {
      code: 1,
      says: ["absent cannot be read (ENOENT). Check the path. Nobody was created."],
    });
    check(await restoreFrom(newFolder(), "--all"), { code: 1, says: ["holds no deletion record"] });
    appendFileSync(file, "not a record\n");
    check(await restore(emulator, record, "--all", ...consent(emulator)), {
      code: 1,
      says: [/jsonl, line 4: this is no line of a deletion record\. Nobody was created\./],
    });
    const other = await startEmulator({ users: [] });
    writeFileSync(file, lineOf(emulator, people[0] as PoolUser));
    check(await restore(other, record, "--all", ...consent(other)), {
      code: 0,
      says: ["was recorded at another host", "Nobody is to be created."],
    });
    expect([...creations(emulator), ...creations(other)]).toEqual([]);
  });
});
