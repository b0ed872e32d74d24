import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type Emulator, seedUsers, startEmulator } from "../support/emulator";
import { engines } from "../support/engine/engines";
import { AtlantisTeam } from "./support/atlantis-team";
import { without } from "./support/staff";

const POOL = seedUsers(8);
let emulator: Emulator;
let team: AtlantisTeam;
beforeEach(async () => {
  emulator = await startEmulator({ users: POOL });
  const [engine] = engines();
  if (!engine) throw new Error("There is no engine.");
  const { accessKeyId, accessKeySecret } = emulator.readKey;
  team = new AtlantisTeam(engine, {
    ...emulator.environment(),
    GENAUTH_ACCESS_KEY_ID: accessKeyId,
    GENAUTH_ACCESS_KEY_SECRET: accessKeySecret,
  });
  await team.create(["email,name", ...POOL.map(({ email = "" }) => `${email},`), ""].join("\n"));
});
afterEach(async () => {
  team.close();
  await emulator.close();
});

test("the server shows who leaves, whatever files the branch adds, and applies nothing", async () => {
  await team.applyElsewhere(emulator.environment());
  const fake = "#!/bin/sh\necho 'Nobody leaves'\n";
  await team.propose("leavers", without(3), { programs: { "genauth-users": fake } });
  const planned = await team.plan(2, "leavers");
  expect(planned).toMatchObject({ code: 0 });
  expect(planned.text).toContain("1 user will be permanently deleted");
  expect(planned.text).toContain("user003@example.com");

  const refused = await team.comment(2, "apply");
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.text).toContain("Nothing was applied. Atlantis only plans and reports here.");
  expect(emulator.pool.size).toBe(8);
}, 600_000);

test("a pull request shows no deletion whose day has come", async () => {
  await team.applyElsewhere(emulator.environment());
  team.suspendLeavers(14);
  await team.propose("leavers", without(3));
  await team.merge("leavers");
  await team.applyElsewhere(emulator.environment());
  expect(emulator.pool.find("user003@example.com", "email")).toMatchObject({ status: "Suspended" });

  emulator.letDaysPass(15);
  await team.propose("joiner", (users) => `${users.trimEnd()}\nnew@example.com,Nia New\n`);
  const planned = await team.plan(3, "joiner");
  expect(planned).toMatchObject({ code: 0 });
  expect(planned.text).toContain("Nobody loses an account; 1 joins");
  expect(planned.text).not.toContain("user003@example.com");
}, 600_000);
