import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { NullResourceUserSet, UserIdType, Users } from "../../../src";
import { seedUsers } from "../../support/emulator";
import { applySet, check, deletionsReceived } from "../../support/acceptance/removal-case";
import { engines } from "../../support/engine/engines";
import { NullResourceWorkspace } from "../../support/null-resource-workspace";
import { useScenarios, type Scenario } from "../../support/scenario";

const pool = seedUsers(20);
const emails = pool.map(({ email }) => email ?? "");

/** All but the first three are removed from the set. */
const next = { users: emails.slice(0, 3), user_id_type: "email", max_deletions_percent: 100 };

/** An override file that replaces the triggers: the plan then shows its users, not those of the declared set. */
const overrideWith = (users: readonly string[], type = "email"): string =>
  JSON.stringify({
    resource: {
      null_resource: {
        staff: {
          triggers: { user_id_type: type, ...Object.fromEntries(users.map((id) => [`user:${id}`, ""])) },
        },
      },
    },
  });

describe.each(engines())("the reviewed plan of a null_resource on $name", (engine) => {
  const open = useScenarios(engine, "null_resource");

  /** A set of twenty, of which 17 are no longer declared. */
  async function leaving(): Promise<Scenario> {
    const scenario = await open({ emulator: { users: pool } });
    await applySet(scenario.workspace, { ...next, users: emails });
    scenario.workspace.write(next);
    return scenario;
  }

  function expectNobodyDeleted({ emulator, workspace }: Scenario): void {
    expect(emulator.calls).toEqual([]);
    expect(Object.keys(workspace.userSet()?.users ?? {})).toHaveLength(pool.length);
  }

  test.each<[string, string]>([
    ["nobody is removed", overrideWith([...emails, "someone.new@example.com"])],
    ["fewer users are removed", overrideWith(emails.slice(0, 19))],
    ["other users are removed", overrideWith(emails.slice(17))],
    ["the id type changes", overrideWith(emails.slice(0, 3), "username")],
    [
      "there is no set",
      JSON.stringify({ resource: { null_resource: { staff: { triggers: { other: "x" } } } } }),
    ],
  ])("a saved plan in which %s is refused, because the command would do something else", async (_, file) => {
    const scenario = await leaving();
    const { workspace } = scenario;
    workspace.writeFiles({ "override.tf.json": file });
    check(await workspace.plan("-out=plan"), { code: 2 });
    check(await workspace.apply("plan"), {
      code: 1,
      says: [
        "Nobody was deleted: the saved plan plan does not show the users that the set declares",
        "override",
      ],
    });
    expectNobodyDeleted(scenario);

    rmSync(join(workspace.folder, "override.tf.json"));
    check(await workspace.plan("-out=plan"), { code: 2 });
    check(await workspace.apply("plan"), { code: 0, says: ["17 of 17 users gone"] });
  });

  test.each(["override.tf.json", "staff_override.tf.json", "staff_override.tf"])(
    "a plan that was not saved is refused if %s changes a null_resource",
    async (name) => {
      const scenario = await leaving();
      const { workspace } = scenario;
      const content = name.endsWith(".json")
        ? overrideWith(emails.slice(0, 19))
        : `resource "null_resource" "staff" {\n  triggers = ${JSON.stringify({ user_id_type: "email" })}\n}\n`;
      workspace.writeFiles({ [name]: content });
      check(await workspace.apply(), { code: 1, says: ["Nobody was deleted", name, "-out=tfplan"] });
      expectNobodyDeleted(scenario);
    },
  );

  test("ids and labels in another Unicode form match those in the plan, and nobody else is removed", async () => {
    const first = "Zoe\u0308";
    const second = "Andre\u0301";
    const users = seedUsers(3).map((user, index) => ({
      ...user,
      username: [first.normalize("NFC"), second.normalize("NFC"), "carl"][index] ?? "",
    }));
    const scenario = await open({ emulator: { users } });
    const { workspace } = scenario;
    if (!(workspace instanceof NullResourceWorkspace)) throw new Error("It has no stack.");
    const declare = (labels: Record<string, string>): void =>
      workspace.writeStack(
        (stack) =>
          new NullResourceUserSet(stack, "staff", {
            users: Users.fromMap(labels),
            userIdType: UserIdType.USERNAME,
          }),
      );
    declare({ [first]: first, [second]: second, carl: "" });
    check(await workspace.apply(), { code: 0 });
    declare({ [first]: first, [second]: second });
    check(await workspace.plan("-out=plan"), { code: 2 });
    check(await workspace.apply("plan"), { code: 0 });
    expect(deletionsReceived(scenario)).toEqual([["carl"]]);
    check(await workspace.plan(), { code: 0 });
  });
});
