import fs from "node:fs";
import { basename } from "node:path";
import { afterAll } from "@jest/globals";

// CDKTF's `Testing` synthesizes into folders that it leaves behind.
const made: string[] = [];
const real = fs.mkdtempSync;
fs.mkdtempSync = ((...args: Parameters<typeof real>) => {
  const folder = real(...args);
  if (basename(folder).startsWith("cdktf.outdir.")) made.push(folder);
  return folder;
}) as typeof real;

afterAll(() => {
  fs.mkdtempSync = real;
  for (const folder of made) fs.rmSync(folder, { recursive: true, force: true });
});
