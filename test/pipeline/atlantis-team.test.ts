import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type Emulator, seedUsers, startEmulator } from "../../src/emulator";
import { engines } from "../support/engine";
import { AtlantisTeam } from "./support/atlantis-team";
import { without } from "./support/staff";

const POOL = seedUsers(8);
let emulator: Emulator;
let team: AtlantisTeam;
beforeEach(async () => {
  emulator = await startEmulator({ users: POOL });
  const [engine] = engines();
  if (!engine) throw new Error("There is no engine.");
  team = new AtlantisTeam(engine, emulator.environment());
  await team.create(["email,name", ...POOL.map(({ email = "" }) => `${email},`), ""].join("\n"));
});
afterEach(async () => {
  team.close();
  await emulator.close();
});

test("the server shows the removed users, whatever files the branch adds, and applies exactly what it showed", async () => {
  await team.propose("begin", (users) => `${users}new@example.com,Nia New\n`);
  const begun = await team.plan(1, "begin");
  expect(begun).toMatchObject({ code: 0, text: expect.stringContaining("Nobody leaves") as unknown });
  expect(await team.apply(1)).toMatchObject({ code: 0 });
  await team.merge("begin");
  expect(emulator.pool.size).toBe(8);

  const fake = "#!/bin/sh\necho 'Nobody leaves'\n";
  await team.propose("leavers", without(3), { programs: { "genauth-users": fake } });
  const planned = await team.plan(2, "leavers");
  expect(planned).toMatchObject({ code: 0 });
  expect(planned.text).toContain("1 user will be permanently deleted");
  expect(planned.text).toContain("user003@example.com");

  await team.propose("leavers", without(5), { from: "leavers" });
  await team.pull("leavers");
  const stopped = await team.apply(2);
  expect(stopped.code).toBe(1);
  expect(stopped.stderr).toContain("The removals are not those that were approved");
  expect(emulator.pool.size).toBe(8);

  expect((await team.plan(2, "leavers")).text).toContain("user005@example.com");
  expect(await team.apply(2)).toMatchObject({ code: 0 });
  expect([3, 5].filter((number) => emulator.pool.find(`user00${number}@example.com`, "email"))).toEqual([]);
  expect(emulator.pool.size).toBe(6);
}, 120_000);
