import { expect, test } from "@jest/globals";
import { useTeam } from "./support/setting";
import { without } from "./support/staff";

const setting = useTeam();

test("without required reviewers, an owner who made none of the changes starts the apply of the plan that was read", async () => {
  const { team, emulator, exists } = setting;
  const { secrets = {} } = team.service.environments.get("genauth") ?? {};
  team.service.environments.set("genauth", { secrets, branches: ["main"] });
  await team.propose("leavers", without(3));
  await team.mergeRequest("leavers", 7, "otto");
  const planned = await team.push();
  expect([planned.waiting, planned.result("apply")]).toEqual([undefined, "skipped"]);
  const sha256 = planned.jobs.get("plan")?.outputs["sha256"] ?? "";
  const run = String(planned.id);
  expect(planned.text("plan")).toContain(`- run: \`${run}\`\n- sha256: \`${sha256}\``);
  expect(team.service.commentsOf(7).join("")).toContain("An owner has to start the workflow");

  // Who may start it, and of which run: owner-rules.test.ts.
  const mallory = await team.dispatch("mallory", { run, sha256 }, "receipt");
  expect(mallory.text("owner")).toContain("mallory is not on the list of owners");
  expect(mallory.result("apply")).toBe("skipped");
  const other = await team.dispatch("olga", { run, sha256: "0".repeat(64) }, "receipt");
  expect(other.text("apply")).toContain("The saved plan is not the one that an earlier job handed over");
  expect(other.result("apply")).toBe("failure");
  expect(emulator.pool.size).toBe(12);

  const applied = await team.dispatch("Olga", { run, sha256 });
  expect(applied.result("apply")).toBe("success");
  expect(applied.text("drift-after-apply")).toContain("## No drift");
  expect(exists(3)).toBe(false);
  expect(team.service.commentsOf(7).at(-1)).toMatch(
    /\*\*Applied as approved: 1 user deleted\.\*\*[\s\S]*approved by @Olga/,
  );
}, 600_000);
