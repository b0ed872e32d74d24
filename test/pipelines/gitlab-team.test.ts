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
  test("a schedule fails while there is drift", async () => {
    await begin();
    const schedule = team.forDefaultBranch("schedule");
    expect(await schedule.run("synth")).toMatchObject(done);
    expect(await schedule.run("drift")).toMatchObject(done);
    emulator.pool.remove(POOL[0]?.userId ?? "");
    expect(await schedule.run("drift")).toMatchObject({ ended: { code: 2 } });
  }, 600_000);

  test("an approval of one plan applies no other, and no plan is applied after another one", async () => {
    await begin();
    await team.propose("leavers", without(3));
    await team.merge("leavers");
    // The plan is made again after the approval.
    const again = await planned();
    const early = team.gitlab.approvedBy("otto");
    await again.run("plan");
    expect(await again.run("apply", { approvals: [early] })).toMatchObject(
      failed("The job with the environment genauth-plan ran more than once in this pipeline"),
    );

    const twice = await planned();
    await twice.run("synth");
    expect(await twice.approve("otto")).toMatchObject(
      failed("The job with the environment synth ran more than once in this pipeline"),
    );

    // The default branch has moved on, so the plan of the older pipeline is not the newest.
    const older = await planned();
    await team.propose("joiner", (users) => `${users.trimEnd()}\nnew@example.com,Nia New\n`);
    await team.merge("joiner");
    expect(await older.run("apply")).toMatchObject(failed("lacks commits of main"));

    // An approval that is older than the plan, for example of a job that waited for it.
    const before = team.gitlab.approvedBy("otto");
    const fresh = await planned();
    expect(await fresh.run("apply", { approvals: [before] })).toMatchObject(
      failed("An approval is older than the plan"),
    );
    expect(emulator.pool.size).toBe(8);

    // Without approvals, below Premium, whoever may start the job is named.
    const started = await fresh.run("apply", { user: "olga" });
    expect(started.ended.stdout).toContain("asked for no approvals. olga started this job.");
    expect(emulator.pool.size).toBe(7);
    // As any plan of another pipeline is by now: the engine refuses it, on each platform as in team.test.ts.
    expect(await fresh.run("apply")).toMatchObject(failed("Saved plan is stale"));
    expect(team.artifact(await fresh.run("receipt"), RECEIPT)).toContain(
      "apply: success. Applied as approved: 1 user deleted. apply: failed. Not applied in full",
    );
  }, 600_000);

  test("two people approve a plan that deletes more than the owner's number, and what synth leaves behind reaches no other job", async () => {
    Object.assign(team.settings, {
      limits: { ...(team.settings["limits"] as object), two_approvals_above: 1 },
    });
    await begin();
    await team.propose("leavers", without(3, 5), { message: "Let go\n\nTicket: HR-7\n" });
    await team.merge("leavers");
    const pipeline = team.forDefaultBranch();
    const synth = await pipeline.run("synth");
    // A package in synth uploads files with the job's token. The runner would unpack them over the next checkout.
    team.upload(synth, "ci/genauth/node_modules/.bin/cdktf-genauth", "#!/bin/sh\necho stolen\n");
    team.upload(synth, "genauth.pipeline.yaml", "stolen");
    expect((await pipeline.run("plan")).ended.stdout).toContain("2 users will be permanently deleted");
    await pipeline.run("apply-without-deletions");
    const waiting = await pipeline.run("receipt");
    expect(team.artifact(waiting, RECEIPT)).toContain('"ending": "Nothing was applied."');
    const { approvedBy } = team.gitlab;
    const otto = approvedBy("otto");
    for (const approvals of [[], [otto], [otto, approvedBy("Otto")]])
      expect(await pipeline.run("apply", { approvals })).toMatchObject(
        failed("The plan deletes more people than one person may approve (two_approvals_above)"),
      );
    expect(emulator.pool.size).toBe(8);
    const both = await pipeline.run("apply", { approvals: [otto, approvedBy("olga")] });
    expect(both).toMatchObject(done);
    expect(both.ended.text).not.toContain("stolen");
    expect(emulator.pool.size).toBe(6);
    const receipt = await pipeline.run("receipt");
    expect(JSON.parse(team.artifact(receipt, RECEIPT))).toMatchObject({ ticket: "HR-7" });
  }, 600_000);

  test("a merge request steers no job that holds a key, and is not planned if it is outdated", async () => {
    await begin();
    await team.propose("leavers", without(3), {
      programs: { "cdktf-genauth": "#!/bin/sh\necho 'Nobody leaves'\n" },
    });
    await team.mergeResult(2, "leavers");
    // Its own variables and numbers, its code, and a deployment that it invents.
    const advice = team.forMergeRequest(2, { REPORT_JOB: "101", REPORT_NUMBER: "9", PLAN_JOB: "101" });
    expect((await advice.runAll(["synth", "report"]))[0]).toMatchObject(done);
    expect(emulator.pool.size).toBe(8);
    for (const environment of ["synth", "genauth-plan", "genauth"])
      team.gitlab.deployments.push({
        id: 9000,
        environment,
        sha: "0".repeat(40),
        status: "success",
        approvals: [],
      });

    // The default branch plans what was merged there, whatever merge requests exist.
    const pipeline = await planned();
    expect(await pipeline.run("apply-without-deletions")).toMatchObject(done);
    expect(await pipeline.run("apply")).toMatchObject(done);
    expect(emulator.pool.size).toBe(8);

    await team.propose("others", without(1));
    await team.merge("others");
    expect(await team.forMergeRequest(2).run("synth")).toMatchObject(failed("lacks commits of main"));
  }, 600_000);

  test("no package, manifest or .npmrc of the stack runs in a job with a key, from the copied file", async () => {
    await begin();
    const spoils = await proposeForeignPackages(team, "leavers", without(3));
    await team.merge("leavers");
    await team.propose("pipeline", (same) => same, { programs: { ".gitlab-ci.yml": GITLAB_TEXT } });
    await team.merge("pipeline");
    const pipeline = await planned();
    const apply = await pipeline.approve("otto");
    expect(apply).toMatchObject(done);
    expect(emulator.pool.find("user003@example.com", "email")).toBeUndefined();
    expect(emulator.pool.size).toBe(7);
    const seen = readFileSync(spoils, "utf8");
    expect(new Set(seen.match(/^CI_JOB_NAME=.*$/gm))).toEqual(new Set(["CI_JOB_NAME=synth"]));
    for (const secret of [emulator.accessKeySecret, emulator.readKey.accessKeySecret])
      expect(seen).not.toContain(secret);
  }, 600_000);
});
