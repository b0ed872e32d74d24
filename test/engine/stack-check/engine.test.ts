import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "@jest/globals";
import { runChild } from "../../support/engine/child";
import { cleanEnvironment } from "../../support/engine/clean-environment";
import { checkStack } from "../../../src/stack-check";
import { engines } from "../../support/engine/engines";
import { type Files, Link, makeFolder } from "../../support/stack-check/folder";

const PLUGIN =
  "terraform.d/plugins/terraform.local/evil/evil/1.0.0/linux_amd64/terraform-provider-evil_v1.0.0";
const COMMAND = { "local-exec": { command: "touch ran" } };

/** What the engine runs, by the step that runs it. */
const ATTACKS: readonly (readonly [what: string, step: "init" | "plan" | "apply", files: Files])[] = [
  [
    "a provider in the folder",
    "plan",
    {
      "main.tf":
        'terraform {\n  required_providers {\n    evil = { source = "terraform.local/evil/evil" }\n  }\n}\ndata "evil_x" "x" {}',
      [PLUGIN]: "#!/bin/sh\ntouch ran\n",
    },
  ],
  [
    "a backend whose file names a command",
    "init",
    {
      "main.tf.json": {
        terraform: {
          backend: {
            s3: {
              bucket: "x",
              key: "x",
              region: "us-east-1",
              profile: "p",
              shared_config_files: ["aws.ini"],
              endpoints: { s3: "http://127.0.0.1:1" },
              skip_credentials_validation: true,
              skip_metadata_api_check: true,
              skip_requesting_account_id: true,
            },
          },
        },
      },
      "aws.ini": '[profile p]\ncredential_process = sh -c "touch ran"\n',
    },
  ],
  [
    "a provisioner behind a repeated property of JSON",
    "apply",
    {
      "main.tf.json": `{"resource": {"terraform_data": {"x": {"provisioner": ${JSON.stringify(COMMAND)}}}}, "resource": {"terraform_data": {"y": {}}}}`,
    },
  ],
  [
    "a provisioner in an override",
    "apply",
    {
      "main.tf": 'resource "terraform_data" "x" {}',
      "override.tf.json": { resource: { terraform_data: { x: { provisioner: COMMAND } } } },
    },
  ],
  [
    "a provisioner in a module behind a link",
    "apply",
    {
      "main.tf": 'module "m" {\n  source = "./m"\n}',
      m: new Link("../other"),
      "../other/main.tf.json": { resource: { terraform_data: { x: { provisioner: COMMAND } } } },
    },
  ],
  [
    "a provisioner after a comment with a bare carriage return",
    "apply",
    {
      "main.tf":
        '# calm\r\nresource terraform_data "x" {\n  provisioner "local-exec" { command = "touch ran" }\n}',
    },
  ],
];

const ENVIRON = "/proc/self/environ";
const output = (expression: string) => `output "x" {\n  value = ${expression}\n}\n`;

/** Configurations that put the environment of the engine into an output. */
const READERS: readonly (readonly [what: string, files: Files])[] = [
  ["a function", { "main.tf": output(`file("${ENVIRON}")`) }],
  [
    "a function after a line break, with its namespace",
    { "main.tf": output(`(core::file\n("${ENVIRON}"))`) },
  ],
  ["JSON", { "main.tf.json": { output: { x: { value: { [`\${file("${ENVIRON}")}`]: 1 } } } } }],
  ["a path upwards", { "main.tf": output(`file("\${path.module}/${"../".repeat(40)}${ENVIRON}")`) }],
  ["a link", { "main.tf": output('file("./environ")'), environ: new Link(ENVIRON) }],
  [
    "a loop that hides path",
    { "main.tf": output('[for path in [{ module = "/proc/self" }] : file("${path.module}/environ")]') },
  ],
  [
    "a template",
    {
      "main.tf": output('templatefile("${path.module}/x.tftpl", { path = { module = "/proc/self" } })'),
      "x.tftpl": '${file("${path.module}/environ")}',
    },
  ],
];

