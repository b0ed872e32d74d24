import { afterAll, beforeAll } from "@jest/globals";
import { type App, Testing } from "cdktf";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Provides apps with separate output folders, which are removed after the tests of the file. */
export function scratchApps(): () => App {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "genauth-apps-"));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  return () => Testing.app({ outdir: mkdtempSync(join(root, "app-")) });
}
