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
  return readFileSync(join(team.github, name), "utf8");
}

/** Exports the pool into a repository. The first apply deletes nobody. */
async function begin(): Promise<void> {
  const exported = await startCommand(["export", "--user-id-type", "email"], { env: emulator.environment() })
    .finished;
  await team.create(exported.stdout.replace("id,label", "email,name"));
  expect((await team.review("main")).at(-1)).toMatchObject({ code: 0 });
  expect(read("comment.md")).toContain("## Nobody leaves");
  expect(await team.apply()).toMatchObject({ code: 0 });
  expect(emulator.pool.size).toBe(12);
}

test("a team exports, removes three users, reviews, applies, sees no drift, and then sees a user that somebody deleted", async () => {
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
  expect(existsSync(join(team.github, "issue.md"))).toBe(false);

  emulator.pool.remove(POOL[0]?.userId ?? "");
  expect(await team.drift()).toMatchObject({ code: 0 });
  expect(read("issue.md")).toContain("## Drift: 1 declared user missing");
  expect(read("issue.md")).toContain("user001@example.com");

  // The apply names a user that cannot be deleted, and fails.
  const ids = ["user004@example.com"];
  emulator.faults.add({ on: "delete-users-batch", ids, then: { kind: "answer", statusCode: 422 } });
  // Users that the repository's settings protect stay, whatever was merged.
  await team.propose("more", without(4, 6, 10));
  expect((await team.review("more")).at(-1)).toMatchObject({ code: 0 });
  await team.merge("more");
  expect(await team.apply()).toMatchObject({ code: 1 });
  expect(team.summary).toMatch(/## Drift: 1 removed user still there[\s\S]*user004@example\.com/);
  expect(emulator.pool.size).toBe(7);
  expect(emulator.pool.find("user010@example.com", "email")).toBeDefined();
}, 180_000);

test("an outdated branch is not planned, and changes after the approval are not applied", async () => {
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

test("only the report of the pull request that was merged into main counts, and the person who approves the apply sees it", async () => {
  await begin();
  await team.propose("leavers", without(3));
  expect((await team.review("leavers")).at(-1)).toMatchObject({ code: 0 });
  await team.merge("leavers");

  for (const requests of [[], [{ number: 8, target: "aside" }], [{ number: 7, isMerged: false }]]) {
    team.setRequests(...requests);
    expect(await team.apply()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("came by no pull request into main") as unknown,
    });
  }
  // A second pull request of the same commit is merged with the first, but nobody has read its report.
  team.setRequests({ number: 8 }, { number: 7 });
  expect(await team.apply()).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("came by several pull requests into main (8, 7)") as unknown,
  });
  expect(emulator.pool.size).toBe(12);

  team.setRequests({ number: 8, target: "aside" }, { number: 7 });
  expect(await team.approved()).toMatchObject({ code: 0 });
  expect(team.summary).toBe(read("comment.md"));
  expect(await team.apply()).toMatchObject({ code: 0 });
  expect(emulator.pool.size).toBe(11);
}, 180_000);
