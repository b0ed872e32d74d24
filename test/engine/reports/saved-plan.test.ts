import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { startChild } from "../../support/engine/child";
import { cleanEnvironment } from "../../support/engine/clean-environment";
import { programPath } from "../../support/provider-form";
import { seedUsers } from "../../support/emulator";
import { stackDocument, renderMarkdown } from "../../../src/reports";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import { deletedBy, planAndReport } from "./support/golden";

const pool = seedUsers(8);
const [ada = "", bo = "", chidi = "", dana = "", eve = "", fay = "", gil = ""] = pool.map(
  ({ email }) => email ?? "",
);
const idOf = (address: string) => pool.find(({ email }) => email === address)?.userId ?? "";
const crowd = seedUsers(40);
const set = { user_id_type: "email" };
const setup = {
  emulator: { users: pool },
  environment: { GENAUTH_CONFIRM_SECONDS: "1", GENAUTH_MAX_ATTEMPTS: "1" },
};

describe.each(engines())("a report of a saved plan by $name", (engine) => {
  const open = useScenarios(engine);

  test("names exactly the users that its apply deletes, also made of the plan file in its folder", async () => {
    const { workspace, emulator } = await open(setup);
    const everyone = [ada, bo, chidi, dana, eve, fay, gil, "never@example.com"];
    workspace.write({ ...set, users: everyone });
    expect(await workspace.apply()).toMatchObject({ code: 0 });
    // A survivor of the last apply, and a user that somebody else deleted.
    emulator.faults.add({
      on: "delete-users-batch",
      ids: [bo],
      times: 1,
      then: { kind: "answer", statusCode: 422 },
    });
    workspace.write({ ...set, users: everyone.filter((id) => id !== bo) });
    expect(await workspace.apply()).toMatchObject({ code: 1 });
    emulator.pool.remove(idOf(gil));

    workspace.write(
      { ...set, users: [ada, fay.toUpperCase()], retained_ids: [dana] },
      { protected_users: { email: [eve] } },
    );
    const { report } = await planAndReport({ workspace });
    expect(report.leavers.map(({ id, fate, survivor }) => ({ id, fate, survivor }))).toEqual([
      { id: "never@example.com", fate: "not_deleted", survivor: false },
      { id: bo, fate: "deleted", survivor: true },
      { id: chidi, fate: "deleted", survivor: false },
      { id: dana, fate: "not_deleted", survivor: false },
      { id: eve, fate: "not_deleted", survivor: false },
      { id: fay, fate: "not_deleted", survivor: false },
      { id: gil, fate: "not_deleted", survivor: false },
    ]);
    expect(stackDocument(report).headline).toEqual([
      "2 users will be permanently deleted",
      ": 7 of 8 in ",
      { data: "genauth_user_set.staff" },
      " leave (87 %)",
    ]);
    expect(report.warnings.map(({ summary }) => summary)).toContainEqual(
      expect.stringMatching(/^2 users will be permanently deleted from GenAuth/),
    );

    const reportBy = (folder: string, file: string) =>
      startChild(process.execPath, [programPath("cdktf-genauth"), "plan-report", file, "--format", "json"], {
        cwd: folder,
        env: cleanEnvironment("", { TERRAFORM_BINARY_NAME: engine.path }),
      }).finished;
    const { code, stdout, stderr } = await reportBy(workspace.folder, "plan");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({
      totals: { deleted: 2 },
      stacks: [{ leavers: report.leavers.map(({ id, fate }) => ({ id, fate })) }],
    });
    const elsewhere = await reportBy(tmpdir(), join(workspace.folder, "plan"));
    expect({ code: elsewhere.code, stdout: elsewhere.stdout }).toEqual({ code: 1, stdout: "" });
    expect(elsewhere.stderr).toMatch(
      /plan is a saved plan, and .* show -json fails:[^]*Run this in the folder of its stack, where init has run/,
    );
    expect(elsewhere.stderr).not.toMatch(/\.\.\n|CLI configuration/);

    expect(await workspace.apply("plan")).toMatchObject({ code: 0 });
    const gone = pool.map(({ email = "" }) => email).filter((id) => !emulator.pool.find(idOf(id)));
    expect(gone).toEqual([...deletedBy(report), gil].sort());
  }, 120_000);

  test("counts everyone that a refused change would have deleted, and names the first 20", async () => {
    const { workspace } = await open({ ...setup, emulator: { users: crowd } });
    const everyone = crowd.map(({ email = "" }) => email);
    workspace.write({ ...set, users: everyone, max_deletions: 5 });
    expect(await workspace.apply()).toMatchObject({ code: 0 });
    workspace.write({ ...set, users: everyone.slice(30), max_deletions: 5 });
    const { failed, report } = await planAndReport({ workspace });
    expect(failed).toBe(true);
    expect(deletedBy(report)).toEqual(everyone.slice(0, 20).sort());
    expect(report.sets).toMatchObject([{ action: "refused", deleted: 30, stay: everyone.length - 30 }]);
    const text = renderMarkdown(stackDocument(report));
    expect(text).toContain("It would have deleted 30 users");
    expect(text).toContain("These are 20 of 30 users: a plan that failed names the first 20 of each set.");
  }, 120_000);
});
