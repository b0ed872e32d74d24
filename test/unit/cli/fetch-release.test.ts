import { createServer, type Server } from "node:http";
import { readdirSync } from "node:fs";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { fetchRelease } from "../../../src/cli/fetch-release";

let server: Server;
let target: string;
let cache: string;
beforeEach(async () => {
  cache = newFolder();
  server = createServer((_request, response) => response.writeHead(302, { location: target }).end());
  await once(server.listen(0, "127.0.0.1"), "listening");
});
afterEach(() => void server.close());

test("a redirect to an address without TLS is refused before it is followed", async () => {
  target = "http://release.example.com/0.1.0.json";
  const { port } = server.address() as AddressInfo;
  await expect(
    fetchRelease(`http://127.0.0.1:${port}/`, "0.1.0", ["linux_amd64"], { XDG_CACHE_HOME: cache }),
  ).rejects.toThrow(`leads to ${target}, which is not an https address. Nothing was installed.`);
  expect(readdirSync(cache)).toEqual([]);
});

test("an address without TLS is refused", async () => {
  await expect(
    fetchRelease("http://release.example.com/", "0.1.0", ["linux_amd64"], { XDG_CACHE_HOME: cache }),
  ).rejects.toThrow("must be at an https address. Nothing was installed.");
});
