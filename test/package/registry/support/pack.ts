import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runChild } from "../../../support/engine/child";
import { environment, PACKED, ROOT } from "./packed";

/** Packs the package once for all tests. */
export default async function pack(): Promise<void> {
  const before = readSources();
  const folder = mkdtempSync(join(tmpdir(), "genauth-packed-"));
  const { code, stdout, text } = await runChild("npm", ["pack", "--json", "--pack-destination", folder], {
    cwd: ROOT,
    env: environment(),
  });
  if (code !== 0) throw new Error(`npm pack failed:\n${text}`);
  if (readSources().join() !== before.join())
    throw new Error("npm pack has changed a file of the repository.");
  const [, filename = ""] = /"filename": "(.*)"/.exec(stdout) ?? [];
  process.env[PACKED] = join(folder, filename);
}

function readSources(): string[] {
  return ["package.json", "README.md", "docs/index.md"].map((file) => readFileSync(join(ROOT, file), "utf8"));
}
