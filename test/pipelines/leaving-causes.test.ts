import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "@jest/globals";
import type { Job } from "../../src/pipeline";
import { countCauses, findLeavingCauses, joinTrailers } from "../../src/pipeline/leaving-causes";
import { OtherPlatform } from "../../src/pipeline/other-platform";
import type { PipelineStack } from "../../src/pipeline/settings";
import { newFolder } from "../support/at-end";
import { initRepository, runGit } from "./support/git-repository";

let folder: string;
let job: Job;
beforeEach(() => {
  folder = newFolder();
  job = {
    git: initRepository(folder),
    platform: new OtherPlatform(),
    settings: { branch: "main" },
  } as unknown as Job;
});

const stack = { user_files: ["staff.csv"] } as unknown as PipelineStack;

function git(...args: readonly string[]): string {
  return runGit(job.git, ...args);
}

/** Commits a user file with these ids. @returns the commit */
function commit(message: string, ...ids: readonly string[]): string {
  writeFileSync(join(folder, "staff.csv"), ids.map((id) => `${id},Somebody\n`).join(""));
  git("add", "staff.csv");
  git("commit", "--quiet", "--message", message);
  return git("rev-parse", "HEAD");
}

test("somebody leaves by the newest commit that took the id out, also weeks later", async () => {
  commit("All", "ada@x.com", "bo@x.com", "joada@x.com");
  commit("Take Ada out by mistake", "bo@x.com", "joada@x.com");
  commit("Bring Ada back", "bo@x.com", "joada@x.com", "ada@x.com");
  const left = commit("Let Ada go\n\nTicket: HR-7\nReason: left\n", "bo@x.com", "joada@x.com");
  // An id that ends like another one is another one.
  commit("Let Joada go", "bo@x.com");
  commit("Somebody joins", "bo@x.com", "cy@x.com");
  const causes = await findLeavingCauses(job, stack, ["ada@x.com", "nobody@x.com"]);
  expect([...causes]).toEqual([["ada@x.com", { commit: left, ticket: "HR-7", reason: "left" }]]);
});

test.each([
  ["Merge pull request #7 from team/leavers", "#7"],
  ["Merged PR 7: Let Ada go", "PR 7"],
  ["Merge branch 'leavers' into 'main'\n\nSee merge request team/people!7", "!7"],
  ["Merged in leavers (pull request #7)\n\nLet Ada go", "#7"],
  ["Merge branch 'leavers'", undefined],
])("the request is the one that the merge names: %j", async (message, request) => {
  commit("All", "ada@x.com", "bo@x.com");
  git("switch", "--quiet", "--create", "leavers");
  const left = commit("Let Ada go", "bo@x.com");
  git("switch", "--quiet", "main");
  git("merge", "--quiet", "--no-ff", "leavers", "--message", `${message}\n\nTicket: HR-7`);
  // A later merge is not the one that brought it.
  git("switch", "--quiet", "--create", "later");
  commit("Cy joins", "bo@x.com", "cy@x.com");
  git("switch", "--quiet", "main");
  git("merge", "--quiet", "--no-ff", "later", "--message", "Merge pull request #8 from team/later");
  const causes = await findLeavingCauses(job, stack, ["ada@x.com"]);
  expect(causes.get("ada@x.com")).toEqual({ commit: left, ticket: "HR-7", request });
});

test("a request that was squashed is named by its only commit", async () => {
  commit("All", "ada@x.com", "bo@x.com");
  const left = commit("Let Ada go (#7)", "bo@x.com");
  const causes = await findLeavingCauses(job, stack, ["ada@x.com"]);
  expect(causes.get("ada@x.com")).toEqual({ commit: left, request: "#7" });
});

test("the request is the one that the platform names, whatever the message of a commit says", async () => {
  commit("All", "ada@x.com", "bo@x.com");
  // As a rebase merge leaves it: no merge commit, and the author's own words.
  const left = commit("Let Ada go (#6)", "bo@x.com");
  const findRequest = (id: string, branch: string) =>
    Promise.resolve(id === left && branch === "main" ? "#7" : undefined);
  const known = { ...job, platform: { findRequest } } as unknown as Job;
  const causes = await findLeavingCauses(known, stack, ["ada@x.com"]);
  expect(causes.get("ada@x.com")).toEqual({ commit: left, request: "#7" });
});

test("an id is found whatever characters it has, and as another case wrote it", async () => {
  const ids = ["a.b+c@x.com", "GH_a(b)[c]*", "+8613800000001", "corp:a\\b|c"];
  commit("All", ...ids, "bo@x.com");
  const left = commit("Let all go", "bo@x.com");
  const causes = await findLeavingCauses(job, stack, [...ids, "A.B+C@X.COM"]);
  expect([...causes.values()]).toEqual(Array.from({ length: 5 }, () => ({ commit: left })));
});

test("a receipt counts the people of each change, and the audit has all tickets", () => {
  const one = { commit: "1", request: "#7", ticket: "HR-7" };
  const other = { commit: "2", ticket: "HR-8", reason: "left" };
  expect(countCauses([other, one, one])).toEqual([
    { ...one, people: 2 },
    { ...other, people: 1 },
  ]);
  expect(joinTrailers({ ticket: "HR-7" }, [one, other])).toEqual({ ticket: "HR-7, HR-8", reason: "left" });
});
