import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { validateWorkflow } from "@action-validator/core";
import { PIPELINES, workflow, WORKFLOWS, workflowText } from "./support/workflow";

test.each(WORKFLOWS)("%s is as GitHub's schema has it", (name) => {
  expect(validateWorkflow(workflowText(name)).errors).toEqual([]);
  expect(validateWorkflow(workflowText(name).replace("runs-on", "runs_on")).errors).not.toEqual([]);
});

test.each(WORKFLOWS)("%s has the least rights, pinned actions, and no expression in its shell", (name) => {
  const { permissions = {}, jobs } = workflow(name);
  const allowed = { "genauth-report": "pull-requests", "genauth-drift": "issues" } as Record<string, string>;
  const writes = [permissions, ...Object.values(jobs).map((job) => job.permissions ?? {})].flatMap((rights) =>
    Object.entries(rights).flatMap(([right, level]) => (level === "write" ? [right] : [])),
  );
  expect(writes).toEqual(allowed[name] === undefined ? [] : [allowed[name]]);
  for (const { steps } of Object.values(jobs)) {
    for (const { uses, run = "" } of steps) {
      if (uses !== undefined) expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
      expect(run).not.toContain("${{");
    }
  }
});

test("the key that deletes is in one environment only, and no job that runs code of a pull request sees it", () => {
  for (const name of WORKFLOWS) {
    for (const [jobName, { environment, env = {} }] of Object.entries(workflow(name).jobs)) {
      const secrets = Object.values(env).filter((value) => value.includes("secrets."));
      const deletes = secrets.some((value) => value.includes("secrets.GENAUTH_ACCESS_KEY"));
      expect({ name, jobName, deletes }).toEqual({
        name,
        jobName,
        deletes: name === "genauth-apply" && jobName === "apply",
      });
      expect(environment).toBe(deletes ? "genauth" : secrets.length > 0 ? "genauth-read" : undefined);
    }
  }
  const { "user-file": fork, plan } = workflow("genauth-plan").jobs;
  expect(fork?.if).toBe("github.event.pull_request.head.repo.fork");
  expect(plan?.if).toBe("${{ !github.event.pull_request.head.repo.fork }}");
  expect(fork?.env).toBeUndefined();
});

test("one run at a time touches the state", () => {
  const groups = WORKFLOWS.flatMap((name) => Object.values(workflow(name).jobs))
    .filter(({ environment }) => environment !== undefined)
    .map(({ concurrency }) => concurrency);
  expect(groups).toHaveLength(3);
  for (const group of groups) expect(group).toEqual({ group: "genauth-state", "cancel-in-progress": false });
});

test("every script that a pipeline calls is there and can be run", () => {
  const folder = join(PIPELINES, "ci", "genauth");
  const scripts = readdirSync(folder);
  for (const script of scripts) expect(statSync(join(folder, script)).mode & 0o111).not.toBe(0);
  const called = WORKFLOWS.flatMap((name) => [...workflowText(name).matchAll(/ci\/genauth\/([\w-]+\.sh)/g)]);
  for (const [, script] of called) expect(scripts).toContain(script);
  for (const script of scripts)
    expect(readFileSync(join(folder, script), "utf8")).toMatch(/^#!.*\n#.*\n[\s\S]*set -euo pipefail/);
});
