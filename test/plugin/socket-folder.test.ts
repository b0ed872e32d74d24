import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { createSocketFolder } from "../../src/plugin/process/socket-folder";

let temporary: string;
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), "socket-"));
});
afterEach(() => rmSync(temporary, { recursive: true, force: true }));

test("is fresh, below the folder for temporary files, and open to this user only", () => {
  const folder = createSocketFolder(temporary);
  expect(dirname(dirname(folder.socket))).toBe(temporary);
  expect(statSync(dirname(folder.socket)).mode & 0o777).toBe(0o700);
  expect(createSocketFolder(temporary).socket).not.toBe(folder.socket);
});

test("keeps the socket's path short enough for macOS where the folder for temporary files is deep", () => {
  const deep = join(temporary, "d".repeat(40), "e".repeat(40));
  mkdirSync(deep, { recursive: true });
  const folder = createSocketFolder(deep);
  try {
    expect(folder.socket).toMatch(/^\/tmp\/terraform-plugin-node-/);
    expect(Buffer.byteLength(folder.socket)).toBeLessThan(104);
  } finally {
    folder.remove();
  }
});

test("goes with all that is in it, and going twice does no harm", () => {
  const folder = createSocketFolder(temporary);
  writeFileSync(folder.socket, "");
  folder.remove();
  folder.remove();
  expect(existsSync(dirname(folder.socket))).toBe(false);
});
