import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "@jest/globals";
import { type Emulator, startEmulator } from "../support/emulator";
import { engines } from "../support/engine/engines";
import { makeFirstApply, POOL } from "./support/setting";
import { without } from "./support/staff";
import { Team } from "./support/team";
import { createBothForms, plainConfiguration, plainStacks, usersFile } from "./support/two-stacks";

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
    await team.endFirstApply();
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
  team.settings["drift"] = { undeclared: true };
  await createStacks();
  // One of them gets another name at the same time, and has not left.
  const [people, guests] = team.settings["stacks"] as [object, object];
  const visitors = { ...guests, name: "visitors" };
  const setStacks = (...stacks: readonly object[]) => Object.assign(team.settings, { stacks });
  setStacks(people, visitors);
  await team.mergeProposal("leavers", 7, (text) => text, {
    programs: { "lists/people.csv": without(3)(usersFile(0, 6)) },
    prepare: (clone) => team.writeSettings(clone),
  });
  const run = await team.push();
  expect(run.text("plan")).not.toContain("has left");
  const summary = run.jobs.get("plan")?.summary ?? "";
  // One total, and the gravest first.
  expect(summary.match(/<!-- cdktf-genauth:plan.*-->/g)).toEqual(["<!-- cdktf-genauth:plan -->"]);
  expect(summary).toContain("1 user will be permanently deleted");
  const files = readdirSync(run.artifact("genauth-report-1")).sort();
  expect(files.join(" ")).toBe("comment.md people report.html report.json report.md report.txt visitors");
  emulator.pool.add({ userId: "service", email: "backup@example.com" });
  expect((await run.approve("otto")).result("apply")).toBe("success");
  expect(run.text("apply").match(/Apply complete!/g)).toHaveLength(1);
  expect(emulator.pool.size).toBe(12);

  // Each stack is as declared. Who is in no set of either is listed once.
  const { summary: drift = "" } = run.jobs.get("drift-after-apply") ?? {};
  expect(drift.match(/^## .*/gm)).toEqual([
    "## No drift: the user pool is as declared",
    "## No drift: the user pool is as declared",
    "## Drift: 1 user not declared",
  ]);
  expect(drift.match(/[\w.]+@example\.com/g)).toEqual(["backup@example.com"]);
  emulator.pool.remove("service");

  // A stack that leaves the settings with people in it is named by the plan of that change, and whenever drift is looked for.
  setStacks(people);
  await team.mergeProposal("only-people", 8, (text) => text, {
    prepare: (clone) => team.writeSettings(clone),
  });
  const left = "The stack visitors has left genauth.pipeline.yaml and may still hold people";
  const { summary: warned = "" } = (await team.push({ before: "receipt" })).jobs.get("plan") ?? {};
  expect(warned).toContain(left);
  expect(warned.replaceAll(/\s+/g, " ")).toContain(
    "To keep their accounts, take its sets and its user files away",
  );
  const night = await team.night();
  const { summary: found = "" } = night.jobs.get("drift") ?? {};
  expect(found).toContain(`**${left}`);
  // No stack declares its people any more.
  expect(found.match(/^## .*/gm)).toEqual([
    "## No drift: the user pool is as declared",
    "## Drift: 6 users not declared",
  ]);
  expect(night.result("drift")).toBe("failure");

  // Its advice is one that a plan accepts, and after which nothing is left to tell.
  expect(warned.replaceAll(/\s+/g, " ")).toContain("declare nobody in its sets");
  const { "guests/main.tf": guestsFile = "" } = plainStacks(team, {}).configurations;
  setStacks(people, visitors);
  await team.mergeProposal("nobody", 9, (text) => text, {
    programs: {
      "guests/main.tf": guestsFile
        .replace(/users {8}= .*/, "users = {}")
        .replace('"email"\n', '"email"\n  max_deletions_percent = 100\n'),
    },
    prepare: async (clone) => {
      rmSync(join(clone, "lists", "guests.csv"));
      await team.writeSettings(clone);
    },
  });
  const emptied = await (await team.push()).approveApply("otto");
  expect(emptied.result("apply")).toBe("success");
  // All but the one whom the operator protects.
  expect(emulator.pool.size).toBe(6);
  setStacks(people);
  await team.commitSettings();
  expect((await team.push({ before: "receipt" })).text("plan")).not.toContain("has left");
}, 600_000);