/** A backend that asks an address for its credentials, with a file as what it knows of itself. */
function webIdentity(address: string): Files {
  const s3 = {
    bucket: "x",
    key: "x",
    region: "us-east-1",
    endpoints: { sts: address, s3: address },
    skip_credentials_validation: true,
    skip_metadata_api_check: true,
    skip_requesting_account_id: true,
    max_retries: 1,
    assume_role_with_web_identity: {
      role_arn: "arn:aws:iam::123456789012:role/x",
      session_name: "session",
      web_identity_token_file: ENVIRON,
    },
  };
  return { "main.tf.json": { terraform: { backend: { s3 } } } };
}

/** Terraform refuses it itself. */
const TEMPLATE_STRING: (typeof READERS)[number] = [
  "a template in a string",
  {
    "main.tf": `locals {\n  x = "$\${file(\\"${ENVIRON}\\")}"\n}\n${output("templatestring(local.x, {})")}`,
  },
];

describe.each(engines())("on $name", (engine) => {
  // Only Linux has /proc.
  const readers = engine.name === "OpenTofu" ? [...READERS, TEMPLATE_STRING] : READERS;
  const onLinux = process.platform === "linux" ? test.each(readers) : test.skip.each(readers);
  onLinux("%s brings the environment into the state, and is refused before init", async (_, files) => {
    const { folder, remove } = makeFolder(files);
    try {
      expect(checkStack(folder, []).findings).not.toEqual([]);

      const configuration = join(folder, "empty.tfrc");
      writeFileSync(configuration, "");
      const { code, stderr } = await runChild(
        engine.path,
        ["apply", "-auto-approve", "-input=false", "-no-color"],
        { cwd: folder, env: cleanEnvironment(configuration, { EXAMPLE_KEY: "that-deletes" }) },
      );
      expect({ code, stderr }).toMatchObject({ code: 0, stderr: "" });
      expect(readFileSync(join(folder, "terraform.tfstate"), "utf8")).toContain("EXAMPLE_KEY=that-deletes");
    } finally {
      remove();
    }
  });

  const onProc = process.platform === "linux" ? test : test.skip;
  onProc("a backend sends the environment to a place of its own, and is refused before init", async () => {
    const sent: string[] = [];
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        sent.push(decodeURIComponent(body));
        response.writeHead(403).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { folder, remove } = makeFolder(webIdentity(address));
    try {
      expect(checkStack(folder, []).findings).not.toEqual([]);

      const configuration = join(folder, "empty.tfrc");
      writeFileSync(configuration, "");
      const env = cleanEnvironment(configuration, { EXAMPLE_KEY: "that-deletes" });
      await runChild(engine.path, ["init", "-input=false", "-no-color"], { cwd: folder, env });
      expect(sent.join("\n")).toContain("EXAMPLE_KEY=that-deletes");
    } finally {
      remove();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test.each(ATTACKS)("%s runs at %s, and is refused before init", async (_, step, files) => {
    const { folder, remove } = makeFolder(files);
    try {
      expect(checkStack(folder, []).findings).not.toEqual([]);

      if (existsSync(join(folder, PLUGIN))) chmodSync(join(folder, PLUGIN), 0o755);
      const configuration = join(folder, "empty.tfrc");
      writeFileSync(configuration, "");
      const run = (...args: readonly string[]) =>
        runChild(engine.path, [...args, "-input=false", "-no-color"], {
          cwd: folder,
          env: cleanEnvironment(configuration),
        });
      await run("init");
      const ran = () => existsSync(join(folder, "ran")) || existsSync(join(folder, "../other/ran"));
      if (step !== "init") {
        expect(ran()).toBe(false);
        await (step === "plan" ? run("plan") : run("apply", "-auto-approve"));
      }
      expect(ran()).toBe(true);
    } finally {
      remove();
    }
  });
});
