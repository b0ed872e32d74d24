import { appendFileSync, copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import type { Finished } from "../../support/engine/child";
import {
  type Emulator,
  type EmulatorOptions,
  type FaultRule,
  type PoolUser,
  seedUsers,
  startEmulator,
} from "../../support/emulator";
import { IDS_OF_USER_1 } from "../../support/emulator/seed-ids";
import { runCommand } from "../../support/command";
import { engines, type Engine } from "../../support/engine/engines";
import { useScenarios, type Scenario, type ResourceType } from "../../support/scenario";
import { applySet, check } from "../../support/acceptance/removal-case";
import { systemClock } from "../../../src/timing";

const pool = seedUsers(4).map((user, number) => ({ ...user, customData: { badge: number } }));
const emails = pool.map(({ email }) => email ?? "");
const [ada = "", bob = ""] = emails;
const set = (users: readonly string[]) => ({ users, user_id_type: "email" });

const everyEngine = engines().flatMap((engine) =>
  (["genauth_user_set", "null_resource"] as const).map((resourceType): [string, ResourceType, Engine] => [
    engine.name,
    resourceType,
    engine,
  ]),
);

describe.each(everyEngine)("after a deletion on %s, resource type %s", (_name, resourceType, engine) => {
  const open = useScenarios(engine, resourceType);

  /** Declares four users, and removes two of them in a run with a deletion record. */
  async function removeTwo(): Promise<Scenario> {
    const scenario = await open({ emulator: { users: pool } });
    const { workspace } = scenario;
    workspace.setVariables({ GENAUTH_DELETION_RECORD: join(workspace.folder, "deleted") });
    await applySet(workspace, set(emails));
    workspace.write(set(emails.slice(2)));
    check(await workspace.apply("-backup=before.tfstate"), { code: 0 });
    expect(scenario.emulator.pool.find(ada, "email")).toBeUndefined();
    return scenario;
  }

  test("a reverted commit reports the missing users, and accounts created from the deletion record resolve it", async () => {
    const { emulator, workspace } = await removeTwo();
    await applySet(workspace, set(emails));
    expect(workspace.userSet()?.drift?.missing).toEqual([ada, bob]);

    const record = join(workspace.folder, "deleted");
    check(await restore(emulator, record, ada), { code: 0, says: [`create ${ada}`], neverSays: [bob] });
    expect(emulator.pool.size).toBe(2);
    check(await restore(emulator, record, ada, ...consent(emulator)), {
      code: 0,
      says: [`${ada} created as `],
      neverSays: [bob],
    });
    const [former] = pool;
    const recreated = emulator.pool.find(ada, "email");
    expect(recreated).toEqual({
      ...former,
      userId: recreated?.userId,
      createdAt: recreated?.createdAt,
      identities: former?.identities,
    });
    expect(recreated?.userId).not.toBe(former?.userId);

    check(await workspace.apply(), { code: 0 });
    // The null resource only looks users up when the set changes.
    expect(workspace.userSet()?.drift?.missing).toEqual(
      resourceType === "genauth_user_set" ? [bob] : [ada, bob],
    );

    // A person who is hired again is a new user, who is deleted when the id is removed again.
    workspace.write(set(emails.slice(2)));
    const absent = resourceType === "genauth_user_set" ? "Never found" : "Already gone";
    check(await workspace.apply(), { code: 0, says: ["1 user will be permanently deleted", absent] });
    expect(emulator.pool.find(ada, "email")).toBeUndefined();
    expect(emulator.pool.size).toBe(2);
  });

  // The null resource has no bindings, and finds who has gone as above.
  if (resourceType === "genauth_user_set")
    test("a state restored from a backup plans the same removals, finds the users gone, and deletes nobody", async () => {
      const { emulator, workspace } = await removeTwo();
      emulator.pool.add({ userId: "ffffffffffffffffffffffff", email: ada });
      const restored = join(workspace.folder, "terraform.tfstate");
      copyFileSync(join(workspace.folder, "before.tfstate"), restored);
      check(await workspace.apply(), {
        code: 0,
        says: ["Already gone", bob, "somebody else"],
        neverSays: ["permanently deleted"],
      });
      expect(Object.keys(workspace.userSet()?.users ?? {})).toEqual(emails.slice(2));
      expect(emulator.pool.list().map(({ email }) => email)).toEqual([...emails.slice(2), ada]);
      check(await workspace.plan(), { code: 0 });
    });

  test("a run that cannot write its deletion record deletes nobody", async () => {
    const isProvider = resourceType === "genauth_user_set";
    const { emulator, workspace } = await open({ emulator: { users: pool } });
    const record = join(workspace.folder, "deleted");
    if (!isProvider) workspace.setVariables({ GENAUTH_DELETION_RECORD: record });
    const provider = isProvider ? { deletion_record: record } : {};
    writeFileSync(record, "a file where the folder should be");
    await applySet(workspace, set(emails));
    workspace.write(set(emails.slice(2)), provider);
    check(await workspace.apply(), {
      code: 1,
      says: ["2 of 2 removed users not confirmed gone", `deletion record in ${record} cannot be written`],
    });
    expect(emulator.pool.size).toBe(4);
    expect(workspace.userSet()?.drift?.survivors).toEqual([ada, bob]);
    if (isProvider)
      expect(workspace.userSet()?.removals).toEqual({
        [ada]: "not confirmed gone",
        [bob]: "not confirmed gone",
      });
  });
});

/** Runs `cdktf-genauth restore`, with the variable that consents without a terminal. */
function restore(emulator: Emulator, record: string, ...args: readonly string[]): Promise<Finished> {
  return runCommand(["restore", "--record", record, ...args], {
    ...emulator.environment(),
    ...{ GENAUTH_RESTORE_CONSENT: emulator.accessKeyId, GENAUTH_CONFIRM_SECONDS: "0.2" },
    ...{ GENAUTH_MAX_ATTEMPTS: "1", GENAUTH_REQUESTS_PER_SECOND: "10000" },
  });
}

/** An answer of success that shows nobody. */
const EMPTY = '{"statusCode":200,"message":"","data":[]}';

const consent = ({ accessKeyId }: Emulator) => ["--consent", accessKeyId];

describe("restore", () => {
  // It waits half a minute for an outage to end.
  beforeEach(() => void jest.spyOn(systemClock, "sleep").mockImplementation(() => setImmediate()));
  afterEach(() => void jest.restoreAllMocks());

  /** A pool, and the record of a folder with a line for each of these users. */
  async function openPool(
    users: readonly PoolUser[],
    recorded: readonly PoolUser[],
    options: EmulatorOptions = {},
  ): Promise<{ readonly emulator: Emulator; readonly record: string; readonly file: string }> {
    const emulator = await startEmulator({ users, rateLimit: false, ...options });
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
    const refused = [
      [...consent(emulator).slice(0, 1), "f".repeat(24)],
      ["--consent", emulator.accessKeyId],
    ];
    check(await restore(emulator, record, "--all", ...(refused[0] ?? [])), {
      code: 1,
      says: ["Nothing was changed: --consent is fff"],
    });
    const withoutVariable = await runCommand(
      ["restore", "--record", record, "--all", ...(refused[1] ?? [])],
      emulator.environment(),
    );
    check(withoutVariable, { code: 1, says: ["Without a terminal, GENAUTH_RESTORE_CONSENT must be"] });
    check(await restore(emulator, record), {
      code: 1,
      says: ["name the users to restore by their ids, or give --all"],
    });
    expect(creations(emulator)).toEqual([]);
  });

  test.each(Object.entries(IDS_OF_USER_1).filter(([type]) => type !== "user_id"))(
    "whoever has the recorded %s is there, and is never created",
    async (type) => {
      const [former] = seedUsers(1);
      const { userId: _, identities, ...fields } = former as PoolUser;
      const kept =
        type === "phone"
          ? { phone: fields.phone, phoneCountryCode: fields.phoneCountryCode }
          : type === "identity" || type === "sync_relation"
            ? { identities: identities?.slice(type === "identity" ? 0 : 1) }
            : { [type === "external_id" ? "externalId" : type]: IDS_OF_USER_1[type as "email"] };
      const { emulator, record } = await openPool([{ userId: "c".repeat(24), ...kept }], seedUsers(1));
      check(await restore(emulator, record, "--all", ...consent(emulator)), {
        code: 0,
        says: [`somebody has one of the ids: ${"c".repeat(24)}`, "Nobody is to be created."],
      });
      expect(creations(emulator)).toEqual([]);
    },
  );

  test("a record that a crash cut off loses one line, and a second run creates nobody twice", async () => {
    const people = seedUsers(4);
    const { emulator, record, file } = await openPool(people.slice(0, 1), people);
    writeFileSync(file, readFileSync(file, "utf8").slice(0, -20));
    const all = () => restore(emulator, record, "--all", ...consent(emulator));
    check(await all(), { code: 0, says: ["The last line of", "2 accounts to create"] });
    expect(emailsOf(emulator)).toEqual(people.slice(0, 3).map(({ email }) => email));
    check(await all(), { code: 0, says: ["Nobody is to be created."] });
    expect(emulator.pool.size).toBe(3);
    expect(creations(emulator)).toHaveLength(1);
  });

  test("120 people come back in three calls; of two records of a person, the latest", async () => {
    const people = seedUsers(120);
    const { emulator, record, file } = await openPool([], people);
    const [first] = people;
    appendFileSync(
      file,
      lineOf(emulator, { ...first, userId: "d".repeat(24), name: "Older" }, "2025-01-01T00:00:00.000Z"),
    );
    check(await restore(emulator, record, "--all", ...consent(emulator)), {
      code: 0,
      says: ["a later record has one of the ids", "120 accounts to create"],
    });
    expect(creations(emulator)).toHaveLength(3);
    expect(emulator.pool.find(first?.email ?? "", "email")?.name).toBe("User 001");
    expect(emulator.pool.size).toBe(120);
  });

  test.each<[string, FaultRule, string, number]>([
    [
      "an outage of the look-ups",
      { on: "get-user-batch", then: { kind: "http", status: 503 } },
      "error: ",
      0,
    ],
    [
      "a call whose answer is lost",
      { on: "create-users-batch", then: { kind: "reset", carriedOut: true } },
      "It is not known whether the accounts of this call were created. Run the same command again",
      3,
    ],
    [
      "a success that was none",
      {
        on: "create-users-batch",
        then: { kind: "http", status: 200, body: EMPTY, contentType: "application/json" },
      },
      "3 accounts not there",
      0,
    ],
    [
      "a refusal",
      { on: "create-users-batch", then: { kind: "answer", statusCode: 403, message: "No right" } },
      "3 accounts not there",
      0,
    ],
  ])("%s is never a success, and nobody is created twice", async (_, fault, says, size) => {
    const { emulator, record } = await openPool([], seedUsers(3));
    emulator.faults.add(fault);
    check(await restore(emulator, record, "--all", ...consent(emulator)), { code: 1, says: [says] });
    expect(emulator.pool.size).toBe(size);
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
    const refused = [
      [record, [present, "x@example.com"], "holds nobody with x@example.com. Nobody was created."],
      [
        join(record, "absent"),
        ["--all"],
        "absent cannot be read (ENOENT). Check the path. Nobody was created.",
      ],
      [newFolder(), ["--all"], "holds no deletion record"],
    ] as const;
    for (const [path, args, why] of refused)
      check(await restore(emulator, path, ...args, ...consent(emulator)), { code: 1, says: [why] });
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
