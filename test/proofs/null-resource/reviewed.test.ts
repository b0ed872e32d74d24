import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { NullResourceUserSet, UserIdType, Users } from "../../../src";
import { triggersOf } from "../../../src/payload/triggers";
import { seedUsers } from "../../support/emulator";
import { applySet, check, deletionsReceived } from "../../support/acceptance/removal-case";
import { engines } from "../../support/engine/engines";
import { NullResourceWorkspace } from "../../support/null-resource-workspace";
import { useScenarios } from "../../support/scenario";

const pool = seedUsers(20);
const emails = pool.map(({ email }) => email ?? "");

/** All but the first three are removed from the set. */
const next = { users: emails.slice(0, 3), user_id_type: "email", max_deletions_percent: 100 };

/** An override file that replaces the triggers: the plan then shows its users, not those of the declared set. */
const overrideWith = (users: readonly string[]): string => {
  const triggers = triggersOf(UserIdType.EMAIL, Object.fromEntries(users.map((id) => [id, ""])));
  return JSON.stringify({ resource: { null_resource: { staff: { triggers } } } });
};

describe.each(engines())("the reviewed plan of a null_resource on $name", (engine) => {
  const open = useScenarios(engine, "null_resource");

  test("is refused, saved or not, if an override file changes the users that it shows, and nobody is deleted", async () => {
    const scenario = await open({ emulator: { users: pool } });
    const { emulator, workspace } = scenario;
    await applySet(workspace, { ...next, users: emails });
    workspace.write(next);
    workspace.writeFiles({ "override.tf.json": overrideWith(emails.slice(0, 19)) });
    check(await workspace.plan("-out=plan"), { code: 2 });
    check(await workspace.apply("plan"), {
      code: 1,
      says: [
        "Nobody was deleted: the saved plan plan does not show the users that the set declares",
        "override",
      ],
    });
    check(await workspace.apply(), {
      code: 1,
      says: ["Nobody was deleted", "override.tf.json", "-out=tfplan"],
    });
    expect(emulator.calls).toEqual([]);
    expect(Object.keys(workspace.userSet()?.users ?? {})).toHaveLength(pool.length);

    rmSync(join(workspace.folder, "override.tf.json"));
    check(await workspace.plan("-out=plan"), { code: 2 });
    check(await workspace.apply("plan"), { code: 0, says: ["17 of 17 users gone"] });
  });

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
