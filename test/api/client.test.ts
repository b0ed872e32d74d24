import { afterEach, expect, test } from "@jest/globals";
import { createManagementClient } from "../../src/api";
import { seedUsers, startEmulator } from "../../src/emulator";
import type { Emulator } from "../../src/emulator";
import type { UserDirectory } from "../../src/users/directory";
import { UserIdType } from "../../src/users/user-id-type";

let emulator: Emulator | undefined;
afterEach(() => emulator?.close());

test("the client is a user directory, and finds and deletes over real HTTP", async () => {
  emulator = await startEmulator({ users: seedUsers(3) });
  const { url: host, accessKeyId, accessKeySecret } = emulator;
  const client = createManagementClient({ host, accessKeyId, accessKeySecret });
  const directory: UserDirectory = client;
  const emails = ["user001@example.com", "user002@example.com", "nobody@example.com"];
  const found = await directory.findUsers(emails, UserIdType.EMAIL);
  expect(found).toMatchObject({ ok: true, value: [{ username: "user001" }, { username: "user002" }] });
  expect(await directory.deleteUsers(emails, UserIdType.EMAIL)).toEqual({ ok: true, value: undefined });
  expect(await directory.findUser("user001", UserIdType.USERNAME)).toEqual({ ok: true, value: undefined });
  expect(emulator.pool.list().map(({ username }) => username)).toEqual(["user003"]);
  client.close();
});