test("a limit is of the run, and a stack that cannot be planned holds up no other and says why", async () => {
  await createStacks({ max_deletions: 3 });

  // Two of each stack: more than three, over both.
  await change("leavers", {
    "lists/people.csv": without(2, 3)(usersFile(0, 6)),
    "lists/guests.csv": without(8, 9)(usersFile(6, 12)),
  });
  const refused = await team.push({ before: "receipt" });
  expect(refused.result("plan")).toBe("failure");
  expect(refused.jobs.get("plan")?.summary).toMatch(
    /^<!-- cdktf-genauth:plan -->\n\n## REFUSED: `?4 users would be deleted, more than `?max_deletions`? of the settings allows \(3\)/,
  );
  expect(refused.result("apply")).toBe("skipped");

  // Two move from people to guests, which cannot be planned: nobody knows that, so nobody is deleted.
  await change("broken", {
    "guests/more.tf": 'output "broken" {\n  value = genauth_user_set.nobody.id\n}\n',
    "lists/guests.csv": usersFile(4, 12),
    "lists/people.csv": usersFile(0, 4),
  });
  const run = await team.push({ before: "receipt" });
  expect(run.result("plan")).toBe("failure");
  const { summary = "", log = "" } = run.jobs.get("plan") ?? {};
  expect(summary).toMatch(/In .*more\.tf line 2/);
  expect(summary).toMatch(/nobody knows whether `?guests`? still declares/);
  // Whatever format is read: no report of the run leaves out the stack without a plan.
  for (const format of ["json", "html", "txt", "md"])
    expect(readFileSync(join(run.artifact("genauth-report-1"), `report.${format}`), "utf8")).toMatch(
      /guests[\s\S]*Reference to undeclared resource/,
    );
  expect(log).toMatch(/Error: Reference to undeclared resource\nIn .*more\.tf line 2/);
  expect(log).not.toContain('"@level"');
  await team.propose("page", (text) => text, { programs: { "docs/page.md": "A page.\n" } });
  expect((await team.openRequest("page", 8)).result("plan")).toBe("failure");
}, 600_000);

