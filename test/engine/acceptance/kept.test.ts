import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import { KEPT_IN_PROCESS, KEPT_ON_ENGINES } from "../../support/acceptance/kept-cases";
import { describeWithNullResource } from "../../support/acceptance/null-resource-case";
import { check, deletionsReceived, runRemovalCase } from "../../support/acceptance/removal-case";

const pool = seedUsers(8);
const emails = pool.map(({ email }) => email ?? "");
const [ada = "", bob = ""] = emails;
const [adaId = "", bobId = ""] = pool.map(({ userId }) => userId);
const setup = { emulator: { users: pool } };
const email = { user_id_type: "email" };

describeWithNullResource("kept, with a reason,", [...KEPT_ON_ENGINES, ...KEPT_IN_PROCESS]);

describe.each(engines())("kept, with a reason, on $name", (engine) => {
  const open = useScenarios(engine);
  test.each(KEPT_ON_ENGINES)("$title", async (story) => runRemovalCase(await open(story.setup), story));

  test("an id that passes to another user while it is declared is reported, and bound to that user at apply", async () => {
    const scenario = await open(setup);
    const { emulator, workspace } = scenario;
    workspace.write({ ...email, users: [ada, bob] });
    check(await scenario.workspace.apply(), { code: 0 });
    emulator.pool.update(adaId, { email: "former@example.com" });
    emulator.pool.add({ userId: "ffffffffffffffffffffffff", email: ada, name: "Ada Two" });

    check(await workspace.plan("-out=plan"), {
      code: 2,
      says: ["somebody else now", adaId, "ffffffffffffffffffffffff"],
    });
    check(await workspace.apply("plan"), { code: 0 });
    check(await workspace.plan(), { code: 0, neverSays: ["somebody else"] });
    workspace.write({ ...email, users: [bob] });
    check(await workspace.apply(), { code: 0, says: ["1 user will be permanently deleted"] });
    expect(deletionsReceived(scenario)).toEqual([[ada]]);
    expect(emulator.pool.find(adaId)).toBeDefined();
  });

  test("a declared user who disappeared is reported, and one who was never found is only counted", async () => {
    const { emulator, workspace } = await open(setup);
    workspace.write({ ...email, users: { [ada]: "Ada", [bob]: "Bob", "soon@example.com": "Soon" } });
    check(await workspace.apply(), { code: 0 });
    expect(workspace.userSet()?.drift).toEqual({
      missing: ["soon@example.com"],
      survivors: [],
      locked_out: [],
    });
    check(await workspace.plan("-refresh-only"), { code: 0 });
    emulator.pool.remove(bobId);
    check(await workspace.plan("-refresh-only"), { code: 2, says: ["1 declared user has vanished"] });
    check(await workspace.plan(), {
      code: 0,
      says: ["1 declared user has vanished", bob],
      neverSays: ["soon@example.com"],
    });
    check(await workspace.apply("-refresh-only"), { code: 0 });
    expect(workspace.userSet()?.drift).toEqual({
      missing: ["soon@example.com", bob].sort(),
      survivors: [],
      locked_out: [],
    });
    expect(workspace.userSet()?.users).toEqual({ [ada]: "Ada", [bob]: "Bob", "soon@example.com": "Soon" });
  });
});
