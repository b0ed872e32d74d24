import { once } from "node:events";
import {
  existsSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { createSocketFolder } from "../../src/plugin/process/socket-folder";
import { removeStaleSockets } from "../../src/plugin/process/stale-sockets";

let temporary: string;
const servers: Server[] = [];
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), "stale-"));
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  rmSync(temporary, { recursive: true, force: true });
});

/** The socket of a provider that has run for some time. */
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

test("folders of providers that were killed go, with or without their socket", async () => {
  const empty = await leftFor(5, false);
  const socket = await leftFor(5, false);
  writeFileSync(socket, "");
  utimesSync(dirname(socket), 0, 0);
  await removeStaleSockets(temporary);
  expect([dirname(empty), dirname(socket)].filter((folder) => existsSync(folder))).toEqual([]);
});

test("a provider that listens keeps its socket, and a fresh folder stays", async () => {
  const listening = await leftFor(5, true);
  const fresh = await leftFor(0, false);
  await removeStaleSockets(temporary);
  expect(existsSync(listening)).toBe(true);
  expect(existsSync(dirname(fresh))).toBe(true);
});

test("nothing else goes: other names, and whatever lies beside a socket", async () => {
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
