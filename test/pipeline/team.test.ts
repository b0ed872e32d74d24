import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
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
});
afterEach(async () => {
  team.close();
  await emulator.close();
});

function read(name: string): string {
  return readFileSync(join(team.desk, name), "utf8");
}

/** A pool becomes a repository, whose first apply deletes nobody. */
async function begin(): Promise<void> {
  const exported = await startCommand(["export", "--user-id-type", "email"], { env: emulator.environment() })
    .finished;
  await team.found(exported.stdout.replace("id,label", "email,name"));
  expect((await team.review("main")).at(-1)).toMatchObject({ code: 0 });
  expect(read("comment.md")).toContain("## Nobody leaves");
  expect(await team.apply()).toMatchObject({ code: 0 });
  expect(emulator.pool.size).toBe(12);
}

test("a team exports, removes three, reviews, applies, is told of no drift, and then of one whom somebody deleted", async () => {
  await begin();

  await team.propose("leavers", without(3, 5, 9));
  expect((await team.review("leavers")).at(-1)).toMatchObject({ code: 0 });
  expect(read("comment.md")).toContain("## 3 users will be permanently deleted");
  for (const number of [3, 5, 9]) expect(read("comment.md")).toContain(`user00${number}@example.com`);
  expect(read("comments.log")).toBe("made\nchanged\n");
  expect(emulator.pool.size).toBe(12);

  await team.merge("leavers");
  expect(await team.apply()).toMatchObject({ code: 0 });
  expect([3, 5, 9].filter((number) => emulator.pool.find(`user00${number}@example.com`, "email"))).toEqual(
    [],
  );
  expect(emulator.pool.size).toBe(9);
  expect(await team.drift()).toMatchObject({ code: 0 });
  expect(existsSync(join(team.desk, "issue.md"))).toBe(false);

  emulator.pool.remove(POOL[0]?.userId ?? "");
  expect(await team.drift()).toMatchObject({ code: 0 });
  expect(read("issue.md")).toContain("## Drift: 1 declared user missing");
  expect(read("issue.md")).toContain("user001@example.com");

  // Who cannot be deleted is named by the report of the apply, and the run fails.
  const ids = ["user004@example.com"];
  emulator.faults.add({ on: "delete-users-batch", ids, then: { kind: "answer", statusCode: 422 } });
  // Whom the repository's settings protect stays, whatever was merged.
  await team.propose("more", without(4, 6, 10));
  expect((await team.review("more")).at(-1)).toMatchObject({ code: 0 });
  await team.merge("more");
  expect(await team.apply()).toMatchObject({ code: 1 });
  expect(team.summary).toMatch(/## Drift: 1 removed user still there[\s\S]*user004@example\.com/);
  expect(emulator.pool.size).toBe(7);
  expect(emulator.pool.find("user010@example.com", "email")).toBeDefined();
}, 180_000);

test("a branch that is out of date is not planned, and what changed since the approval is not applied", async () => {
  await begin();
  await team.propose("stale", without(1));
  await team.propose("joiner", (users) => `${users.trimEnd()}\nnew@example.com,Nia New\n`);
  await team.merge("joiner");
  const [stale, ...later] = await team.review("stale");
  expect(stale).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("lacks commits of main") as unknown,
  });
  expect(later).toEqual([]);

  await team.propose("leavers", without(3));
  expect((await team.review("leavers")).at(-1)).toMatchObject({ code: 0 });
  await team.propose("leavers", without(4), { from: "leavers" });
  await team.merge("leavers");
  const stopped = await team.apply();
  expect(stopped.code).toBe(1);
  expect(stopped.stderr).toContain("The removals are not those that were approved");
  expect(emulator.pool.size).toBe(12);
}, 180_000);

test("the report counts of the one pull request that was merged into main, and whoever releases the apply reads it", async () => {
  await begin();
  await team.propose("leavers", without(3));
  expect((await team.review("leavers")).at(-1)).toMatchObject({ code: 0 });
  await team.merge("leavers");

  for (const requests of [[], [{ number: 8, target: "aside" }], [{ number: 7, isMerged: false }]]) {
    team.cameBy(...requests);
    expect(await team.apply()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("came by no pull request into main") as unknown,
    });
  }
  // A second one of the same commit is merged with the first, and nobody has read its report.
  team.cameBy({ number: 8 }, { number: 7 });
  expect(await team.apply()).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("came by several pull requests into main (8, 7)") as unknown,
  });
  expect(emulator.pool.size).toBe(12);

  team.cameBy({ number: 8, target: "aside" }, { number: 7 });
  expect(await team.approved()).toMatchObject({ code: 0 });
  expect(team.summary).toBe(read("comment.md"));
  expect(await team.apply()).toMatchObject({ code: 0 });
  expect(emulator.pool.size).toBe(11);
}, 180_000);
