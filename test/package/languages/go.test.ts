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
import { declareIn, STACKS, STAFF_CSV } from "./declaration/declaration";

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

function stackOfGuide(): string {
  const [, stack] = /^```go\n(.*?)^```$/ms.exec(readDocument(GUIDE)) ?? [];
  if (stack === undefined) throw new Error(`${GUIDE} shows no stack in Go.`);
  return stack;
}

(GO === undefined ? describe.skip : describe)("the module for Go", () => {
  test("the stack and the commands of the guide lead from an empty folder to a deleted user", async () => {
    const archive = builtArchive();
    const [engine] = engines();
    const installed = new InstalledPackage();
    // The guide starts an emulator of its own.
    const reader = await Reader.open(engine, installed, []);
    const fileIn = (file: string) => readFileSync(join(reader.project, file), "utf8");
    mkdirSync(join(reader.project, `genauth-${version}`));
    cpSync(archive, join(reader.project, `genauth-${version}`, ARCHIVE));
    reader.write("main.go", stackOfGuide());
    const ran = await reader.paste([
      // Go's cache is read-only, so it would stay when the reader's folder is removed.
      "export GOFLAGS=-modcacherw",
      // In place of the executable, which test/package/executables/ tries.
      'export PATH="$PWD/node_modules/.bin:$PATH"',
      ...consoleBlocks(GUIDE).flatMap((block) => block.commands.map(({ text }) => text)),
      `cdktf-genauth export --user-id-type email --output ${reader.project}/left.csv`,
    ]);
    const failed = ran.find(({ code }) => code !== 0);
    if (failed) throw new Error(`$ ${failed.command}\n${failed.output}`);
    const outputOf = (start: string) =>
      ran.findLast(({ command }) => command.startsWith(start))?.output ?? "";
    expect(outputOf("terraform plan")).toContain(
      "Warning: 1 user will be permanently deleted from GenAuth in 1 call: user004@example.com",
    );
    expect(outputOf("terraform apply tfplan")).toContain("Apply complete! Resources: 0 added, 1 changed");
    expect(fileIn("left.csv")).toBe(fileIn("staff.csv.bak").replace(/^user004.*\n/m, ""));
  });

  test("writes the configuration that TypeScript writes", async () => {
    const archive = builtArchive();
    const folder = newFolder();
    cpSync(join(__dirname, "declaration/declaration.go"), join(folder, "main.go"));
    writeFileSync(join(folder, "staff.csv"), STAFF_CSV);
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
    declareIn(folder, "typescript.out");
    for (const stack of STACKS) {
      const [go, typescript] = ["go.out", "typescript.out"].map(
        (out) =>
          JSON.parse(readFileSync(join(folder, out, "stacks", stack, "cdk.tf.json"), "utf8")) as unknown,
      );
      expect(go).toEqual(typescript);
    }
  });
});
