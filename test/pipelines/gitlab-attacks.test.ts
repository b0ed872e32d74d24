import { readFileSync } from "node:fs";
import { beforeEach, expect, test } from "@jest/globals";
import { type Emulator, startEmulator } from "../support/emulator";
import { engines } from "../support/engine/engines";
import { proposeForeignPackages } from "./support/foreign-packages";
import { CAN_RUN_GITLAB_CI_LOCAL, GitLabCiLocalTeam } from "./support/gitlab-ci-local-team";
import { POOL } from "./support/setting";
import { without } from "./support/staff";
import { usersFile } from "./support/two-stacks";

if (!CAN_RUN_GITLAB_CI_LOCAL)
  console.log("rsync is not installed, so gitlab-ci-local does not run the jobs.");

let emulator: Emulator;
let team: GitLabCiLocalTeam;
beforeEach(async () => {
  emulator = await startEmulator({ users: POOL });
  const [engine] = engines();
  if (!engine) throw new Error("There is no engine.");
  const { accessKeyId, accessKeySecret } = emulator.readKey;
  team = new GitLabCiLocalTeam(engine, emulator.environment(), {
    GENAUTH_ACCESS_KEY_ID: accessKeyId,
    GENAUTH_ACCESS_KEY_SECRET: accessKeySecret,
  });
  await team.open();
  await team.create(usersFile(0, 12));
});

(CAN_RUN_GITLAB_CI_LOCAL ? test : test.skip)(
  "no package, manifest or .npmrc of the stack runs in a job with a key, from the copied file",
  async () => {
    const first = await team.forDefaultBranch().runAll(["synth", "plan", "apply-without-deletions"]);
    expect(first.map(({ ended }) => (ended.code === 0 ? 0 : ended.text))).toEqual([0, 0, 0]);

    const spoils = await proposeForeignPackages(team, "leavers", without(3));
    await team.merge("leavers");
    const pipeline = team.forDefaultBranch();
    const [, plan] = await pipeline.runAll(["synth", "plan"]);
    expect(plan?.ended.text).toContain("1 user will be permanently deleted");
    const approvals = [
      { user: { username: "otto" }, status: "approved", created_at: team.gitlab.now(), comment: "" } as const,
    ];
    expect((await pipeline.run("apply", { approvals })).ended).toMatchObject({ code: 0 });
    expect(emulator.pool.find("user003@example.com", "email")).toBeUndefined();
    expect(emulator.pool.size).toBe(11);
    const seen = readFileSync(spoils, "utf8");
    expect(new Set(seen.match(/^CI_JOB_NAME=.*$/gm))).toEqual(new Set(["CI_JOB_NAME=synth"]));
    for (const secret of [emulator.accessKeySecret, emulator.readKey.accessKeySecret])
      expect(seen).not.toContain(secret);
  },
  600_000,
);
