import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { runChild } from "../../scripts/engine/child";
import { cleanEnvironment } from "../../scripts/engine/clean-environment";
import { checkStack } from "../../src/stack-check";
import { engines } from "../support/engine";
import { type Files, Link, makeFolder } from "./folder";

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

describe.each(engines())("on $name", (engine) => {
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
