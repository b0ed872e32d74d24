import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { Job } from "../../src/pipeline";
import { plan } from "../../src/pipeline/plan";
import { findPlatform } from "../../src/pipeline/prepare";
import { synth, writeLockFiles } from "../../src/pipeline/synth";
import type { CheckedOut } from "../../src/pipeline/repository";
import { Workspace } from "../../src/pipeline/workspace";
import { newFolder } from "../support/at-end";
import { serveHttp } from "../support/http-server";
import { initRepository, runGit } from "./support/git-repository";

/** What comes first in a job, and what a checkout says of the commits that a run brings. */

let folder: string;
let log: string;
beforeEach(() => {
  folder = newFolder();
  log = "";
  jest.spyOn(process.stderr, "write").mockImplementation((text) => {
    log += String(text);
    return true;
  });
});
afterEach(() => void jest.restoreAllMocks());

/** A repository with a commit for each message, the oldest first. */
function repository(...messages: readonly string[]): { git: CheckedOut; commits: string[] } {
  const git = initRepository(folder);
  const commits = messages.map((message) => {
    runGit(git, "commit", "--quiet", "--allow-empty", "--message", message);
    return runGit(git, "rev-parse", "HEAD");
  });
  return { git, commits };
}

test("the pull requests of a push are those of all its commits", async () => {
  const { git, commits } = repository("First", "Second", "Third");
  const [before = "", ...since] = commits;
  expect(await git.commitsSince(before, "HEAD")).toEqual(since.reverse());
});

test("a newer commit of the branch counts if it changes one of the paths, or if no path is set", async () => {
  const { git, commits } = repository("First");
  const merge = (file: string): void => {
    writeFileSync(join(folder, file), "");
    runGit(git, "add", file);
    runGit(git, "commit", "--quiet", "--message", file);
    runGit(git, "update-ref", "refs/remotes/origin/main", "HEAD");
  };
  const isUpToDate = (...paths: string[]) => git.isUpToDate("main", paths, commits[0]);
  merge("page.md");
  expect(await isUpToDate("*.csv")).toBe(true);
  expect(await isUpToDate()).toBe(false);
  merge("staff.csv");
  expect(await isUpToDate("*.csv")).toBe(false);
});

describe("nothing is planned if paths leave out a file that decides who is declared", () => {
  test.each([
    {
      what: "by a pattern that matches nothing",
      paths: ["./users"],
      says: "paths: no file matches ./users. Write patterns of Git from the top of the repository, such as users/**, or take it out.",
    },
    {
      what: "by no pattern for a user file",
      paths: ["*.csv"],
      says: "paths: no pattern matches users/staff.csv, a user file of staff. Add it.",
    },
  ])("$what", async ({ paths, says }) => {
    const { git } = repository("First");
    mkdirSync(join(folder, "users"));
    for (const file of ["users/staff.csv", "guests.csv"]) writeFileSync(join(folder, file), "");
    runGit(git, "add", ".");
    runGit(git, "commit", "--quiet", "--message", "Staff and guests");
    const outdated = runGit(git, "rev-parse", "HEAD");
    writeFileSync(join(folder, "users", "staff.csv"), "ada");
    runGit(git, "commit", "--quiet", "--all", "--message", "Ada joins");
    runGit(git, "update-ref", "refs/remotes/origin/main", "HEAD");
    runGit(git, "checkout", "--quiet", outdated);

    const synthOf = (patterns: readonly string[]) =>
      synth(
        {
          git,
          folder,
          checkout: folder,
          environment: {},
          platform: findPlatform({}),
          settings: {
            branch: "main",
            paths: patterns,
            stacks: [{ name: "staff", folder: "infra", user_files: ["users/staff.csv"] }],
          },
        } as unknown as Job,
        {},
      );
    await expect(synthOf(paths)).rejects.toThrow(`${says}\n`);
    await expect(synthOf(["users/**"])).rejects.toThrow("This checkout lacks commits of main");
  });
});

