import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { version } from "../../../package.json";
import { GO_MODULE, GO_PACKAGE } from "../../../scripts/jsii/editions";
import { InstalledPackage, Reader } from "../../pipelines/docs/reader";
import { readDocument, ROOT, consoleBlocks } from "../../support/docs/documents";
import { runChild } from "../../support/engine/child";
import { onPath } from "../../support/engine/engine";
import { engines } from "../../support/engine/engines";
import { environment } from "../registry/support/packed";
import { declare } from "./declaration/declaration";

const GUIDE = "docs/guides/go.md";
const ARCHIVE = `cdktf-genauth-go_${version}.zip`;

const GO = onPath("go");
if (GO === undefined) console.warn("Go is not installed, so the module for Go is not tried.");

/** @throws Error if it is not built */
function builtArchive(): string {
  const archive = join(ROOT, "jsii", ARCHIVE);
  if (!existsSync(archive)) throw new Error("The module for Go is not built. Run: npm run jsii:build");
  return archive;
}

(GO === undefined ? describe.skip : describe)("the module for Go", () => {
  test("the guide alone leads from an empty folder to a deleted user", async () => {
    const archive = builtArchive();
    const [engine] = engines();
    const installed = new InstalledPackage();
    const reader = await Reader.open(engine, installed, []);
    mkdirSync(join(reader.project, `genauth-${version}`));
    cpSync(archive, join(reader.project, `genauth-${version}`, ARCHIVE));
    const [, stack = ""] = /^```go\n(.*?)^```$/ms.exec(readDocument(GUIDE)) ?? [];
    reader.write("main.go", stack);
    const commands = [
      // Go's cache is read-only, so it would stay when the reader's folder is removed.
      "export GOFLAGS=-modcacherw",
      // The executable is what test/package/executables/ tries.
      'export PATH="$PWD/node_modules/.bin:$PATH"',
      ...consoleBlocks(GUIDE).flatMap((block) => block.commands.map(({ text }) => text)),
      "cdktf-genauth export --user-id-type email --output left.csv && cat left.csv",
    ];
    const ran = await reader.paste(commands);
    const failed = ran.find(({ code }) => code !== 0);
    if (failed) throw new Error(`$ ${failed.command}\n${failed.output}`);
    expect(ran.find(({ command }) => command.startsWith("terraform plan"))?.output).toContain(
      "Warning: 1 user will be permanently deleted from GenAuth in 1 call: user004@example.com",
    );
    expect(ran.find(({ command }) => command === "terraform apply tfplan")?.output).toContain(
      "Apply complete! Resources: 0 added, 1 changed",
    );
    const left = ran.at(-1)?.output ?? "";
    expect([left.includes("user004@example.com"), left.match(/@/g)?.length]).toEqual([false, 9]);
  });

  test("writes the configuration that TypeScript writes", async () => {
    const archive = builtArchive();
    const folder = newFolder();
    const here = process.cwd();
    try {
      cpSync(join(__dirname, "declaration/declaration.go"), join(folder, "main.go"));
      writeFileSync(join(folder, "staff.csv"), "email;name\ncy@example.com;Cy ${z} %{if}\n");
      const commands = [
        `unzip -q ${archive}`,
        "go mod init staff",
        `go mod edit -replace ${GO_MODULE}/${GO_PACKAGE}=./cdktf-genauth-go`,
        "go mod tidy",
        "CDKTF_OUTDIR=go.out go run .",
      ];
      const { code, text } = await runChild("bash", ["-ec", commands.join("\n")], {
        cwd: folder,
        env: environment(),
      });
      if (code !== 0) throw new Error(text);
      process.chdir(folder);
      declare(join(folder, "typescript.out"));
      for (const stack of ["staff", "audit"]) {
        const [go, typescript] = ["go.out", "typescript.out"].map(
          (out) =>
            JSON.parse(readFileSync(join(folder, out, "stacks", stack, "cdk.tf.json"), "utf8")) as unknown,
        );
        expect(go).toEqual(typescript);
      }
    } finally {
      process.chdir(here);
    }
  });
});
