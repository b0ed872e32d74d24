import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "@jest/globals";
import { type Emulator, startEmulator } from "../support/emulator";
import { engines } from "../support/engine/engines";
import { makeFirstApply, POOL } from "./support/setting";
import { without } from "./support/staff";
import { Team } from "./support/team";
import { plainStacks, usersFile } from "./support/two-stacks";

const [engine] = engines();
let emulator: Emulator;
let team: Team;
beforeEach(async () => {
  emulator = await startEmulator({ users: POOL });
  team = new Team(engine, emulator);
  await team.open();
});

/** What the first apply of two stacks left, once a test has made it. */
let saved: string | undefined;

/**
 * Applies two stacks in plain HCL.
 *
 * @param people further attributes of that set
 */
async function createStacks(limits: object = {}, people = ""): Promise<void> {
  team.settings["paths"] = [];
  const { configurations, others } = plainStacks(team, limits, { people });
  if (saved === undefined) {
    await team.create("email,name\n");
    await change("hcl", { ...configurations, ...others });
    expect((await team.push({ before: "drift-after-apply" })).result("apply")).toBe("success");
    saved = team.save();
  } else {
    await team.restore(saved);
    await change("here", configurations);
  }
}

/** Merges files. */
async function change(branch: string, programs: Readonly<Record<string, string>>): Promise<void> {
  await team.mergeProposal(branch, 7, (text) => text, { programs });
}

test("two stacks in plain HCL are planned, approved and applied by one run, with a report of each", async () => {
  await createStacks();
  await change("leavers", { "lists/people.csv": without(3)(usersFile(0, 6)) });
  const run = await team.push();
  const summary = run.jobs.get("plan")?.summary ?? "";
  // One total, and the gravest first.
  expect(summary.match(/<!-- genauth-users:plan.*-->/g)).toEqual(["<!-- genauth-users:plan -->"]);
  expect(summary).toContain("1 user will be permanently deleted");
  const files = readdirSync(run.artifact("genauth-report-1")).sort();
  expect(files.join(" ")).toBe("comment.md guests people report.html report.json report.md report.txt");
  expect((await run.approveApply("otto")).result("apply")).toBe("success");
  expect(run.text("apply").match(/Apply complete!/g)).toHaveLength(1);
  expect(emulator.pool.size).toBe(11);

  // A stack that leaves the settings with people in it is named by the plan of that change, and each night.
  Object.assign(team.settings, { stacks: (team.settings["stacks"] as object[]).slice(0, 1) });
  await team.mergeProposal("only-people", 8, (text) => text, {
    prepare: (clone) => team.writeSettings(clone),
  });
  const left = "The stack guests has left genauth.pipeline.yaml and may still hold people";
  const { summary: warned = "" } = (await team.push()).jobs.get("plan") ?? {};
  expect(warned).toContain(left);
  expect(warned.replaceAll(/\s+/g, " ")).toContain(
    "to keep their accounts, take its sets and its user files away",
  );
  expect((await team.night()).jobs.get("drift")?.summary).toContain(`**${left}`);
}, 600_000);

test("a limit is of the run, and a stack that cannot be planned holds up no other and says why", async () => {
  await createStacks({ max_deletions: 3 });

  // Two of each stack: more than three, over both.
  await change("leavers", {
    "lists/people.csv": without(2, 3)(usersFile(0, 6)),
    "lists/guests.csv": without(8, 9)(usersFile(6, 12)),
  });
  const refused = await team.push();
  expect(refused.result("plan")).toBe("failure");
  expect(refused.jobs.get("plan")?.summary).toMatch(
    /^<!-- genauth-users:plan -->\n\n## REFUSED: `?4 users would be deleted, more than the limit allows \(3\)/,
  );
  expect(refused.result("apply")).toBe("skipped");

  await change("broken", {
    "people/more.tf": 'output "broken" {\n  value = genauth_user_set.nobody.id\n}\n',
    "lists/people.csv": usersFile(0, 6),
  });
  const run = await team.push();
  const { summary = "", log = "" } = run.jobs.get("plan") ?? {};
  expect(summary).toMatch(
    /^<!-- genauth-users:plan -->\n\n## REFUSED in part: not `?people`?. The others: 2 users will be permanently deleted/,
  );
  expect(summary).toMatch(/In .*more\.tf line 2/);
  // Whatever format is read: no report of the run leaves out the stack without a plan.
  for (const format of ["json", "html", "txt", "md"])
    expect(readFileSync(join(run.artifact("genauth-report-1"), `report.${format}`), "utf8")).toMatch(
      /people[\s\S]*Reference to undeclared resource/,
    );
  expect(log).toMatch(/Error: Reference to undeclared resource\nIn .*more\.tf line 2/);
  expect(log).not.toContain('"@level"');

  // The other stack is applied, and the run ends red and says which one was not.
  await run.approve("otto");
  expect(run.result("apply")).toBe("failure");
  expect(run.text("apply")).toContain(
    "Not applied in full: 2 users deleted. Refused, and not applied: people.",
  );
  expect(team.service.commentsOf(7).join("")).toContain("Refused, and not applied: people.");
  expect(emulator.pool.size).toBe(10);
  expect((await team.openRequest("broken", 7)).result("plan")).toBe("failure");
}, 600_000);

test("a night applies nothing of a stack that it leaves out, and keeps its people", async () => {
  await createStacks({}, "  suspend_days = 14\n");
  await change("leavers", { "lists/people.csv": without(3, 6)(usersFile(0, 6)) });
  expect((await (await team.push()).approveApply("otto")).result("apply")).toBe("success");
  await change("both", { "lists/guests.csv": usersFile(5, 12) });
  expect((await team.push()).result("apply")).toBe("success");
  emulator.letDaysPass(15);
  // Nobody has approved this deletion, which the night's plan of the other stack holds, too.
  await change("guest", { "lists/guests.csv": without(8)(usersFile(5, 12)) });
  expect((await team.push()).waiting).toBe("apply");

  const night = await team.night("drift");
  expect(night.text("plan")).toMatch(/guests: [^]*Nothing of this is applied by this night/);
  await night.approveApply("otto");
  expect(night.text("apply")).toMatch(/one plan declares or retains[^]*in full: 1 of 2 users deleted\./);
  expect(emulator.pool.size).toBe(11);
}, 600_000);

test("a commit that changes none of the paths lets an approval stand, and another one voids it", async () => {
  team.settings["paths"] = ["*.csv"];
  await team.restore(await makeFirstApply(engine));
  await team.mergeProposal("leavers", 7, without(3));
  const [first, second] = [await team.push(), await team.push()];
  await team.mergeProposal("page", 8, (text) => text, { programs: { "docs/page.md": "A page.\n" } });
  expect((await first.approveApply("otto")).result("apply")).toBe("success");
  expect(emulator.pool.size).toBe(11);

  await team.mergeProposal("joiner", 9, (text) => `${text.trimEnd()}\nnew@example.com,Nia New\n`);
  expect((await second.approveApply("otto")).result("apply")).toBe("failure");
  expect(second.text("apply")).toContain("lacks commits of main");
}, 600_000);

test("whom a stack declares that changes nothing is deleted by no other stack of the run", async () => {
  await createStacks();
  await change("both", { "lists/guests.csv": usersFile(5, 12) });
  expect((await team.push()).result("apply")).toBe("success");
  await change("leaver", { "lists/people.csv": usersFile(0, 5) });
  const run = await (await team.push()).approveApply("otto");
  expect(run.text("apply")).toContain("one plan declares or retains this user");
  expect(emulator.pool.size).toBe(12);
}, 600_000);
