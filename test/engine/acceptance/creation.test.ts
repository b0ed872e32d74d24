import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { useScenarios, type Scenario } from "../../support/scenario";
import { applySet, check } from "../../support/acceptance/removal-case";

const pool = seedUsers(60);
const emails = pool.map(({ email }) => email ?? "");
const strangers = seedUsers(6, { prefix: "stranger" }).map(({ email }) => email ?? "");

describe.each(engines())("a set gets users on $name", (engine) => {
  const open = useScenarios(engine);

  /** The calls of a run, by name. */
  async function callsOf({ emulator }: Scenario, run: () => Promise<void>): Promise<string[]> {
    const before = emulator.calls.length;
    await run();
    return emulator.calls.slice(before).map(({ path }) => path.split("/").pop() ?? "");
  }

  test("a new set looks up all users at plan and again at apply, and reports users who were never found until they are", async () => {
    const scenario = await open({ emulator: { users: pool } });
    const { workspace, emulator } = scenario;
    const [first = "", second = ""] = strangers;
    workspace.write({ user_id_type: "email", users: [...emails, first, second] });
    const says = ["Warning: 2 of 62 declared users not found in GenAuth", first, second];
    const lookUps = ["get-user-batch", "get-user-batch"];
    expect(
      await callsOf(scenario, async () => check(await workspace.plan("-out=plan"), { code: 2, says })),
    ).toEqual(lookUps);
    // The engine plans again before it applies, in the same process.
    expect(
      await callsOf(scenario, async () => check(await workspace.apply("plan"), { code: 0, says })),
    ).toEqual(lookUps);
    expect(workspace.userSet()?.drift?.missing).toEqual([first, second]);
    check(await workspace.plan(), { code: 0, says: says.slice(0, 1), neverSays: [first] });

    emulator.pool.add({ userId: "f".repeat(24), email: first });
    check(await workspace.apply("-refresh-only"), {
      code: 0,
      says: ["Warning: 1 of 62 declared users not found in GenAuth"],
    });
    emulator.pool.add({ userId: "e".repeat(24), email: second });
    check(await workspace.plan(), { code: 0, neverSays: ["not found in GenAuth"] });
  });

  test("a phone that is declared with and without its country code is told at each plan, with both ids and the user", async () => {
    const [ada] = seedUsers(1);
    const { workspace } = await open({ emulator: { users: pool } });
    const phone = ada?.phone ?? "";
    workspace.write({ user_id_type: "phone", users: [phone, `+86${phone}`] });
    const says = [
      "1 user declared by more than one id",
      `+86${phone} and ${phone}: user ${ada?.userId ?? ""}`,
      "Keep one id of each",
    ];
    check(await workspace.plan("-out=plan"), { code: 2, says });
    check(await workspace.apply("plan"), { code: 0 });
    check(await workspace.plan(), { code: 0, says });

    workspace.write({ user_id_type: "phone", users: [phone] });
    check(await workspace.apply(), {
      code: 0,
      says: ["still declared under another id"],
      neverSays: ["permanently deletes"],
    });
    check(await workspace.plan(), { code: 0, neverSays: ["more than one id"] });

    // Added by an update, the second spelling is told before the apply.
    workspace.write({ user_id_type: "phone", users: [phone, `+86${phone}`] });
    check(await workspace.plan("-out=plan"), { code: 2, says, neverSays: ["in one look-up"] });
    check(await workspace.apply("plan"), { code: 0, neverSays: ["more than one id"] });
  });

  test("none of five users of a new set is found: the plan fails, and names type, pool, and the types by which the ids are found", async () => {
    const scenario = await open({ emulator: { users: pool } });
    const { workspace, emulator } = scenario;
    workspace.write({ user_id_type: "username", users: emails.slice(0, 5) });
    const says = [
      "None of the 5 users of this new set is in GenAuth",
      "of the type username",
      emulator.url,
      emulator.environment().GENAUTH_ACCESS_KEY_ID,
      "As email, 5 of the 5 tried ids are found",
      "allow_missing_users = true",
    ];
    check(await workspace.apply(), { code: 1, says });
    expect(workspace.userSet()).toBeUndefined();

    workspace.write({ user_id_type: "username", users: emails.slice(0, 4) });
    check(await workspace.plan(), {
      code: 2,
      says: ["Warning: 4 of 4 declared users not found in GenAuth"],
    });
  });

  test("a change that only adds users leaves open only who is missing, for nobody else's state can change", async () => {
    const { workspace, emulator } = await open({ emulator: { users: pool } });
    const [here = "", leaving = "", absent = "", coming = ""] = [...emails.slice(2, 4), ...strangers];
    const set = { user_id_type: "email", users: emails.slice(0, 2) };
    await applySet(workspace, set);
    workspace.write({ ...set, users: [...set.users, here, leaving, absent, coming] });
    check(await workspace.plan("-out=plan"), { code: 2 });
    const { resource_changes } = (await workspace.planJson("plan")) as {
      readonly resource_changes: readonly { readonly change: { readonly after_unknown: object } }[];
    };
    expect(resource_changes[0]?.change.after_unknown).toMatchObject({ drift: { missing: true } });
    emulator.pool.remove(pool[3]?.userId ?? "");
    emulator.pool.add({ userId: "f".repeat(24), email: coming });
    check(await workspace.apply("plan"), { code: 0 });
    const missing = [absent, leaving].sort();
    expect(workspace.userSet()?.drift).toEqual({ missing, survivors: [], locked_out: [] });
  });
});
