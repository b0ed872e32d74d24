import { beforeEach, describe, expect, test } from "@jest/globals";
import { type Emulator, startEmulator } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { AtlantisTeam } from "../support/atlantis-team";
import { POOL } from "../support/setting";
import { without } from "../support/staff";
import { createBothForms, usersFile } from "../support/two-stacks";

describe.each(engines())("Atlantis' steps on $name", (engine) => {
  let emulator: Emulator;
  let team: AtlantisTeam;
  beforeEach(async () => {
    emulator = await startEmulator({ users: POOL });
    team = new AtlantisTeam(engine, emulator);
    Object.assign(team.settings, {
      limits: { ...(team.settings["limits"] as object), max_deletions: 3 },
    });
    await createBothForms(team);
  });

  test("plan a stack of CDKTF and one in plain HCL together, through a refusal, a re-run and a night", async () => {
    await team.applyElsewhere(emulator.environment());
    const fake = "#!/bin/sh\necho 'Nobody leaves'\n";
    await team.propose("leavers", without(2), {
      programs: { "lists/guests.csv": without(8)(usersFile(6, 12)), "genauth-users": fake },
    });
    const planned = await team.plan(2, "leavers");
    expect(planned).toMatchObject({ code: 0 });
    expect(planned.text).toContain("1 user will be permanently deleted");
    for (const address of ["user002@example.com", "user008@example.com"])
      expect(planned.text).toContain(address);
    // The same plan once more, by a comment.
    expect((await team.comment(2, "plan")).text).toContain("1 user will be permanently deleted");
    const applied = await team.comment(2, "apply");
    expect(applied).toMatchObject({ code: 1 });
    expect(applied.text).toContain("Nothing was applied. Atlantis only plans and reports here.");
    expect(emulator.pool.size).toBe(12);

    await team.propose("everybody", without(1, 2, 3, 4, 5), { from: "leavers" });
    const refused = await team.plan(3, "everybody");
    expect(refused).toMatchObject({ code: 1 });
    // The other stack is not held up.
    expect(refused.text).toMatch(/^REFUSED in part: not staff\. The others: 1 user will be suspended/m);
    expect(refused.text).not.toContain("leaves a part to a later plan");

    await team.merge("leavers");
    await team.applyElsewhere(emulator.environment());
    expect(emulator.pool.size).toBe(11);
    // Whoever is suspended is deleted by a night of another pipeline, and by no plan of a pull request.
    emulator.letDaysPass(15);
    await team.propose("label", (users) => users.replace("User 001", "User One"));
    expect((await team.plan(4, "label")).text).not.toContain("user008@example.com");
    expect(emulator.pool.size).toBe(11);
  }, 600_000);
});
