import { describe, expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { type Scenario, useScenarios } from "../../support/scenario";
import type { StateFile } from "../../support/state-file";
import { check, type ExpectedRun } from "../../support/acceptance/removal-case";

/** Three calls for all users, so that one page of the archive is worth reading. */
const users = seedUsers(150).map((user) => ({ ...user, tenantId: "emea" }));
const [ada = "", bob = "", eve = ""] = users.map(({ email }) => email);
const staff = { users: users.map(({ email }) => email ?? ""), user_id_type: "email" };
const incremental = { refresh: "incremental" };

const setup = { emulator: { users } };

/** The calls of a full refresh, and of an incremental one with this many look-ups. */
const full = ["get-user-batch 50", "get-user-batch 50", "get-user-batch 50"];
const looksUp = (count: number) => ["list-archived-users", ...(count > 0 ? [`get-user-batch ${count}`] : [])];

/** Runs the engine's `refresh`, and returns its calls. */
async function refresh({ emulator, workspace }: Scenario, expected: ExpectedRun = { code: 0 }) {
  const before = emulator.calls.length;
  check(await workspace.run("refresh"), expected);
  return emulator.calls
    .slice(before)
    .map(({ path, ids }) => [path.split("/").pop(), ...(ids.length > 0 ? [ids.length] : [])].join(" "));
}

interface Head {
  readonly checkpoint: { full: number; since: number };
}

/** Splits a set's private data into JSON and bindings. */
function privateParts(state: StateFile): { head: Head; bindings: Buffer } {
  const bytes = Buffer.from(state.resources[0]?.instances[0]?.private ?? "", "base64");
  const end = bytes.indexOf("\n");
  return { head: JSON.parse(bytes.toString("utf8", 0, end)) as Head, bindings: bytes.subarray(end) };
}

/** Changes the set's checkpoint in the state file. */
function editCheckpoint({ workspace }: Scenario, change: (checkpoint: Head["checkpoint"]) => void): void {
  const state = workspace.state();
  const { head, bindings } = privateParts(state);
  change(head.checkpoint);
  const edited = Buffer.concat([Buffer.from(JSON.stringify(head)), bindings]).toString("base64");
  const [instance] = state.resources[0]?.instances ?? [];
  const text = JSON.stringify(state).replace(instance?.private ?? "", edited);
  workspace.writeFiles({ "terraform.tfstate": text });
}

describe.each(engines())("an incremental refresh on $name", (engine) => {
  const open = useScenarios(engine);

  test("reads who was deleted, and looks up only those and the missing users", async () => {
    const scenario = await open(setup);
    const { emulator, workspace } = scenario;
    const drift = () => workspace.userSet()?.drift?.missing;
    workspace.write(staff, incremental);
    check(await workspace.apply(), { code: 0 });

    const before = emulator.calls.length;
    check(await workspace.plan(), { code: 0, says: ["No changes"] });
    expect(emulator.calls.slice(before).map(({ path }) => path)).toEqual(["/api/v3/list-archived-users"]);
    const stateFile = () => readFileSync(join(workspace.folder, "terraform.tfstate"), "utf8");
    const written = stateFile();
    expect(await refresh(scenario)).toEqual(looksUp(0));
    // An advanced checkpoint would write the state without need.
    expect(stateFile()).toBe(written);

    emulator.pool.remove(users[0]?.userId ?? "");
    expect(await refresh(scenario, { code: 0, says: ["1 declared user has vanished", ada] })).toEqual(
      looksUp(1),
    );
    expect(drift()).toEqual([ada]);

    emulator.pool.add({ userId: "f".repeat(24), email: ada, tenantId: "emea" });
    expect(await refresh(scenario, { code: 0, says: ["1 declared id means somebody else now"] })).toEqual(
      looksUp(1),
    );
    expect(drift()).toEqual([]);
    check(await workspace.apply(), { code: 0 });

    // Not a deletion, so it is not in the archive. This is why the default is a full refresh.
    emulator.pool.update(users[1]?.userId ?? "", { email: "bobby@example.com" });
    expect(await refresh(scenario, { code: 0, neverSays: ["vanished", bob] })).toEqual(looksUp(0));
    expect(drift()).toEqual([]);
    workspace.write(staff, { ...incremental, full_refresh_hours: 0 });
    expect(await refresh(scenario, { code: 0, says: ["1 declared user has vanished", bob] })).toEqual(full);
    expect(drift()).toEqual([bob]);
  });

  test("goes on with another key of the same pool, as pipelines plan and apply with two", async () => {
    const scenario = await open(setup);
    const { emulator, workspace } = scenario;
    const { accessKeyId, accessKeySecret } = emulator.readKey;
    const readKey = { ...incremental, access_key_id: accessKeyId, access_key_secret: accessKeySecret };
    // One call shows that the other key reaches the same pool.
    const withOtherKey = ["get-user-batch 50", ...looksUp(0)];
    workspace.write(staff, readKey);
    check(await workspace.apply(), { code: 0 });
    expect(await refresh(scenario)).toEqual(looksUp(0));

    const left = { ...staff, users: staff.users.slice(1) };
    workspace.write(left, incremental);
    check(await workspace.apply(), { code: 0 });
    expect(emulator.pool.size).toBe(149);
    expect(await refresh(scenario)).toEqual(withOtherKey);
    workspace.write(left, readKey);
    expect(await refresh(scenario)).toEqual(looksUp(0));

    // As with the key of another pool: it finds nobody, so the earlier check is not trusted.
    emulator.pool.remove(...users.slice(1).map(({ userId }) => userId));
    workspace.write(left, incremental);
    const wrongPool = { code: 1, says: ["None of the users is in this pool"] };
    const others = [50, 50, 49].map((ids) => `get-user-batch ${ids}`);
    // The look-ups after the first go out together.
    const [first, ...rest] = await refresh(scenario, wrongPool);
    expect([first, ...rest.sort()]).toEqual(["get-user-batch 50", ...others.sort()]);
  });

  test("looks up all users whenever the archive is not enough", async () => {
    const scenario = await open(setup);
    const { emulator, workspace } = scenario;
    workspace.write(staff, incremental);
    check(await workspace.apply(), { code: 0 });
    expect(await refresh(scenario)).toEqual(looksUp(0));

    const refused = emulator.faults.add({
      on: "list-archived-users",
      then: { kind: "answer", statusCode: 403 },
    });
    expect(await refresh(scenario)).toEqual(["list-archived-users", ...full]);
    refused.remove();

    editCheckpoint(scenario, (checkpoint) => (checkpoint.full -= 24 * 3600));
    expect(await refresh(scenario)).toEqual(full);
    expect(await refresh(scenario)).toEqual(looksUp(0));

    editCheckpoint(scenario, (checkpoint) => (checkpoint.since += 3600));
    expect(await refresh(scenario)).toEqual(full);

    workspace.write(staff, { ...incremental, tenant_id: "emea" });
    expect(await refresh(scenario)).toEqual(full);

    const others = Array.from({ length: 51 }, (_, index) => `other${index}`);
    emulator.pool.add(...others.map((userId) => ({ userId })));
    emulator.pool.remove(...others);
    expect(await refresh(scenario)).toEqual(["list-archived-users", ...full]);

    workspace.write(staff, { tenant_id: "emea" });
    expect(await refresh(scenario)).toEqual(full);
    expect(privateParts(workspace.state()).head).not.toHaveProperty("checkpoint");
  });

  test("removed users are looked up and deleted as with a full refresh, and added users are bound", async () => {
    const scenario = await open(setup);
    const { emulator, workspace } = scenario;
    const [, ...others] = staff.users;
    workspace.write({ ...staff, users: others }, incremental);
    check(await workspace.apply(), { code: 0 });
    emulator.pool.update(users[2]?.userId ?? "", { email: "evelyn@example.com" });
    workspace.write({ ...staff, users: staff.users.filter((id) => id !== bob && id !== eve) }, incremental);
    check(await workspace.plan("-out=plan"), {
      code: 2,
      says: ["1 user will be permanently deleted", bob, eve],
    });
    check(await workspace.apply("plan"), { code: 0 });
    expect(emulator.pool.size).toBe(149);
    expect(emulator.pool.find(bob, "email")).toBeUndefined();
    expect(await refresh(scenario)).toEqual(looksUp(0));
  });
});
