import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../src/emulator";
import { check, deletionsReceived } from "../acceptance/support/removal-case";
import { engines } from "../support/engine";
import { useScenarios } from "../support/scenario";

const pool = seedUsers(3);
const [ada = "", bob = "", eve = ""] = pool.map(({ email }) => email ?? "");

describe.each(engines())("a removal with the null provider on $name", (engine) => {
  const open = useScenarios(engine, "null_resource");

  test("one of three leaves: the plan shows the line, the apply deletes and reports", async () => {
    const scenario = await open({ emulator: { users: pool } });
    const { workspace } = scenario;
    workspace.write({ users: { [ada]: "Ada", [bob]: "Bob", [eve]: "Eve" }, user_id_type: "email" });
    check(await workspace.apply(), { code: 0 });
    workspace.write({ users: { [bob]: "Bob", [eve]: "Eve" }, user_id_type: "email" });
    check(await workspace.plan("-out=plan"), {
      code: 2,
      says: ["must be replaced", "forces replacement", `- "user:${ada}" = "Ada" -> null`],
    });
    const applied = await workspace.apply("plan");
    check(applied, {
      code: 0,
      says: ["1 user will be permanently deleted from GenAuth in 1 call", "1 of 1 chunks done", "No drift"],
    });
    expect(deletionsReceived(scenario)).toEqual([[ada]]);
    expect(workspace.userSet()).toMatchObject({
      users: { [bob]: "Bob", [eve]: "Eve" },
      drift: { missing: [], survivors: [] },
    });
  });
});
