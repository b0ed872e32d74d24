import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { applySet, check, deletionsReceived } from "../../support/acceptance/removal-case";
import { engines } from "../../support/engine/engines";
import { useScenarios, type Scenario } from "../../support/scenario";

const pool = seedUsers(8);
const emails = pool.map(({ email }) => email ?? "");
const email = { user_id_type: "email" };

describe.each(engines())("an apply of the null resource on $name", (engine) => {
  const open = useScenarios(engine, "null_resource");

  /** A set of eight, of which the first is about to be removed. */
  async function leaving(): Promise<Scenario> {
    const scenario = await open({ emulator: { users: pool } });
    await applySet(scenario.workspace, { ...email, users: emails });
    scenario.workspace.write({ ...email, users: emails.slice(1) });
    return scenario;
  }

  test("writes the requested report with the missing users", async () => {
    const scenario = await leaving();
    scenario.emulator.pool.remove(pool[7]?.userId ?? "");
    check(await scenario.workspace.apply(), { code: 0, says: ["Missing (1)"] });
    const report: unknown = JSON.parse(
      readFileSync(join(scenario.workspace.folder, "genauth-drift.stack.staff.json"), "utf8"),
    );
    expect(report).toEqual({
      set: "stack/staff",
      userIdType: "email",
      checkedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      gone: [emails[0]],
      survivors: [],
      missing: [emails[7]],
      kept: [],
      unchecked: [],
    });
  });

  test("says who is not gone, although the report can no longer be written, and removes them next time", async () => {
    const { emulator, workspace } = await leaving();
    const report = join(workspace.folder, "genauth-drift.stack.staff.json");
    const onDeletion = { on: "delete-users-batch", nth: 1 } as const;
    emulator.steps.add({
      ...onDeletion,
      run: () => void mkdirSync(join(report, "taken"), { recursive: true }),
    });
    const then = { kind: "answer", statusCode: 422, message: "This user is under a legal hold" } as const;
    emulator.faults.add({ ...onDeletion, then });
    check(await workspace.apply(), {
      code: 1,
      says: [
        "legal hold",
        "error: 1 of 1 removed user not confirmed gone from GenAuth. The drift report genauth-drift.stack.staff.json was not written: a folder of that name is in the way (EISDIR). Check the path. The set stays unchanged in the state.",
      ],
    });
    expect(emulator.pool.size).toBe(8);

    rmSync(report, { recursive: true });
    check(await workspace.apply(), { code: 0, says: ["1 of 1 user gone"] });
    expect(emulator.pool.size).toBe(7);
    expect(JSON.parse(readFileSync(report, "utf8"))).toMatchObject({ gone: [emails[0]] });
  });

  test("treats ids and labels that look like options, shell text or expressions as data", async () => {
    const texts = [
      "-rf",
      "--help",
      "$(touch pwned)",
      "`touch pwned`",
      "'; touch pwned; '",
      '"; touch pwned; "',
      "| touch pwned",
      "& touch pwned &",
      "%PATH% $PATH ~ *",
      "a\\",
      "名前 Ωmega'",
      "${1+1} %{ if true } #{x}",
      "a=b&c[]=d",
      "__proto__x",
      "😀",
    ];
    const users = seedUsers(2 * texts.length).map((user, index) => ({
      ...user,
      username: `${texts[index % texts.length] ?? ""}${index < texts.length ? "" : " stays"}`,
    }));
    const names = users.map(({ username }) => username);
    const labelled = (ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, id]));
    const scenario = await open({ emulator: { users } });
    const { workspace, emulator } = scenario;
    await applySet(workspace, { user_id_type: "username", users: labelled(names) });
    workspace.write({
      user_id_type: "username",
      users: labelled(names.slice(texts.length)),
      max_deletions_percent: 50,
    });
    const apply = await workspace.apply();
    check(apply, { code: 0, says: [`${texts.length} of ${texts.length} users gone`] });
    for (const text of texts) expect(apply.text).toContain(`  ${text}`);
    expect(deletionsReceived(scenario).flat().sort()).toEqual([...texts].sort());
    expect(emulator.pool.list().map(({ username }) => username)).toEqual(names.slice(texts.length));
    expect(
      readdirSync(workspace.folder, { recursive: true }).filter((file) => file.includes("pwned")),
    ).toEqual([]);
  });

  test("works after the stack's folder was moved, and needs nothing else of this project", async () => {
    const scenario = await leaving();
    const { workspace } = scenario;
    check(await workspace.plan("-out=plan"), { code: 2 });
    const moved = join(workspace.folder, "else where");
    mkdirSync(moved);
    for (const name of readdirSync(workspace.folder)) {
      if (name !== "else where" && name !== "empty.tfrc")
        renameSync(join(workspace.folder, name), join(moved, name));
    }
    // Inside a project of ES modules.
    writeFileSync(join(workspace.folder, "package.json"), '{"type":"module"}');
    check(await workspace.run(`-chdir=${moved}`, "apply", "-input=false", "plan"), {
      code: 0,
      says: ["1 of 1 user gone"],
    });
    expect(deletionsReceived(scenario)).toEqual([[emails[0]]]);
  });
});