test("a first push names its own commit, and prints no error of git", async () => {
  const { git, commits } = repository("First\n\nTicket: HR-1\n");
  const none = "0".repeat(40);
  expect(await git.commitsSince(none, commits[0] ?? "")).toEqual(commits);
  expect(await git.trailers(commits[0])).toEqual({ ticket: "HR-1" });
  expect(await git.knows(none)).toBe(false);
  expect(log).toBe("");
});

const WRITES_INFRA = "mkdir -p out/infra && touch out/infra/cdk.tf.json";

test.each([
  { stacks: "that no synth writes", synth: undefined },
  { stacks: "that synth writes", synth: WRITES_INFRA },
])(
  "no lock file is written for a misspelt folder of stacks $stacks, and the folder is not made",
  async (each) => {
    const stack = { name: "staff", folder: "out/infr", lock_file: "infra.hcl", reads: [] };
    const settings = { engine: "false", stacks: [stack], synth: each.synth };
    const job = { checkout: folder, environment: process.env, settings } as unknown as Job;
    writeFileSync(join(folder, "infra.hcl"), "locked");
    await expect(writeLockFiles(job, [])).rejects.toThrow(
      "There is no folder or file out/infr, which the settings name for staff. Correct folder, reads or synth.\nNo lock file was written.",
    );
    expect(existsSync(join(folder, "out/infr"))).toBe(false);
    expect(readFileSync(join(folder, "infra.hcl"), "utf8")).toBe("locked");
  },
);

test("a plan to be sealed is not made without the key that seals it", async () => {
  const platform = findPlatform({});
  const job = { folder, platform, environment: { GENAUTH_PLAN_KEY: "short" } } as unknown as Job;
  // There are no stacks to plan, which would be told next.
  await expect(plan(job, { seal: true })).rejects.toThrow(
    "GENAUTH_PLAN_KEY must have at least 32 characters",
  );
  await expect(plan(job, {})).rejects.toThrow("The tar of the stacks was not handed over");
});

test.each(["github", "gitlab"])("the receipt of %s is written before its platform is asked", async (name) => {
  const file = join(folder, "genauth-run", "receipt", "receipt.json");
  let written: unknown;
  const url = await serveHttp((_request, response) => {
    written ??= existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : "nothing";
    response.writeHead(500).end("{}");
  });
  const { git, commits } = repository("First\n");
  mkdirSync(join(folder, "genauth-run"));
  writeFileSync(join(folder, "genauth-run", "other"), "");
  const environment = {
    ...(name === "github" ? { GITHUB_ACTIONS: "true" } : { GITLAB_CI: "true" }),
    GH_TOKEN: "t",
    GITHUB_API_URL: url,
    GITHUB_REPOSITORY: "team/people",
    GITHUB_SHA: commits[0],
    CI_API_V4_URL: url,
    CI_PROJECT_ID: "7",
    CI_COMMIT_SHA: commits[0],
    CI_PIPELINE_ID: "1",
    NEEDS: JSON.stringify({ plan: { result: "success", outputs: { change: "approval" } } }),
  };
  if (name === "gitlab") environment.GITHUB_REPOSITORY = "";
  const platform = findPlatform(environment);
  const job = { folder: join(folder, "genauth-run"), environment, git, platform } as unknown as Job;
  await expect(platform.writeReceipt(job)).rejects.toThrow("500");
  expect(written).toMatchObject({ kind: "receipt", commit: commits[0] });
});

test("nobody else may write into a folder of the stacks, whatever its mode in their tar", async () => {
  mkdirSync(join(folder, "infra"));
  chmodSync(join(folder, "infra"), 0o777);
  const tar = execFileSync("tar", ["-cf", "-", "-C", folder, "infra"]);
  const job = { checkout: folder, environment: process.env, settings: { stacks: [] }, users: {} };
  const workspace = new Workspace(job as unknown as Job);
  await workspace.unpack(tar);
  expect(statSync(join(workspace.folder, "stacks", "infra")).mode & 0o022).toBe(0);
  rmSync(workspace.folder, { recursive: true });
});
