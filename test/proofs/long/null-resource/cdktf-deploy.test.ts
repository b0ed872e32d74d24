import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../../support/emulator";
import { engines } from "../../../support/engine/engines";
import { CdktfProject } from "../../../support/cdktf-project";

describe.each(engines())("the example of the null resource, deployed by cdktf on $name", (engine) => {
  let project: CdktfProject;
  beforeAll(async () => {
    project = await CdktfProject.open(engine, "null-resource", 3);
  });

  test("deletes users removed from the file, writes the report beside the state, and is destroyed without deleting anybody", async () => {
    const users = seedUsers(3).map(({ email }) => email ?? "");
    project.declare(users);
    expect(await project.run(["deploy", "staff", "--auto-approve"])).toMatchObject({ code: 0 });
    project.declare(users.slice(1));
    const { code, text } = await project.run(["deploy", "staff", "--auto-approve"]);

    expect([code, text]).toEqual([0, expect.stringContaining("1 of 1 user gone")]);
    const deletions = project.emulator.calls.filter(({ path }) => path === "/api/v3/delete-users-batch");
    expect(deletions.map(({ ids }) => ids)).toEqual([[users[0]]]);
    expect(existsSync(join(project.folder, "terraform.staff.tfstate"))).toBe(true);
    const report = join(project.folder, "genauth-drift.staff.staff.json");
    expect(JSON.parse(readFileSync(report, "utf8"))).toMatchObject({ set: "staff/staff", gone: [users[0]] });

    project.declare(users.slice(2));
    const end = await project.run(["destroy", "staff", "--auto-approve"]);
    expect([end.code, end.text]).toEqual([
      0,
      expect.stringContaining("The set is destroyed, so nobody is deleted"),
    ]);
    expect(project.emulator.pool.size).toBe(2);
  });
});
