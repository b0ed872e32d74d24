import fs from "node:fs";
import { basename } from "node:path";
import { afterAll } from "@jest/globals";
import { atEnd, closeAll } from "./at-end";

// CDKTF's `Testing` synthesizes into folders that it leaves behind.
const real = fs.mkdtempSync;
fs.mkdtempSync = ((...args: Parameters<typeof real>) => {
  const folder = real(...args);
  if (basename(folder).startsWith("cdktf.outdir."))
    atEnd(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}) as typeof real;

afterAll(async () => {
  fs.mkdtempSync = real;
  await closeAll();
});
