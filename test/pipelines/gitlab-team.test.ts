import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { type Emulator, seedUsers, startEmulator } from "../support/emulator";
import { engines } from "../support/engine/engines";
import { GITLAB_TEXT } from "./support/gitlab-pipeline";
import { CAN_RUN_GITLAB_CI_LOCAL, GitLabTeam, type Pipeline } from "./support/gitlab-team";
import { proposeForeignPackages } from "./support/foreign-packages";
import { without } from "./support/staff";

const POOL = seedUsers(8);
let emulator: Emulator;
let team: GitLabTeam;
/** What the first apply left, once a test has made it. */
let saved: string | undefined;
beforeEach(async () => {
  emulator = await startEmulator({ users: POOL });
  const [engine] = engines();
  team = new GitLabTeam(engine, emulator);
  await team.open();
});

const RECEIPT = "genauth-run/receipt/receipt.json";
const done = { ended: { code: 0 } };
const failed = (says: string) => ({
  ended: { code: 1, text: expect.stringContaining(says) as unknown },
});

/** Synthesizes and plans the default branch. */
async function planned(): Promise<Pipeline> {
  const pipeline = team.forDefaultBranch();
  expect(await pipeline.runAll(["synth", "plan"])).toMatchObject([done, done]);
  return pipeline;
}

/** Creates the repository, and applies it once, for all tests. Nobody is deleted, so nobody has to approve it. */
async function begin(): Promise<void> {
  if (saved !== undefined) return team.restore(saved);
  await team.create(["email,name", ...POOL.map(({ email = "" }) => `${email},`), ""].join("\n"));
  const first = ["synth", "plan", "apply-without-deletions"];
  expect(await team.forDefaultBranch().runAll(first)).toMatchObject([done, done, done]);
  await team.endFirstApply();
  saved = team.save();
}

(CAN_RUN_GITLAB_CI_LOCAL ? describe : describe.skip)("the jobs of GitLab", () => {
  // Which approvals and which plans count: gitlab-approvals.test.ts, and unit/pipeline/apply.test.ts.
  test("two people approve a plan above the owner's number, and no plan of a pipeline is made twice", async () => {
    Object.assign(team.settings, {
      limits: { ...(team.settings["limits"] as object), two_approvals_above: 1 },
    });
    await begin();
    await team.propose("leavers", without(3, 5), { message: "Let go\n\nTicket: HR-7\n" });
    await team.merge("leavers");
    const pipeline = await planned();
    await pipeline.run("apply-without-deletions");
    const waiting = await pipeline.run("receipt");
    expect(team.artifact(waiting, RECEIPT)).toContain('"ending": "Nothing was applied."');
    expect(await pipeline.approve("otto")).toMatchObject(
      failed("The plan deletes more people than one person may approve (two_approvals_above)"),
    );
    expect(emulator.pool.size).toBe(8);
    const { approvedBy } = team.gitlab;
    const approvals = [approvedBy("otto"), approvedBy("olga")];
    expect(await pipeline.run("apply", { approvals })).toMatchObject(done);
    expect(emulator.pool.size).toBe(6);
    const receipt = await pipeline.run("receipt");
    expect(JSON.parse(team.artifact(receipt, RECEIPT))).toMatchObject({
      ticket: "HR-7",
      ending: expect.stringMatching(
        /^apply: failed\. Refused\..* apply: success\. Applied as approved: 2 users deleted\.$/,
      ) as unknown,
    });

    await pipeline.run("plan");
    expect(await pipeline.run("apply", { approvals })).toMatchObject(
      failed("The job with the environment genauth-plan ran more than once in this pipeline"),
    );
  }, 600_000);

  test("no package, artifact or merge request steers a job that holds a key, from the copied file", async () => {
    await begin();
    await team.propose("pipeline", (same) => same, { programs: { ".gitlab-ci.yml": GITLAB_TEXT } });
    await team.merge("pipeline");
    // A package, a manifest and settings of npm, whose commands have the name of the tool.
    const spoils = await proposeForeignPackages(team, "leavers", without(3));
    await team.mergeResult(2, "leavers");
    // Its own variables and numbers, its code, and deployments that it invents.
    const advice = team.forMergeRequest(2, { REPORT_JOB: "101", REPORT_NUMBER: "9", PLAN_JOB: "101" });
    expect((await advice.runAll(["synth", "report"]))[0]).toMatchObject(done);
    for (const environment of ["synth", "genauth-plan", "genauth"])
      team.gitlab.deployments.push({
        id: 9000,
        environment,
        sha: "0".repeat(40),
        status: "success",
        approvals: [],
      });

    // The default branch plans what was merged there, whatever merge requests exist.
    const calm = await planned();
    expect(await calm.run("apply-without-deletions")).toMatchObject(done);
    expect(await calm.run("apply")).toMatchObject(done);
    expect(emulator.pool.size).toBe(8);

    await team.merge("leavers");
    const pipeline = team.forDefaultBranch();
    const synth = await pipeline.run("synth");
    // A package in synth uploads files with the job's token. The runner would unpack them over the next checkout.
    team.upload(synth, "ci/genauth/node_modules/.bin/cdktf-genauth", "#!/bin/sh\necho stolen\n");
    team.upload(synth, "genauth.pipeline.yaml", "stolen");
    expect((await pipeline.run("plan")).ended.stdout).toContain("1 user will be permanently deleted");
    const apply = await pipeline.approve("otto");
    expect(apply).toMatchObject(done);
    expect(apply.ended.text).not.toContain("stolen");
    expect(emulator.pool.find("user003@example.com", "email")).toBeUndefined();
    expect(emulator.pool.size).toBe(7);
    const seen = readFileSync(spoils, "utf8");
    expect(new Set(seen.match(/^CI_JOB_NAME=.*$/gm))).toEqual(new Set(["CI_JOB_NAME=synth"]));
    for (const secret of [emulator.accessKeySecret, emulator.readKey.accessKeySecret])
      expect(seen).not.toContain(secret);

    await team.propose("others", without(1));
    await team.merge("others");
    expect(await team.forMergeRequest(2).run("synth")).toMatchObject(failed("lacks commits of main"));
  }, 600_000);
});
