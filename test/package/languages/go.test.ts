import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { version } from "../../../package.json";
import { GO_MODULE, GO_PACKAGE } from "../../../scripts/jsii/editions";
import { ROOT } from "../../support/docs/documents";
import { runChild } from "../../support/engine/child";
import { onPath } from "../../support/engine/engine";
import { environment } from "../registry/support/packed";
import { declare } from "./declaration/declaration";

const GO = onPath("go");
if (GO === undefined) console.warn("Go is not installed, so the module for Go is not tried.");

(GO === undefined ? describe.skip : describe)("the module for Go", () => {
  test("writes the configuration that TypeScript writes", async () => {
    const archive = join(ROOT, "jsii", `cdktf-genauth-go_${version}.zip`);
    if (!existsSync(archive)) throw new Error("The module for Go is not built. Run: npm run jsii:build");
    const folder = mkdtempSync(join(tmpdir(), "genauth-go-"));
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
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
