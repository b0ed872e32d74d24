import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "@jest/globals";
import { type Job, SETTINGS_FILE } from "../../src/pipeline";
import { findChangedSettings } from "../../src/pipeline/changed-limits";
import { GitLab } from "../../src/pipeline/gitlab";
import { OtherPlatform } from "../../src/pipeline/other-platform";
import { newFolder } from "../support/at-end";
import { initRepository, runGit } from "./support/git-repository";

let folder: string;
let job: Job;
beforeEach(() => {
  folder = newFolder();
  job = { git: initRepository(folder), platform: new OtherPlatform() } as unknown as Job;
});

function git(...args: readonly string[]): string {
  return runGit(job.git, ...args);
}

function commitSettings(text: string): void {
  writeFileSync(join(folder, SETTINGS_FILE), text);
  git("add", SETTINGS_FILE);
  git("commit", "--quiet", "--message", "Change the settings");
}

test("a limit that the newest commit loosens is told, with what it was before", async () => {
  commitSettings("stacks: []\nlimits:\n  max_deletions: 5\n  min_suspend_days: 14\n");
  commitSettings("stacks: []\nlimits:\n  max_deletions: 50\nallow: [provider=hashicorp/aws]\n");
  expect(await findChangedSettings(job)).toEqual([
    'allow: not set before, ["provider=hashicorp/aws"] now.',
    "max_deletions: 5 before, 50 now.",
    "min_suspend_days: 14 before, not set now.",
  ]);
});

test("a limit that an earlier commit of the same push loosens is told, too", async () => {
  commitSettings("stacks: []\nlimits: { max_deletions: 5 }\n");
  const pushedFrom = git("rev-parse", "HEAD");
  commitSettings("stacks: []\nlimits: { max_deletions: 50 }\n");
  commitSettings("stacks: [{ name: staff }]\nlimits: { max_deletions: 50 }\n");
  const pushed = (CI_COMMIT_BEFORE_SHA: string): Job => ({
    ...job,
    platform: new GitLab({ CI_COMMIT_BEFORE_SHA }),
  });
  expect(await findChangedSettings(pushed(pushedFrom))).toEqual(["max_deletions: 5 before, 50 now."]);
  // So GitLab says that there was no push.
  expect(await findChangedSettings(pushed("0".repeat(40)))).toEqual([]);
});

test("a commit that alters no limit tells none", async () => {
  commitSettings("stacks: []\nlimits: { max_deletions: 5 }\n");
  commitSettings("stacks: [{ name: staff }]\nlimits:\n  max_deletions: 5\n");
  expect(await findChangedSettings(job)).toEqual([]);
});
