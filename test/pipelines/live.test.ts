import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "@jest/globals";
import { load as parse } from "js-yaml";
import { newFolder } from "../support/at-end";
import { startEmulator } from "../support/emulator";
import type { Engine } from "../support/engine/engine";
import { engines } from "../support/engine/engines";
import type { Workflow } from "../support/pipelines/workflow";
import { lockOf } from "./support/lock-file";
import { Team } from "./support/team";

const LIVE = resolve(__dirname, "../../examples/live");

/** What a job leaves on a disk, which the next one on the same machine finds. */
const states = join(newFolder(), "states");

/** Changes files of a checkout. */
function edit(folder: string, changes: Readonly<Record<string, (text: string) => string>>): void {
  for (const [name, change] of Object.entries(changes))
    writeFileSync(join(folder, name), change(readFileSync(join(folder, name), "utf8")));
}

/** A team that has copied the example, and committed it with the tool and the lock files. */
async function copyExample(engine: Engine): Promise<Team> {
  // The example starts an emulator of its own. The keys of this one are in no job.
  const team = new Team(engine, await startEmulator({ users: [] }));
  await team.open();
  const text = readFileSync(join(LIVE, ".github/workflows/genauth.yml"), "utf8");
  team.workflow = { ...(parse(text) as Workflow), inputs: {} };
  await team.create("email,name\n");
  const isTofu = engine.name === "OpenTofu";
  const here = (content: string) => content.replace("/tmp/genauth-live", states);
  await team.propose("example", (users) => users, {
    prepare: (clone) => {
      cpSync(LIVE, clone, { recursive: true });
      for (const stack of ["staff", "guests"])
        writeFileSync(join(clone, `${stack}.lock.hcl`), lockOf("shipped"));
      edit(clone, {
        "staff/main.tf": here,
        "guests/main.tf": here,
        "live.sh": (script) =>
          here(script).replaceAll(/terraform (?=init|apply)/g, isTofu ? "tofu " : "terraform "),
        "genauth.pipeline.yaml": (settings) => `${settings}engine: ${isTofu ? "tofu" : "terraform"}\n`,
      });
      return Promise.resolve();
    },
  });
  await team.merge("example");
  expect((await team.push()).result("plan")).toBe("skipped");
  return team;
}

test("the example shows comment, refusal, approval, apply, receipt and drift without an account", async () => {
  // Its script is what is tried here. What each engine prints and plans: engines/github.test.ts and team.test.ts.
  const team = await copyExample(engines().at(-1) ?? engines()[0]);
  await team.propose("leavers", (users) => users, {
    prepare: async (clone) => void (await team.git(clone, "apply", "three-leavers.patch")),
  });
  const refused = await team.openRequest("leavers", 7);
  expect(refused.text("plan")).toContain(
    "3 users would be deleted, more than max_deletions of the settings allows (2)",
  );
  expect(refused.result("plan")).toBe("failure");
  expect(team.service.commentsOf(7)).toEqual([expect.stringContaining("## REFUSED")]);

  await team.propose("raised", (users) => users, {
    from: "leavers",
    prepare: (clone) => {
      const raise = (settings: string) => settings.replace("max_deletions: 2", "max_deletions: 3");
      edit(clone, { "genauth.pipeline.yaml": raise });
      return Promise.resolve();
    },
  });
  expect((await team.openRequest("raised", 7)).result("plan")).toBe("success");
  const [comment, ...others] = team.service.commentsOf(7);
  expect(others).toEqual([]);
  expect(comment).toContain("## 3 users will be permanently deleted");
  for (const user of ["user003", "user005", "user009"]) expect(comment).toContain(`${user}@example.com`);
  // Who approves the plan approves the looser limit, too.
  expect(comment).toContain("A limit of the settings has changed");
  expect(comment).toContain("max_deletions: 2 before, 3 now.");

  // Each job begins anew, whatever an earlier one has left.
  writeFileSync(join(states, "staff.tfstate"), "not of this run");
  await team.mergeRequest("raised", 7);
  const run = await team.push();
  expect(run.text("plan")).toContain("## 3 users will be permanently deleted");
  expect(run.waiting).toBe("apply");
  await run.approve("otto");
  expect(run.text("apply")).toContain("Applied as approved: 3 users deleted.");
  expect(run.jobs.get("apply")?.summary.match(/## No drift/g)).toHaveLength(2);
  expect(run.result("apply")).toBe("success");
  expect(team.service.commentsOf(7).at(-1)).toMatch(
    /\*\*Applied as approved: 3 users deleted\.\*\*[\s\S]*approved by @otto/,
  );
}, 600_000);
