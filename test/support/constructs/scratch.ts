import { beforeAll } from "@jest/globals";
import { type App, Testing } from "cdktf";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { newFolder } from "../at-end";

/** Provides apps with separate output folders, which are removed after the tests of the file. */
export function scratchApps(): () => App {
  let root: string;
  beforeAll(() => void (root = newFolder()));
  return () => Testing.app({ outdir: mkdtempSync(join(root, "app-")) });
}
