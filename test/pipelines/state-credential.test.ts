import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "@jest/globals";
import { load as parse } from "js-yaml";
import { newFolder } from "../support/at-end";
import { runChild } from "../support/engine/child";
import type { CompositeAction } from "../support/pipelines/workflow";

const ACTION = resolve(__dirname, "../../actions/pipeline/action.yml");

test("of the state's credential, the runner hides the secrets, and nothing that stands elsewhere in a log", async () => {
  const folder = newFolder();
  const bin = join(folder, "ci", "genauth", "node_modules", ".bin");
  mkdirSync(bin, { recursive: true });
  // In place of the tool: it shows what reaches it.
  writeFileSync(join(bin, "cdktf-genauth"), "#!/bin/sh\nenv\n", { mode: 0o755 });
  const { runs } = parse(readFileSync(ACTION, "utf8")) as CompositeAction;
  const script = runs.steps.flatMap(({ run }) => run ?? []).join("\n");
  const credential = {
    TF_HTTP_USERNAME: "keeper",
    TF_HTTP_PASSWORD: "s3cret=",
    TF_HTTP_RETRY_MAX: "5",
    AWS_REGION: "eu-central-1",
    AWS_SECRET_ACCESS_KEY: "wJalr",
    ARM_CLIENT_SECRET: "a b",
    ARM_SAS_TOKEN: "?sv=1",
    PG_CONN_STR: "postgres://u:p@h/d",
    TF_TOKEN_app_terraform_io: "t0k",
    GOOGLE_CREDENTIALS: "{}",
  };
  const lines = Object.entries(credential).map(([name, value]) => `${name}=${value}`);
  const { code, stdout } = await runChild(
    "bash",
    ["--noprofile", "--norc", "-eo", "pipefail", "-c", script],
    {
      cwd: folder,
      env: { PATH: process.env["PATH"] ?? "", JOB: "receipt", STATE_CREDENTIAL: `${lines.join("\n")}\n` },
    },
  );
  expect(code).toBe(0);
  for (const line of lines) expect(stdout).toContain(`\n${line}\n`);
  const masked = [...stdout.matchAll(/^::add-mask::(.*)$/gm)].map(([, value]) => value);
  const { TF_HTTP_USERNAME: _name, TF_HTTP_RETRY_MAX: _most, AWS_REGION: _region, ...secrets } = credential;
  expect(masked).toEqual(Object.values(secrets));
});
