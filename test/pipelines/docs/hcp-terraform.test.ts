import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { seedUsers } from "../../support/emulator";
import { readDocument } from "../../support/docs/documents";
import { runChild, startChild } from "../../support/engine/child";
import { onPath } from "../../support/engine/engine";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import { serveHttp } from "../../support/http-server";
import { readAudit } from "../../support/guard/guarded";

const [engine] = engines();

describe("the commands of docs/guides/any-other-ci.md for HCP Terraform", () => {
  const PAGE = "docs/guides/any-other-ci.md";
  const open = useScenarios(engine);
  const hasTools = ["jq", "curl"].every((program) => onPath(program) !== undefined);
  if (!hasTools) console.log("jq or curl is not installed, so the run task of HCP Terraform is not run.");

  /** Where the page's scripts run, and find cdktf-genauth in bin. */
  let folder: string;
  beforeEach(() => {
    folder = newFolder();
    mkdirSync(join(folder, "bin"));
    const tool = resolve(__dirname, "../../../dist/cdktf-genauth.js");
    writeFileSync(
      join(folder, "bin/cdktf-genauth"),
      `#!/bin/sh\nexec "${process.execPath}" "${tool}" "$@"\n`,
      {
        mode: 0o755,
      },
    );
  });

  const environment = () => ({
    PATH: `${join(folder, "bin")}:${process.env.PATH ?? ""}`,
    HOME: folder,
  });

  /** The script that the page gives under a heading. */
  function scriptUnder(heading: string): string {
    const [, section = ""] = readDocument(PAGE).split(`### ${heading}\n`);
    const [, script] = /^```shell\n(.*?)^```$/ms.exec(section) ?? [];
    if (script === undefined) throw new Error(`${PAGE} has no script under "${heading}".`);
    return script;
  }

  /** Runs the page's run task on a plan, and plays HCP Terraform for it. @returns the result that HCP Terraform is sent */
  async function runTask(plan: string): Promise<unknown> {
    const results: unknown[] = [];
    const hcp = await serveHttp((request, response) => {
      const call = `${request.method} ${request.url} ${request.headers.authorization}`;
      if (call === "GET /plan Bearer token") response.end(plan);
      else if (call === "PATCH /result Bearer token")
        void text(request).then((body) => response.end(void results.push(JSON.parse(body))));
      else response.writeHead(404).end();
    });
    const request = {
      access_token: "token",
      plan_json_api_url: `${hcp}/plan`,
      task_result_callback_url: `${hcp}/result`,
      run_app_url: "https://app.terraform.io/app/team/people/runs/run-1",
    };
    writeFileSync(join(folder, "request.json"), JSON.stringify(request));
    const script = scriptUnder("A run task reads the plan");
    expect(script).toContain("--fail-above 50 ");
    const ended = await runChild("bash", ["-e", "-c", script], { cwd: folder, env: environment() });
    expect(ended).toMatchObject({ code: 0 });
    expect(results).toHaveLength(1);
    return results[0];
  }

  (hasTools ? test : test.skip)(
    "the run task passes a plan that deletes 50 users, and fails one that deletes 51",
    async () => {
      const users = seedUsers(60);
      const emails = users.map(({ email = "" }) => email);
      const { workspace } = await open({ emulator: { users } });
      // The set itself allows all of them to go, so that only the run task stops a plan.
      const declare = (declared: readonly string[]) =>
        workspace.write({ user_id_type: "email", users: declared, max_deletions_percent: 100 });
      declare(emails);
      expect(await workspace.apply()).toMatchObject({ code: 0 });
      const planWithLeavers = async (leavers: number) => {
        declare(emails.slice(leavers));
        expect(await workspace.run("plan", "-out=plan")).toMatchObject({ code: 0 });
        return (await workspace.run("show", "-json", "plan")).stdout;
      };
      const result = (status: string, message: string) => ({
        data: { type: "task-results", attributes: { status, message } },
      });

      expect(await runTask(await planWithLeavers(50))).toEqual(
        result(
          "passed",
          "At most 50 users will be permanently deleted: 50 of 60 in genauth_user_set.staff leave (83 %)",
        ),
      );
      expect(await runTask(await planWithLeavers(51))).toEqual(
        result("failed", "REFUSED: At most 51 users would be deleted, more than --fail-above allows (50)"),
      );
    },
    180_000,
  );

  test("the guard lets an apply delete the user of the judged plan, and stops a second deletion", async () => {
    const users = seedUsers(4);
    const emails = users.map(({ email = "" }) => email);
    const { workspace, emulator } = await open({ emulator: { users }, provider: "process" });
    workspace.write({ user_id_type: "email", users: emails });
    expect(await workspace.apply()).toMatchObject({ code: 0 });
    workspace.write({ user_id_type: "email", users: emails.slice(1) });
    expect(await workspace.run("plan", "-out=plan")).toMatchObject({ code: 0 });
    const judgedPlan = (await workspace.run("show", "-json", "plan")).stdout;
    writeFileSync(join(folder, "plan.json"), judgedPlan);

    let script = scriptUnder("The guard beside an agent");
    for (const place of ["/run/genauth", "/var/log/genauth"]) {
      expect(script).toContain(place);
      mkdirSync(join(folder, place), { recursive: true, mode: 0o700 });
      script = script.replaceAll(place, join(folder, place));
    }
    const guard = startChild("bash", ["-e", "-c", `exec ${script}`], {
      cwd: folder,
      env: {
        ...environment(),
        ...(emulator.environment() as Record<string, string>),
        // The script has it as --plan-sha256 "$approved".
        approved: createHash("sha256").update(judgedPlan).digest("hex"),
      },
    });
    try {
      await guard.waitFor(/GENAUTH_GUARD=/);
      const ofTheAgent = {
        GENAUTH_GUARD: join(folder, "run/genauth/guard.sock"),
        GENAUTH_ACCESS_KEY_SECRET: "", // only the guard holds the key
      };
      workspace.setVariables(ofTheAgent);
      const withoutASecondUser = emails.slice(2);
      workspace.write({ user_id_type: "email", users: withoutASecondUser });
      const apply = await workspace.apply();
      expect(apply).toMatchObject({ code: 1 });
      expect(apply.text.replaceAll(/\s+/g, " ")).toContain(
        "the guard did not send it: no approved plan deletes this user",
      );
      expect(emulator.pool.list().map(({ email }) => email)).toEqual(emails.slice(1));
    } finally {
      guard.signal("SIGTERM");
      await guard.finished;
    }
    const deletions = readAudit({ folder: join(folder, "var/log/genauth") }).filter(
      ({ event }) => event === "sending",
    );
    expect(deletions).toMatchObject([{ change: "deletion", users: [{ id: emails[0] }] }]);
  }, 180_000);
});
