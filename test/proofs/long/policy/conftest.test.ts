import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { newFolder } from "../../../support/at-end";
import { useTeam } from "../../../pipelines/support/setting";
import { without } from "../../../pipelines/support/staff";
import { runChild } from "../../../support/engine/child";
import { onPath } from "../../../support/engine/engine";
import { EXAMPLE } from "../../../pipelines/policy/support/compiled-policy";

const MODULE = "github.com/open-policy-agent/conftest@v0.71.1";

const [CONFTEST, GO] = [onPath("conftest"), onPath("go")];
const canRun = CONFTEST !== undefined || GO !== undefined;
if (!canRun) console.warn("Neither conftest nor Go is installed, so no pipeline asks the real conftest.");

(canRun ? describe : describe.skip)("the real conftest", () => {
  let folder: string;
  let conftest = CONFTEST ?? "";
  beforeAll(async () => {
    folder = newFolder();
    if (CONFTEST !== undefined) return;
    // It takes five minutes of a core.
    conftest = join(folder, "conftest");
    const env = { ...(process.env as Record<string, string>), GOBIN: folder };
    const { code, text } = await runChild(GO ?? "", ["install", MODULE], { cwd: folder, env });
    if (code !== 0) throw new Error(`conftest was not built:\n${text}`);
  }, 1_800_000);

  const setting = useTeam();

  test("runs the tests of the example's policy", async () => {
    const args = ["verify", "--policy", "policy", "--data", "limits.yaml"];
    const { code, text } = await runChild(conftest, args, { cwd: EXAMPLE, env: { HOME: folder } });
    expect({ code, text }).toEqual({
      code: 0,
      text: expect.stringMatching(/[1-9]\d* passed, 0 warnings, 0 fail/),
    });
  }, 600_000);

  test("refuses a plan that the example's policy denies, in a pipeline, and lets another be applied", async () => {
    const { team, emulator, exists } = setting;
    symlinkSync(conftest, join(team.folder, "tools", "conftest"));
    Object.assign(team.settings, { policy: { folder: "policy", data: "limits.yaml" } });
    await team.commitSettings();
    const read = (file: string) => readFileSync(join(EXAMPLE, file), "utf8");
    await team.mergeProposal("leavers", 7, without(4, 5), {
      programs: {
        "policy/genauth.rego": read("policy/genauth.rego"),
        // The real conftest would check nothing.
        "conftest.toml": 'namespace = "none"\n',
        "limits.yaml": read("limits.yaml").replace("break-glass@example.com", "user005@example.com"),
      },
    });
    const denied = await team.push();
    expect([denied.result("plan"), denied.waiting]).toEqual(["failure", undefined]);
    expect(denied.jobs.get("plan")?.summary).toMatch(/^## REFUSED: .*user005@example\.com.* never.delete/m);

    await team.mergeProposal("sorry", 8, (users) => `${users.trimEnd()}\nuser005@example.com,User 005\n`);
    const allowed = await team.push();
    expect(allowed.waiting).toBe("apply");
    await allowed.approve("otto");
    expect(allowed.result("apply")).toBe("success");
    expect([exists(4), exists(5), emulator.pool.size]).toEqual([false, true, 11]);
  }, 600_000);
});
