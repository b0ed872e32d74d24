import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type Emulator, seedUsers, startEmulator } from "../../src/emulator";
import { engines } from "../support/engine";
import { GitLabTeam } from "./support/gitlab-team";
import { without } from "./support/staff";

const POOL = seedUsers(8);
let emulator: Emulator;
let team: GitLabTeam;
beforeEach(async () => {
  emulator = await startEmulator({ users: POOL });
  const [engine] = engines();
  if (!engine) throw new Error("There is no engine.");
  team = new GitLabTeam(engine, emulator.environment());
  await team.open();
  await team.create(["email,name", ...POOL.map(({ email = "" }) => `${email},`), ""].join("\n"));
});
afterEach(async () => {
  await team.stop();
  await emulator.close();
});

/** Runs the first apply, which deletes nobody. */
async function begin(): Promise<void> {
  await team.mergeResult(1, "main");
  expect((await team.review(1)).at(-1)).toMatchObject({ code: 0 });
  await team.mergeRequest(1, "main");
  expect(await team.apply()).toMatchObject({ code: 0 });
}

test("the report is one updated comment, the approved removals are applied, and drift is one issue", async () => {
  await begin();
  const forged = {
    id: 7,
    author: { username: "mallory" },
    body: "<!-- genauth-users:plan -->\nNobody leaves",
  };
  team.gitlab.notes.set(2, [forged]);

  await team.propose("leavers", without(3));
  await team.mergeResult(2, "leavers");
  expect((await team.review(2)).at(-1)).toMatchObject({ code: 0 });
  await team.propose("leavers", without(5), { from: "leavers" });
  await team.mergeResult(2, "leavers");
  expect((await team.review(2)).at(-1)).toMatchObject({ code: 0 });
  const [first, report, ...more] = team.gitlab.notes.get(2) ?? [];
  expect([first, more]).toEqual([forged, []]);
  expect(report?.body).toContain("## 2 users will be permanently deleted");
  expect(report?.body).toContain("user005@example.com");
  expect(emulator.pool.size).toBe(8);

  await team.mergeRequest(2, "leavers");
  expect(await team.apply()).toMatchObject({ code: 0 });
  expect([3, 5].filter((number) => emulator.pool.find(`user00${number}@example.com`, "email"))).toEqual([]);
  expect(emulator.pool.size).toBe(6);
  expect(team.artifact("apply/drift.md")).toContain("## No drift");
  expect(await team.drift()).toMatchObject({ code: 0 });
  expect(team.gitlab.issues).toEqual([]);

  emulator.pool.remove(POOL[0]?.userId ?? "");
  expect(await team.drift()).toMatchObject({ code: 0 });
  emulator.pool.remove(POOL[1]?.userId ?? "");
  expect(await team.drift()).toMatchObject({ code: 0 });
  expect(team.gitlab.issues).toMatchObject([
    { title: "Drift: 2 declared users missing", state: "opened", labels: ["genauth-drift"] },
  ]);
  expect(team.gitlab.issues[0]?.description).toContain("user001@example.com");
  for (const user of POOL.slice(0, 2)) emulator.pool.add(user);
  expect(await team.drift()).toMatchObject({ code: 0 });
  expect(team.gitlab.issues).toMatchObject([{ state: "closed" }]);
}, 120_000);

test("an outdated merge result is not planned, and unapproved removals are not applied", async () => {
  await begin();
  await team.propose("stale", without(1));
  await team.mergeResult(2, "stale");
  await team.propose("joiner", (users) => `${users.trimEnd()}\nnew@example.com,Nia New\n`);
  await team.merge("joiner");
  const [stale, ...later] = await team.review(2);
  expect(stale).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("lacks commits of main") as unknown,
  });
  expect(later).toEqual([]);
  expect(team.gitlab.notes.has(2)).toBe(false);

  expect(await team.apply()).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("came by no merge request") as unknown,
  });

  await team.propose("leavers", without(3));
  await team.mergeResult(3, "leavers");
  expect((await team.review(3)).at(-1)).toMatchObject({ code: 0 });
  await team.propose("leavers", without(4), { from: "leavers" });
  await team.mergeRequest(3, "leavers");
  const stopped = await team.apply();
  expect(stopped.code).toBe(1);
  expect(stopped.stderr).toContain("The removals are not those that were approved");
  expect(emulator.pool.size).toBe(8);
}, 120_000);

test("only the report of the merge request that was merged into the default branch counts", async () => {
  await begin();
  await team.propose("leavers", without(3));
  await team.mergeResult(2, "leavers");
  expect((await team.review(2)).at(-1)).toMatchObject({ code: 0 });
  const approved = { iid: 2, state: "merged", target_branch: "main" } as const;
  const aside = { ...approved, iid: 9, target_branch: "aside" };
  await team.merge("leavers");

  for (const requests of [[aside], [{ ...approved, state: "opened" } as const]]) {
    await team.setRequests(...requests);
    expect(await team.apply()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("came by no merge request into main") as unknown,
    });
  }
  // A second merge request of the same commit is merged with the first, but nobody has read its report.
  await team.setRequests({ ...approved, iid: 9 }, approved);
  expect(await team.apply()).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("came by several merge requests into main (9, 2)") as unknown,
  });
  expect(emulator.pool.size).toBe(8);

  await team.setRequests(aside, approved);
  expect(await team.apply()).toMatchObject({ code: 0 });
  expect(emulator.pool.size).toBe(7);
}, 120_000);

test("the apply must match the report that was shown before its start, even if the comment changes later", async () => {
  await begin();
  await team.propose("leavers", without(3));
  await team.mergeResult(2, "leavers");
  expect((await team.review(2)).at(-1)).toMatchObject({ code: 0 });
  const [note] = team.gitlab.notes.get(2) ?? [];
  const approved = note?.body ?? "";
  await team.propose("leavers", without(4), { from: "leavers" });
  await team.mergeRequest(2, "leavers");

  const shown = await team.approved();
  expect(shown.ended).toMatchObject({ code: 0 });
  expect(shown.ended.stdout).toContain(approved);
  // The plan is retried, and the comment now names both users.
  await team.mergeResult(2, "leavers");
  expect((await team.review(2)).at(-1)).toMatchObject({ code: 0 });
  expect(note?.body).toContain("user004@example.com");
  const stopped = await team.apply(shown);
  expect(stopped.code).toBe(1);
  expect(stopped.stderr).toContain("The removals are not those that were approved");
  expect(emulator.pool.size).toBe(8);
}, 120_000);
