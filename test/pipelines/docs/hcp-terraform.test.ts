import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { seedUsers } from "../../support/emulator";
import { fencedBlock } from "../../support/docs/documents";
import { runChild, startChild } from "../../support/engine/child";
import { onPath } from "../../support/engine/engine";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import { serveHttp } from "../../support/http-server";

const [engine] = engines();

describe("the commands of docs/guides/any-other-ci.md for HCP Terraform", () => {
  const PAGE = "docs/guides/any-other-ci.md";
  const open = useScenarios(engine);
  const hasTools = ["jq", "curl"].every((program) => onPath(program) !== undefined);
  if (!hasTools) console.log("jq or curl is not installed, so the run task of HCP Terraform is not run.");

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

  /** Answers the request of HCP Terraform for a plan. @returns what the run task told */
  async function runTask(plan: string): Promise<{ status: string; message: string }> {
    const told: unknown[] = [];
    const at = await serveHttp((request, response) => {
      if (request.headers.authorization !== "Bearer token") response.writeHead(401).end();
      else if (request.method === "GET") response.end(plan);
      else void text(request).then((body) => response.end(void told.push(JSON.parse(body))));
    });
    const request = {
      access_token: "token",
      plan_json_api_url: `${at}/plan`,
      task_result_callback_url: `${at}/callback`,
      run_app_url: "https://app.terraform.io/app/team/people/runs/run-1",
    };
    writeFileSync(join(folder, "request.json"), JSON.stringify(request));
    const block = fencedBlock(PAGE, "shell");
    const ended = await runChild("bash", ["-e", "-c", block], { cwd: folder, env: environment() });
    expect(ended).toMatchObject({ code: 0 });
    const [first, ...others] = told as { data: { attributes: { status: string; message: string } } }[];
    if (!first || others.length > 0) throw new Error(`The run task told ${told.length} results.`);
    return first.data.attributes;
  }

  (hasTools ? test : test.skip)(
    "the run task passes a plan with leavers, and fails one above the limit",
    async () => {
      const users = seedUsers(60);
      const { workspace } = await open({ emulator: { users } });
      const emails = users.map(({ email = "" }) => email);
      const set = (declared: readonly string[]) =>
        workspace.write({
          user_id_type: "email",
          users: declared,
          max_deletions: 100,
          max_deletions_percent: 100,
        });
      set(emails);
      expect(await workspace.apply()).toMatchObject({ code: 0 });
      const planned = async (declared: readonly string[]) => {
        set(declared);
        expect(await workspace.run("plan", "-out=plan")).toMatchObject({ code: 0 });
        return (await workspace.run("show", "-json", "plan")).stdout;
      };
      expect(await runTask(await planned(emails.slice(2)))).toEqual({
        status: "passed",
        message: expect.stringContaining("2 users will be permanently deleted") as unknown,
      });
      expect(await runTask(await planned(emails.slice(55)))).toEqual({
        status: "failed",
        message: expect.stringContaining("REFUSED: ") as unknown,
      });
    },
    180_000,
  );

  test("the guard beside an agent lets through what the judged plan shows, and nothing else", async () => {
    const users = seedUsers(4);
    const { workspace, emulator } = await open({ emulator: { users }, provider: "process" });
    const emails = users.map(({ email = "" }) => email);
    workspace.write({ user_id_type: "email", users: emails });
    expect(await workspace.apply()).toMatchObject({ code: 0 });
    workspace.write({ user_id_type: "email", users: emails.slice(1) });
    expect(await workspace.run("plan", "-out=plan")).toMatchObject({ code: 0 });
    writeFileSync(join(folder, "plan.json"), (await workspace.run("show", "-json", "plan")).stdout);
    const approved = (await runChild("sha256sum", ["plan.json"], { cwd: folder, env: environment() })).stdout;
    let block = fencedBlock(PAGE, "shell", 1);
    for (const place of ["/run/genauth", "/var/log/genauth"]) {
      expect(block).toContain(place);
      mkdirSync(join(folder, place), { recursive: true, mode: 0o700 });
      block = block.replaceAll(place, join(folder, place));
    }
    const guard = startChild("bash", ["-e", "-c", `exec ${block}`], {
      cwd: folder,
      env: {
        ...environment(),
        ...(emulator.environment() as Record<string, string>),
        approved: approved.split(" ", 1)[0] ?? "",
      },
    });
    try {
      await guard.waitFor(/GENAUTH_GUARD=/);
      workspace.setVariables({
        GENAUTH_GUARD: join(folder, "run/genauth/guard.sock"),
        GENAUTH_ACCESS_KEY_SECRET: "",
      });
      // The apply removes one user more than the plan that was judged.
      workspace.write({ user_id_type: "email", users: emails.slice(2) });
      expect(await workspace.apply()).toMatchObject({ code: 1 });
      expect(emails.map((email) => emulator.pool.find(email, "email") !== undefined)).toEqual([
        false,
        true,
        true,
        true,
      ]);
    } finally {
      guard.signal("SIGTERM");
      await guard.finished;
    }
    expect(readFileSync(join(folder, "var/log/genauth/audit.jsonl"), "utf8")).toContain("started");
  }, 180_000);
});
