import { copyFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { runChild } from "../../support/engine/child";
import { cleanEnvironment } from "../../support/engine/clean-environment";
import { seedUsers, startEmulator } from "../../support/emulator";
import { engines, type Engine } from "../../support/engine/engines";
import { useScenarios, type Scenario, type ResourceType } from "../../support/scenario";
import { applySet, check } from "../../support/acceptance/removal-case";

const CREATE_USERS = join(__dirname, "../../../examples/recovery/create-users.mjs");
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

    const [record = ""] = readdirSync(join(workspace.folder, "deleted"));
    const recovery = await runChild(
      process.execPath,
      [CREATE_USERS, join(workspace.folder, "deleted", record), ada],
      { cwd: workspace.folder, env: cleanEnvironment("", emulator.environment()) },
    );
    check(recovery, { code: 0, says: [ada], neverSays: [bob] });
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

  // The null resource has no bindings, as its guide says.
  const rehired = resourceType === "genauth_user_set" ? [ada] : [];

  test("a state restored from a backup plans the same removals, finds the users gone, and deletes nobody", async () => {
    const { emulator, workspace } = await removeTwo();
    for (const email of rehired) emulator.pool.add({ userId: "ffffffffffffffffffffffff", email });
    const restored = join(workspace.folder, "terraform.tfstate");
    copyFileSync(join(workspace.folder, "before.tfstate"), restored);
    check(await workspace.apply(), {
      code: 0,
      says: ["Already gone", bob, ...(rehired.length > 0 ? ["somebody else"] : [])],
      neverSays: ["permanently deleted"],
    });
    expect(Object.keys(workspace.userSet()?.users ?? {})).toEqual(emails.slice(2));
    expect(emulator.pool.list().map(({ email }) => email)).toEqual([...emails.slice(2), ...rehired]);
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

test("from a deletion record that a crash truncated, absent users are created again, even in a second run", async () => {
  const people = seedUsers(4);
  const [survivor, second] = people;
  const emulator = await startEmulator({ users: survivor ? [survivor] : [], rateLimit: false });
  const folder = newFolder();
  const lines = people.map((user) => JSON.stringify({ id: user.email, userIdType: "email", user }));
  const record = join(folder, "record.jsonl");
  writeFileSync(record, lines.join("\n").slice(0, -20));
  const createAll = () =>
    runChild(process.execPath, [CREATE_USERS, record], {
      cwd: folder,
      env: cleanEnvironment("", emulator.environment()),
    });
  check(await createAll(), {
    code: 0,
    says: ["The last line is cut off", `${survivor?.email ?? ""} is there already`],
    neverSays: [`${second?.email ?? ""} is there already`, "SyntaxError"],
  });
  expect(emulator.pool.list().map(({ email }) => email)).toEqual(
    people.slice(0, -1).map(({ email }) => email),
  );
  check(await createAll(), { code: 0, says: [`${second?.email ?? ""} is there already`] });
  expect(emulator.pool.size).toBe(3);
});

test("without the SDK, it says how to install it", async () => {
  const folder = newFolder();
  const script = join(folder, "create-users.mjs");
  copyFileSync(CREATE_USERS, script);
  writeFileSync(join(folder, "record.jsonl"), '{"id":"a@example.com","userIdType":"email","user":{}}\n');
  const key = { GENAUTH_ACCESS_KEY_ID: "a".repeat(24), GENAUTH_ACCESS_KEY_SECRET: "b".repeat(32) };
  const run = { cwd: folder, env: cleanEnvironment("", key) };
  const { code, stderr } = await runChild(process.execPath, [script, "record.jsonl"], run);
  expect([code, stderr]).toEqual([
    2,
    "The SDK is not installed here. Run npm install authing-node-sdk@4 in this folder first. Nobody was created.\n",
  ]);
});

test("ids and files that are not there are refused with exit code 2, and nobody is created", async () => {
  const people = seedUsers(2);
  const [present = ""] = people.map(({ email }) => email);
  const emulator = await startEmulator({ users: [], rateLimit: false });
  const folder = newFolder();
  const records = [
    ...people.map((user) => ({ id: user.email, userIdType: "email", user })),
    { id: "other@example.com", userIdType: "email", deletedInstead: true },
  ];
  writeFileSync(join(folder, "record.jsonl"), records.map((line) => `${JSON.stringify(line)}\n`).join(""));
  writeFileSync(join(folder, "broken.jsonl"), `${JSON.stringify(records[0])}\nnot a record\n`);
  const create = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await runChild(process.execPath, [CREATE_USERS, ...args], {
      cwd: folder,
      env: cleanEnvironment("", emulator.environment()),
    });
    return [code, stdout, stderr];
  };
  const refused = (reason: string) => [2, "", `${reason} Nobody was created.\n`];

  expect(await create("record.jsonl", present, "nobody@example.com", "other@example.com")).toEqual(
    refused("record.jsonl has no user with these ids: nobody@example.com, other@example.com."),
  );
  expect(await create("absent.jsonl")).toEqual(
    refused("absent.jsonl cannot be read: ENOENT: no such file or directory, open 'absent.jsonl'."),
  );
  expect(await create("broken.jsonl")).toEqual(refused("broken.jsonl, line 2: this is not a record."));
  expect(emulator.pool.size).toBe(0);
});
