import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { OtherPlatform } from "../../src/pipeline/other-platform";
import type { CheckedOut } from "../../src/pipeline/repository";
import { newFolder } from "../support/at-end";
import { initRepository, runGit } from "./support/git-repository";

let git: CheckedOut;
let said: string;
beforeEach(() => {
  git = initRepository(newFolder());
  runGit(git, "commit", "--quiet", "--allow-empty", "--message", "All");
  said = "";
  jest.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += String(text);
    return true;
  });
});
afterEach(() => void jest.restoreAllMocks());

test("where nobody has fetched the branch, the log says that a newer commit would not be noticed", async () => {
  expect(await new OtherPlatform().fetchBranch(git, "main")).toBe(false);
  expect(said).toContain("Nobody has fetched origin/main, so it was not checked");

  said = "";
  runGit(git, "update-ref", "refs/remotes/origin/main", "HEAD");
  expect(await new OtherPlatform().fetchBranch(git, "main")).toBe(true);
  expect(said).toBe("");
});
