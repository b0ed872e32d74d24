import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { runChild } from "../../support/engine/child";
import { cleanEnvironment } from "../../support/engine/clean-environment";
import { type Emulator, seedUsers, startEmulator } from "../../support/emulator";
import { IDS_OF_USER_1 } from "../../support/emulator/seed-ids";
import { engines, type Engine } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import { applySet, check } from "../../support/acceptance/removal-case";
import { runCommand } from "../../support/command";
import { programPath } from "../../support/provider-form";
import { newFolder } from "../../support/at-end";

const pool = seedUsers(6).map((user) => ({ ...user, statusChangedAt: "2026-11-01T08:00:00.000Z" }));
const [ada = "", bob = "", eve = "", dan = ""] = pool.map(({ email }) => email ?? "");
const [adaId = ""] = pool.map(({ userId }) => userId);

const show = (emulator: Emulator, id: string, ...args: readonly string[]) =>
  runCommand(["show", id, ...args], emulator.environment());

const changes = (emulator: Emulator) =>
  emulator.calls.filter(({ path }) => /delete|update|create/.test(path));

describe.each(Object.entries(IDS_OF_USER_1))("by a %s", (type, id) => {
  test("it finds the user, who has all the other ids, too", async () => {
    const emulator = await startEmulator({ users: pool });
    const { code, stdout } = await show(emulator, id, "--format", "json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      kind: "person",
      id,
      people: [
        {
          user_id: adaId,
          found_as: [type],
          ids: expect.arrayContaining([{ user_id_type: type, id }]),
          name: "User 001",
          status: "Activated",
          status_since: "2026-11-01T08:00:00.000Z",
        },
      ],
      not_known: [],
    });
    expect(changes(emulator)).toEqual([]);
  });
});

test("a phone that is copied with blanks and hyphens finds the user", async () => {
  const emulator = await startEmulator({ users: pool });
  const { code, stdout } = await show(emulator, "+86 138-0000-0001");
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("found as phone") });
});

test("an id of two people names both", async () => {
  const twin = { ...pool[1], username: "13800000001" };
  const emulator = await startEmulator({ users: [...pool.slice(0, 1), { userId: "f".repeat(24), ...twin }] });
  const { people } = JSON.parse((await show(emulator, "13800000001", "--format", "json")).stdout) as {
    people: { found_as: string[] }[];
  };
  expect(people.map(({ found_as }) => found_as)).toEqual([["phone"], ["username"]]);
});

test("nobody is told with exit code 1; no answer is an error, and never nobody", async () => {
  const emulator = await startEmulator({ users: pool });
  const nobody = await show(emulator, "nobody@example.com");
  check(nobody, {
    code: 1,
    says: ["nobody@example.com is not in the pool", "nobody has it as email, username, external_id."],
  });
  emulator.faults.add({ on: "get-user-batch", userIdType: "username", then: { kind: "http", status: 503 } });
  const outage = await runCommand(["show", "nobody@example.com"], {
    ...emulator.environment(),
    GENAUTH_MAX_ATTEMPTS: "1",
  });
  check(outage, {
    code: 1,
    says: ["It is not known whether the pool", "as username, external_id"],
    neverSays: ["is not in"],
  });
  const found = await runCommand(["show", ada], { ...emulator.environment(), GENAUTH_MAX_ATTEMPTS: "1" });
  check(found, {
    code: 0,
    says: ["found as email", "Not known: whether somebody has it as external_id."],
  });
  // The outage was met once by each command, and the next type not asked for.
  expect(emulator.calls.filter(({ userIdType }) => userIdType === "external_id")).toHaveLength(1);
  check(await show(emulator, ""), { code: 1, says: ["error:"] });
});

describe.each(engines().map((engine): [string, Engine] => [engine.name, engine]))("with %s", (_, engine) => {
  const open = useScenarios(engine);

  test("it says how the sets of a state stand to somebody", async () => {
    const { emulator, workspace } = await open({ emulator: { users: pool } });
    const set = { user_id_type: "email", suspend_days: 14 };
    await applySet(workspace, { ...set, users: { [ada]: "Ada", [bob]: "Bob", [eve]: "Eve", [dan]: "Dan" } });
    const without = { ...set, users: { [eve]: "Eve", [dan]: "Dan" }, retained_ids: [bob] };
    await applySet(workspace, without);

    const file = join(newFolder(), "protected.json");
    writeFileSync(file, '{"email":["*@example.com"]}');
    const environment = { ...emulator.environment(), GENAUTH_PROTECTED_USERS_FILE: file };
    const json = join(workspace.folder, "state.json");
    const saveState = async () => writeFileSync(json, (await workspace.run("show", "-json")).stdout);
    const say = async (id: string) => {
      const { code, stdout, stderr } = await runCommand(["show", id, "--state", json], environment);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      return stdout;
    };
    // A state of the engine is read in its folder.
    const line = [programPath("cdktf-genauth"), "show", adaId, "--state", "terraform.tfstate"];
    const { stdout: left } = await runChild(process.execPath, line, {
      cwd: workspace.folder,
      env: cleanEnvironment("", { ...environment, TERRAFORM_BINARY_NAME: engine.path }),
    });
    await saveState();
    expect(left).toBe(await say(adaId));
    expect(left).toMatch(/status +Suspended, since \d{4}-/);
    expect(left).toMatch(
      /^genauth_user_set\.staff: suspended the user, who waits for the deletion, as email user001@example\.com \(until \d{4}-\d\d-\d\dT/m,
    );
    expect(left).toContain("Protected: GENAUTH_PROTECTED_USERS_FILE names *@example.com (email)");
    expect(await say(bob)).toContain("genauth_user_set.staff: keeps the user: retained_ids");
    expect(await say("user003")).toContain(
      "genauth_user_set.staff: declares the user, as email user003@example.com (Eve)",
    );

    expect(await say("user006")).toContain("No set of this state declares, keeps or has suspended the user.");

    // Declared again, and not reactivated, because the apply fails.
    emulator.faults.add({ on: "update-user-batch", then: { kind: "http", status: 403 } });
    workspace.write({ ...without, users: { ...without.users, [ada]: "Ada" } });
    check(await workspace.apply(), { code: 1, says: [ada] });
    await saveState();
    expect(await say(ada)).toMatch(
      /: declares the user, .*\(Ada\)\n.*: suspended the user, who is declared again and waits for no deletion, as/,
    );
  }, 120_000);
});
