import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { type Emulator, startEmulator } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { AtlantisTeam } from "../support/atlantis-team";
import { POOL } from "../support/setting";
import { without } from "../support/staff";
import { plainStacks, usersFile } from "../support/two-stacks";

const keep = (users: string): string => users;

// What an engine prints and plans is the same on each platform: github.test.ts, on every engine.
const engine = engines().at(-1) ?? engines()[0];

describe(`Atlantis' steps on ${engine.name}`, () => {
  let emulator: Emulator;
  let team: AtlantisTeam;
  beforeAll(async () => {
    emulator = await startEmulator({ users: POOL });
    team = new AtlantisTeam(engine, emulator);
    const guests = "  suspend_days = 14\n";
    const { configurations, others } = plainStacks(team, { max_deletions: 3 }, { guests });
    await team.create("email,name\n");
    await team.propose("hcl", keep, { programs: { ...configurations, ...others } });
    expect(await team.plan(1, "hcl")).toMatchObject({ code: 0 });
    expect(await team.comment(1, "apply")).toMatchObject({ code: 0 });
    await team.merge("hcl");
  });

  test("plan stacks in plain HCL, and apply before the merge what the comment showed, and nothing else", async () => {
    const fake = "#!/bin/sh\necho 'Nobody leaves'\n";
    await team.propose("leavers", keep, {
      programs: {
        "lists/people.csv": without(2)(usersFile(0, 6)),
        "lists/guests.csv": without(8)(usersFile(6, 12)),
        "genauth-users": fake,
      },
    });
    const planned = await team.plan(2, "leavers");
    expect(planned).toMatchObject({ code: 0 });
    expect(planned.text).toContain("1 user will be permanently deleted");
    for (const shown of ["user002@example.com", "user008@example.com", `Commit ${team.head}`])
      expect(planned.text).toContain(shown);

    // Somebody merges another change: whoever joined by it is missing in this plan.
    await team.propose("page", keep, { programs: { "lists/page.md": "A page.\n" } });
    await team.merge("page");
    const outdated = await team.comment(2, "apply");
    expect(outdated).toMatchObject({ code: 1 });
    expect(outdated.text).toMatch(/^error: The commit \w+ lacks commits of main.* Plan again\.$/m);
    expect(emulator.pool.size).toBe(12);

    // What is checked out is no longer what was planned.
    await team.pull("main");
    const other = await team.comment(2, "apply");
    expect(other.text).toMatch(/^error: The saved plan is of the commit \w+, and the run of \w+\./m);

    expect((await team.comment(2, "plan")).code).toBe(0);
    const applied = await team.comment(2, "apply");
    expect(applied).toMatchObject({ code: 0 });
    expect(applied.text).toBe("Applied as approved: 1 user deleted; 1 user suspended.\n");
    expect(emulator.pool.size).toBe(11);
    // The same plan once more.
    const again = await team.comment(2, "apply");
    expect(again.code).toBe(1);
    expect(again.text).toMatch(
      /^Not applied in full: 0 of 1 user .* Not applied as planned: people, guests\. .*\nThe log is \/\S+ on the server\.\n$/,
    );
    await team.merge("leavers");

    await team.propose("everybody", keep, { programs: { "lists/people.csv": "email,name\n" } });
    // A state that is empty, though the operator says that the stack was applied.
    team.changeSettings((text) => text.replace("name: guests", "name: guests\n    applied: true"));
    rmSync(join(team.folder, "states", "guests.tfstate"));
    const refused = await team.plan(3, "everybody");
    expect(refused.text).toContain("The state was lost: it is empty");
    expect(refused.code).toBe(1);
    expect(refused.text).toContain("REFUSED");
    // Whoever is suspended is deleted by no plan of a pull request.
    emulator.letDaysPass(15);
    expect(refused.text).not.toContain("user008@example.com");
    expect(emulator.pool.size).toBe(11);
  }, 600_000);

  test("run no code of a pull request that could reach a key or a file of the server", async () => {
    const output = `output "key" {\n  value = file("${team.deletingSecret}")\n}\n`;
    await team.propose("thief", keep, { programs: { "people/more.tf": output } });
    const thief = await team.plan(2, "thief");
    expect(thief.text).not.toContain(emulator.environment()["GENAUTH_ACCESS_KEY_SECRET"]);
    if (process.getuid?.() === 0) expect(thief.text).toMatch(/permission\s+denied/);

    await team.propose("link", keep, {
      prepare: (clone) => {
        symlinkSync(team.folder, join(clone, "people", "terraform.d"));
        return Promise.resolve();
      },
    });
    for (const step of [await team.plan(3, "link"), await team.comment(3, "apply")]) {
      expect(step.code).toBe(1);
      expect(step.text).toContain(
        "The pull request holds links, which could lead this job to any file of the server: people/terraform.d.",
      );
    }

    team.changeSettings((text) => `${text}synth: "false"\n`);
    expect((await team.plan(4, "thief")).text).toContain("The settings have a synth command");
  }, 600_000);
});
