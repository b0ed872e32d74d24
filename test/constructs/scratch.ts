import { afterAll, beforeAll } from "@jest/globals";
import { type App, Testing } from "cdktf";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Gives a file's tests apps that write to folders of their own, which are removed in the end. */
export function scratchApps(): () => App {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "genauth-apps-"));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  return () => Testing.app({ outdir: mkdtempSync(join(root, "app-")) });
}
