import { once } from "node:events";
import {
  existsSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:net";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { createSocketFolder, removeStaleSockets } from "../../../src/plugin/socket-folder";

let temporary: string;
beforeEach(() => void (temporary = newFolder()));

test("is new, in the temporary folder, and accessible to this user only", () => {
  const folder = createSocketFolder(temporary);
  expect(dirname(dirname(folder.socket))).toBe(temporary);
  expect(statSync(dirname(folder.socket)).mode & 0o777).toBe(0o700);
  expect(createSocketFolder(temporary).socket).not.toBe(folder.socket);
});

test("keeps the socket's path short enough for macOS if the temporary folder is deep", () => {
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

test("is removed with its contents, and can be removed twice", () => {
  const folder = createSocketFolder(temporary);
  writeFileSync(folder.socket, "");
  folder.remove();
  folder.remove();
  expect(existsSync(dirname(folder.socket))).toBe(false);
});

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Makes the socket folder of a provider that started some time ago. */
async function leftFor(minutes: number, isListening: boolean): Promise<string> {
  const { socket } = createSocketFolder(temporary);
  if (isListening) {
    const server = createServer().listen(socket);
    servers.push(server);
    await once(server, "listening");
  }
  const then = Date.now() / 1000 - minutes * 60;
  utimesSync(dirname(socket), then, then);
  return socket;
}

test("folders of killed providers are removed, with or without their socket", async () => {
  const empty = await leftFor(5, false);
  const socket = await leftFor(5, false);
  writeFileSync(socket, "");
  utimesSync(dirname(socket), 0, 0);
  await removeStaleSockets(temporary);
  expect([dirname(empty), dirname(socket)].filter((folder) => existsSync(folder))).toEqual([]);
});

test("the socket of a listening provider stays, and so does a new folder", async () => {
  const listening = await leftFor(5, true);
  const fresh = await leftFor(0, false);
  await removeStaleSockets(temporary);
  expect(existsSync(listening)).toBe(true);
  expect(existsSync(dirname(fresh))).toBe(true);
});

test("nothing else is removed: other names, and files beside a socket", async () => {
  const socket = await leftFor(5, false);
  const beside = join(dirname(socket), "notes.txt");
  writeFileSync(beside, "");
  utimesSync(dirname(socket), 0, 0);
  mkdirSync(join(temporary, "terraform-plugin-of-others"));
  utimesSync(join(temporary, "terraform-plugin-of-others"), 0, 0);
  await removeStaleSockets(temporary);
  expect(existsSync(beside)).toBe(true);
  expect(readdirSync(temporary)).toContain("terraform-plugin-of-others");
});

test("a link is not followed: a file of the same name in another folder stays", async () => {
  const elsewhere = mkdtempSync(join(temporary, "elsewhere-"));
  const file = join(elsewhere, "socket");
  writeFileSync(file, "");
  utimesSync(elsewhere, 0, 0);
  const link = join(temporary, "terraform-plugin-node-link");
  symlinkSync(elsewhere, link);
  lutimesSync(link, 0, 0);
  await removeStaleSockets(temporary);
  expect(existsSync(file)).toBe(true);
});
