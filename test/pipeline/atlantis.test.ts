import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { parse } from "yaml";
import { atlantisText, repositoryConfiguration, serverConfiguration } from "./support/atlantis";
import { PIPELINES } from "./support/workflow";

const server = serverConfiguration.parse(parse(atlantisText("repos.yaml")));

test("both files have only documented keys", () => {
  const project = repositoryConfiguration.parse(parse(atlantisText("atlantis.yaml")));
  expect(project.projects).toHaveLength(1);
  const misspelt = parse(atlantisText("repos.yaml").replace("repo_locks", "repo_lock")) as unknown;
  expect(serverConfiguration.safeParse(misspelt).success).toBe(false);
  const older = parse(atlantisText("atlantis.yaml").replace("version: 3", "version: 2")) as unknown;
  expect(repositoryConfiguration.safeParse(older).success).toBe(false);
});

test("the repository does not define how it is planned or applied", () => {
  const project = repositoryConfiguration.parse(parse(atlantisText("atlantis.yaml")));
  expect(project.workflows).toBeUndefined();
  expect(project.projects?.[0]?.workflow).toBeUndefined();
  const [repo] = server.repos;
  expect(repo).toMatchObject({ allowed_overrides: [], allow_custom_workflows: false });
  expect(Object.keys(server.workflows ?? {})).toContain(repo?.workflow);
});

test("an outdated branch is not planned, nothing is applied without approval, and only one apply runs at a time", () => {
  const [repo] = server.repos;
  expect(repo?.plan_requirements).toEqual(["undiverged"]);
  expect(repo?.apply_requirements).toEqual(["approved", "mergeable", "undiverged"]);
  expect(repo?.repo_locks).toEqual({ mode: "on_plan" });
});

test("a plan has the reading key, an apply the deleting key, and their scripts exist", () => {
  const { plan, apply } = server.workflows?.["genauth"] ?? {};
  expect(secretsOf(plan)).toEqual(["genauth-read/id", "genauth-read/secret"]);
  expect(secretsOf(apply)).toEqual(["genauth-delete/id", "genauth-delete/secret"]);
  const scripts = readdirSync(join(PIPELINES, "ci", "genauth"));
  const called = [...atlantisText("repos.yaml").matchAll(/\/opt\/genauth\/([\w-]+\.sh)/g)];
  expect(called.length).toBeGreaterThan(2);
  for (const [, script] of called) expect(scripts).toContain(script);
});

function secretsOf(steps: unknown): string[] {
  return [...JSON.stringify(steps).matchAll(/\/run\/secrets\/([\w-]+\/\w+)/g)].map(([, name = ""]) => name);
}
