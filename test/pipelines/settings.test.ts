import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { dump, load } from "js-yaml";
import { checkSettings, type Job, prepareJob } from "../../src/pipeline";
import { newFolder } from "../support/at-end";
import { PIPELINES } from "../support/pipelines/workflow";
import { GitHubService } from "./support/github/service";

let folder: string;
let service: GitHubService;
let printed: string;
beforeEach(async () => {
  folder = newFolder();
  jest.spyOn(process, "cwd").mockReturnValue(folder);
  printed = "";
  jest.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  service = new GitHubService();
  await service.open();
});
afterEach(() => void jest.restoreAllMocks());

/** A person's check of a repository with these stacks in plain HCL. */
function jobOf(stacks: readonly object[], permissions: Record<string, string> = {}): Job {
  const example = load(readFileSync(join(PIPELINES, "genauth.pipeline.yaml"), "utf8")) as object;
  const file = join(folder, "genauth.pipeline.yaml");
  writeFileSync(file, dump({ ...example, synth: undefined, stacks }, { skipInvalid: true }));
  const token = service.token({ actions: "read", contents: "read", ...permissions });
  return prepareJob({ GITHUB_REPOSITORY: "team/people", GITHUB_API_URL: service.url, GH_TOKEN: token }, file);
}

/** Writes a stack in plain HCL. */
function writeStack(name: string, backend: string): void {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, "main.tf"), `terraform {\n  # backend "s3" {}\n  ${backend}\n}\n`);
  writeFileSync(join(folder, `${name}.hcl`), "");
}

const GOOD = { secrets: {}, branches: ["main"] };

test("all that is wrong is named at once: files, backends and rules", async () => {
  writeStack("people", "");
  writeStack("guests", 'backend "local" {}');
  writeStack("kept", 'backend "local" {}');
  writeStack("shared", 'backend "s3" {}');
  writeStack("cloud", "cloud {}");
  service.branchRules = [];
  service.codeOwnerErrors = undefined;
  service.environments.set("genauth-plan", { secrets: {} });
  const stacks = ["people", "guests", "kept", "shared", "cloud", "gone"].map((name) => ({
    name,
    folder: name,
    lock_file: `${name}.hcl`,
    ...(name === "kept" && { state: "kept" }),
    ...(name === "shared" && { user_files: ["shared.csv"] }),
  }));
  const faults = await checkSettings(jobOf(stacks), {}).then(
    () => "nothing",
    (error: unknown) => String(error),
  );
  for (const fault of [
    "The state of people is not kept: its configuration has no backend",
    "The state of guests is not kept: its backend is local",
    "There is no user file shared.csv",
    "There is no folder or file gone",
    "There is no gone.hcl",
    "No ruleset protects the branch main",
    "There is no CODEOWNERS file",
    "The environment genauth-plan must admit the branch main and no other",
    "There is no environment genauth,",
    "There is no environment genauth-read,",
  ])
    expect(faults).toContain(`- ${fault}`);
  for (const name of ["kept", "shared", "cloud"]) expect(faults).not.toContain(`The state of ${name}`);
});

test("with the token of an administrator, --fix sets what is missing, and prints each call before", async () => {
  writeStack("people", 'backend "s3" {}');
  const stacks = [{ name: "people", folder: "people", lock_file: "people.hcl" }];
  service.branchRules = [];
  service.rulesets.clear();
  // It admits everything, and another one admits another branch, and a tag. Its reviewers stay.
  service.environments.set("genauth-plan", { secrets: { KEY: "k" } });
  service.environments.set("genauth", {
    secrets: {},
    branches: ["main", "aside"],
    tags: ["main"],
    reviewers: ["olga", "otto"],
    preventSelfReview: false,
    canAdminsBypass: true,
  });
  await expect(checkSettings(jobOf(stacks), { fix: true })).rejects.toThrow("GitHub answered 403");

  await checkSettings(jobOf(stacks, { administration: "write" }), { fix: true });
  expect(printed).toContain('POST rulesets {"name":"genauth: the branch main"');
  expect(printed).toContain('POST rulesets {"name":"genauth: no tag main"');
  expect(printed).toContain("PUT environments/genauth-plan {");
  expect(printed).toContain("DELETE environments/genauth/deployment-branch-policies/");
  expect(printed).toContain("PUT environments/genauth-read {");
  expect(printed).toContain("The rules of the repository hold. A plan is approved by environment.");
  expect(service.environments.get("genauth-plan")).toMatchObject({ ...GOOD, secrets: { KEY: "k" } });
  // Pull requests of every branch are planned with its key.
  expect(service.environments.get("genauth-read")).not.toHaveProperty("branches");
  expect(service.environments.get("genauth")).toMatchObject({
    branches: ["main"],
    reviewers: ["olga", "otto"],
    preventSelfReview: true,
    canAdminsBypass: false,
  });

  // Nothing is left to do.
  printed = "";
  await checkSettings(jobOf(stacks, { administration: "write" }), { fix: true });
  expect(printed).not.toMatch(/^(?:POST|PUT|DELETE)/m);
});