test("a stack that is refused holds up no other, and keeps whom it declares, before and after", async () => {
  await createStacks();
  // The gate refuses guests, to which two of the three move who leave people.
  await change("both", {
    "guests/more.tf":
      'resource "terraform_data" "x" {\n  provisioner "local-exec" {\n    command = "true"\n  }\n}\n',
    "lists/guests.csv": usersFile(4, 12),
    "lists/people.csv": usersFile(0, 3),
  });
  const run = await team.push();
  expect(run.jobs.get("plan")?.summary).toMatch(
    /^<!-- cdktf-genauth:plan -->\n\n## REFUSED in part: not `?guests`?. The others: 3 users will be permanently deleted, 2 of them still declared in another set/,
  );
  expect(run.jobs.get("plan")?.summary).toMatch(/Still declared in .*guests&#58;/);
  await run.approve("otto");
  expect(run.result("apply")).toBe("failure");
  expect(run.text("apply")).toMatch(/one plan declares or retains this user/);
  expect(run.text("apply")).toContain("1 of 3 users deleted. Refused, and not applied: guests.");
  expect(team.service.commentsOf(7).join("")).toContain("Refused, and not applied: guests.");
  expect(emulator.pool.size).toBe(11);
}, 600_000);

// A commit that changes one of them: order.test.ts, and team.test.ts without any.
test("a commit that changes none of the paths lets an approval stand", async () => {
  team.settings["paths"] = ["*.csv"];
  await team.restore(await makeFirstApply(engine));
  await team.mergeProposal("leavers", 7, without(3));
  const run = await team.push();
  await team.mergeProposal("page", 8, (text) => text, { programs: { "docs/page.md": "A page.\n" } });
  expect((await run.approveApply("otto")).result("apply")).toBe("success");
  expect(emulator.pool.size).toBe(11);
}, 600_000);

test("whom a stack declares that changes nothing is deleted by no other stack of the run, which can let go of them", async () => {
  await createStacks();
  await change("both", { "lists/guests.csv": usersFile(5, 12) });
  expect((await team.push({ before: "drift-after-apply" })).result("apply")).toBe("success");
  await change("leaver", { "lists/people.csv": usersFile(0, 5) });
  const run = await team.push();
  // Whoever approves is told before, and what to do.
  expect(run.text("plan").replaceAll(/\s+/g, " ")).toContain("name their ids in retained_ids here");
  await run.approveApply("otto");
  expect(run.text("apply")).toContain("one plan declares or retains this user");
  expect(emulator.pool.size).toBe(12);

  // That ends it: no later plan shows the person.
  const retained = '  retained_ids = ["user006@example.com"]\n';
  await change("let-go", { "people/main.tf": plainConfiguration(team, "people", retained) });
  const last = await team.push({ before: "drift-after-apply" });
  if (last.waiting !== undefined) await last.approveApply("otto");
  expect(last.result("apply")).toBe("success");
  expect((await team.push({ before: "receipt" })).jobs.get("plan")?.outputs["change"]).toBe("nothing");
  expect(emulator.pool.size).toBe(12);
}, 600_000);

test("an emptied file of a stack of CDKTF is refused in words, and holds up nobody who joins another stack", async () => {
  // One program writes two stacks. No folder of either is there if it fails.
  team.settings["synth"] = "synth && cp -R cdktf.out/stacks/staff cdktf.out/stacks/office";
  const state = join(team.folder, "states", "office.tfstate");
  await createBothForms(team, [
    {
      name: "office",
      folder: "cdktf.out/stacks/office",
      lock_file: "staff.lock.hcl",
      init_arguments: [`-backend-config=path=${state}`],
    },
  ]);
  expect((await team.push({ before: "drift-after-apply" })).result("apply")).toBe("success");
  await team.endFirstApply();
  // One joins guests, and one leaves it.
  const guests = `${without(8)(usersFile(6, 12)).trimEnd()}\nnew@example.com,Nia New\n`;
  await team.mergeProposal("emptied", 7, () => "email,name\n", { programs: { "lists/guests.csv": guests } });
  const refused = await team.push({ before: "receipt" });
  expect(refused.result("plan")).toBe("failure");
  const { summary: report = "" } = refused.jobs.get("plan") ?? {};
  const summary = report.replaceAll(/\s+/g, " ").replaceAll("`", "");
  // The reason, the file and the stack stand before all lists, for both stacks that wait for it.
  expect(summary).toContain("## REFUSED: office: The stack cannot be planned; and for 2 more reasons");
  expect(summary).toContain("> There is no plan. Synth wrote no folder cdktf.out/stacks/office. synth ");
  expect(summary).toContain(
    "> Also refused: staff: The stack cannot be planned. There is no plan. Synth wrote no folder cdktf.out/stacks/staff. synth ",
  );
  expect(summary).toMatch(/staff\.csv is a user file of staff\. .{0,30}staff\.csv.{0,3} it declares no user/);
  expect(summary).not.toContain("throw new");
  expect(summary).toMatch(/nobody knows whether staff, office still declare them/);
  expect(refused.result("apply")).toBe("skipped");

  await team.mergeProposal("joiner", 8, (same) => same, {
    programs: { "lists/guests.csv": `${usersFile(6, 12).trimEnd()}\nnew@example.com,Nia New\n` },
  });
  const joined = await team.push({ before: "drift-after-apply" });
  expect(joined.text("apply")).toContain("Refused, and not applied: staff, office.");
  expect(joined.text("apply")).toContain("Apply complete!");
  expect(emulator.pool.size).toBe(12);
}, 600_000);
