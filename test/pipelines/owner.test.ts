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

  for (const { actor, inputs, says } of [
    { actor: "mallory", inputs: { run, sha256 }, says: "mallory is not on the list of owners" },
    { actor: "Otto", inputs: { run, sha256 }, says: "otto made some of the changes" },
    { actor: "olga", inputs: { run: "4711", sha256 }, says: "Run 4711 cannot be read" },
    { actor: "olga", inputs: { run: "12; env", sha256 }, says: '"run" must be the number of a run' },
    {
      actor: "olga",
      inputs: { run, sha256: "0".repeat(64) },
      says: "The saved plan is not the one that an earlier job handed over",
    },
  ]) {
    const refused = await team.dispatch(actor, inputs, "receipt");
    expect(refused.text("owner") + refused.text("apply")).toContain(says);
    expect(refused.result("apply")).not.toBe("success");
  }
  expect(emulator.pool.size).toBe(12);

  const applied = await team.dispatch("Olga", { run, sha256 });
  expect(applied.result("apply")).toBe("success");
  expect(applied.text("drift-after-apply")).toContain("## No drift");
  expect(exists(3)).toBe(false);
  expect(team.service.commentsOf(7).at(-1)).toMatch(
    /\*\*Applied as approved: 1 user deleted\.\*\*[\s\S]*approved by @Olga/,
  );
  await applied.rerun();
  expect(applied.text("owner")).toContain("A re-run is not accepted");
}, 600_000);

test("whoever may have made a change cannot apply it: an unknown author, and a push without a pull request", async () => {
  const { team } = setting;
  await team.mergeProposal("leavers", 7, without(3));
  const planned = await team.push({ before: "plan" });
  const inputs = { run: String(planned.id), sha256: "0".repeat(64) };
  const { service } = team;
  const ask = async () => (await team.dispatch("olga", inputs, "receipt")).text("owner");
  // Code that runs in synth could leave a plan of its own, and fail the job that plans.
  expect(await ask()).toContain(`The job plan of run ${planned.id} has not ended well`);
  service.jobs.set(planned.id, new Map([["plan", "success"]]));
  const known = service.commits.splice(0);
  service.commits.push(...known.map(({ sha }) => ({ sha })));
  expect(await ask()).toContain("belongs to no account");
  const byOlga = { author: "web-flow", committer: "olga" };
  service.commits.splice(0, Infinity, ...known.map((commit) => ({ ...commit, ...byOlga })));
  expect(await ask()).toContain("olga made some of the changes");
  service.commits.splice(0, Infinity, ...known);
  service.pulls.clear();
  expect(await ask()).toContain("olga made some of the changes");
  // A later run whose apply failed has applied nothing since.
  const earlier = service.runs.get(900);
  if (!earlier) throw new Error("There is no earlier run.");
  service.runs.set(990, { ...earlier, id: 990, head_sha: await team.head() });
  service.jobs.set(990, new Map([["apply", "failure"]]));
  expect(await ask()).toContain("olga made some of the changes");
  service.jobs.clear();
  service.jobs.set(planned.id, new Map([["plan", "success"]]));
  expect(await ask()).toContain("none of the last 100 runs has applied anything");
}, 600_000);
