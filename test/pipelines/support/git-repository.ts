import { execFileSync } from "node:child_process";
import { CheckedOut } from "../../../src/pipeline/repository";

/** A new repository in a folder, with an author. No settings of this machine count there. */
export function initRepository(folder: string): CheckedOut {
  const checkout = new CheckedOut(folder, {
    PATH: process.env["PATH"] ?? "",
    GIT_AUTHOR_NAME: "A",
    GIT_AUTHOR_EMAIL: "a@x",
    GIT_COMMITTER_NAME: "A",
    GIT_COMMITTER_EMAIL: "a@x",
    GIT_CONFIG_GLOBAL: "/dev/null",
  });
  runGit(checkout, "init", "--quiet", "--initial-branch=main");
  return checkout;
}

/** Runs git there. @returns what it prints */
export function runGit({ folder, environment }: CheckedOut, ...args: readonly string[]): string {
  return execFileSync("git", args, { cwd: folder, env: environment, encoding: "utf8" }).trim();
}
