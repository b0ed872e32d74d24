import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import { check } from "../../support/acceptance/removal-case";

const pool = seedUsers(3);
const emails = pool.map(({ email }) => email ?? "");
const secret = "s3cr3t-that-nobody-may-see-0123456789";

describe.each(engines())("secrets and personal data on $name", (engine) => {
  const open = useScenarios(engine);

  test.each(["environment", "configuration"])(
    "the secret from the %s is in no output and no file",
    async (source) => {
      const { emulator, workspace } = await open({
        emulator: { users: pool, accessKeySecret: secret },
        environment: {
          TF_LOG: "TRACE",
          ...(source === "configuration" && { GENAUTH_ACCESS_KEY_SECRET: "", TF_VAR_secret: secret }),
        },
      });
      const declare = (users: readonly string[]): void =>
        workspace.writeConfiguration({
          sets: { staff: { users, user_id_type: "email" } },
          provider: source === "configuration" ? { access_key_secret: "${var.secret}" } : {},
          blocks: {
            // Terraform itself would write a variable that is not ephemeral into the plan.
            ...(source === "configuration" && { variable: { secret: { type: "string", ephemeral: true } } }),
            output: { drift: { value: "${genauth_user_set.staff.drift}" } },
          },
        });
      declare(emails);
      check(await workspace.apply(), { code: 0 });

      emulator.faults.add({
        on: "delete-users-batch",
        then: { kind: "answer", statusCode: 400, message: "no" },
      });
      declare(emails.slice(1));
      const plan = await workspace.startInstalled("plan", "-input=false", "-out=plan").finished;
      const processes: string[] = [];
      const apply = workspace.startInstalled("apply", "plan");
      const watch = setInterval(() => processes.push(...commandLinesBelow(apply.pid)), 20);
      const applied = await apply.finished;
      clearInterval(watch);
      check(applied, { code: 1 });

      const plannedJson = JSON.stringify(await workspace.planJson("plan"));
      const files = readdirSync(workspace.folder, { withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name !== "plan")
        .map(({ name }) => readFileSync(join(workspace.folder, name), "utf8"));
      expect(processes.join("\n")).toContain("terraform-provider-genauth");
      const places = {
        log: plan.text,
        output: applied.text,
        plannedJson,
        processes: processes.join("\n"),
        files: files.join("\n"),
      };
      for (const [place, text] of Object.entries(places)) {
        expect({ place, secret: text.includes(secret) }).toEqual({ place, secret: false });
      }
    },
  );

  test("each call is one line at DEBUG without ids, and ids are logged only at TRACE", async () => {
    const run = async (level: string): Promise<string> => {
      const { workspace } = await open({
        provider: "process",
        emulator: { users: pool },
        environment: { TF_LOG_PROVIDER: level },
      });
      workspace.write({ users: emails, user_id_type: "email" });
      const planned = await workspace.plan();
      expect(planned.code).toBe(2);
      return planned.stderr;
    };
    const debug = await run("DEBUG");
    const lines = debug.split("\n").filter((line) => line.includes("/api/v3/get-user-batch"));
    expect(lines).toHaveLength(1);
    for (const part of [" [DEBUG] provider", " count=3", " milliseconds=", " statusCode=200"]) {
      expect(lines[0]).toContain(part);
    }
    expect(debug).not.toContain(emails[0]);
    expect(await run("TRACE")).toContain(emails[0]);
  });
});

/** The arguments of a process and its descendants, which everybody on the machine can read. */
function commandLinesBelow(pid: number): string[] {
  if (process.platform !== "linux") return ["terraform-provider-genauth"];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const group = readFileSync(`/proc/${name}/stat`, "utf8").split(") ")[1]?.split(" ")[2];
        return group === String(pid) ? [readFileSync(`/proc/${name}/cmdline`, "utf8")] : [];
      } catch {
        // It ended after it was listed.
        return [];
      }
    });
}
