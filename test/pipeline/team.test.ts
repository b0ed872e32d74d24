import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type Emulator, seedUsers, startEmulator } from "../../src/emulator";
import { startCommand } from "../cli/command";
import { engines } from "../support/engine";
import { without } from "./support/staff";
import { Team } from "./support/team";

const POOL = seedUsers(12);
let emulator: Emulator;
let team: Team;
beforeEach(async () => {
  emulator = await startEmulator({ users: POOL });
  const [engine] = engines();
  if (!engine) throw new Error("There is no engine.");
  team = new Team(engine, emulator.environment());
  await team.open();
});
afterEach(async () => {
  await team.stop();
  await emulator.close();
});

/** Exports the pool into a repository. The first apply deletes nobody, so nobody has to approve it. */
async function begin(): Promise<void> {
  const exported = await startCommand(["export", "--user-id-type", "email"], { env: emulator.environment() })
    .finished;
  await team.create(exported.stdout.replace("id,label", "email,name"));
  const run = await team.push();
  expect(run.text("plan")).toContain("## Nobody leaves");
  expect(run.result("apply-without-deletions")).toBe("success");
}

test("a team exports, removes three users, and approves the plan that is then applied", async () => {
  await begin();
  await team.propose("leavers", without(3, 5, 9));
  await team.mergeRequest("leavers", 7);
  const run = await team.push();
  expect(run.text("plan")).toContain("## 3 users will be permanently deleted");
  expect(run.waiting).toBe("apply");
  expect(emulator.pool.size).toBe(12);

  await run.approve("otto");
  expect(run.result("apply")).toBe("success");
  expect(run.text("apply")).toContain("## No drift");
  expect([3, 5, 9].filter((number) => emulator.pool.find(`user00${number}@example.com`, "email"))).toEqual(
    [],
  );
  expect(emulator.pool.size).toBe(9);
  expect(team.service.comments.get(7)?.join("")).toMatch(
    /\*\*Applied as approved\.\*\*[\s\S]*approved by @otto/,
  );
}, 180_000);
