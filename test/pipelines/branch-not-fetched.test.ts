import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { OtherPlatform } from "../../src/pipeline/other-platform";
import type { CheckedOut } from "../../src/pipeline/repository";
import { newFolder } from "../support/at-end";
import { initRepository, runGit } from "./support/git-repository";

let checkout: CheckedOut;
let log: string;
beforeEach(() => {
  const origin = initRepository(newFolder());
  checkout = initRepository(newFolder());
  for (const git of [origin, checkout])
    runGit(git, "commit", "--quiet", "--allow-empty", "--message", "All staff");
  runGit(checkout, "remote", "add", "origin", origin.folder);
  log = "";
  jest.spyOn(process.stderr, "write").mockImplementation((text) => {
    log += String(text);
    return true;
  });
});
afterEach(() => void jest.restoreAllMocks());

/** On an unknown platform, `fetchBranch` fetches nothing: it looks whether a step before has fetched. */
const isMainFetched = () => new OtherPlatform().fetchBranch(checkout, "main");

test("where nobody has fetched the branch, the log says that a newer commit would not be noticed", async () => {
  expect(await isMainFetched()).toBe(false);
  expect(log).toBe(
    "Nobody has fetched origin/main, so it was not checked whether this checkout holds its newest commits. If it does not, people who joined there are planned as leavers. Fetch the branch before this job.\n",
  );
});

test("where a step before has fetched the branch, the log says nothing", async () => {
  runGit(checkout, "fetch", "--quiet", "origin");
  expect(await isMainFetched()).toBe(true);
  expect(log).toBe("");
});
