import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { validateWorkflow } from "@action-validator/core";
import { DEFAULT_HOST } from "../../src/operator";
import { operatorVariables } from "./support/operator-variables";
import { PIPELINES, workflow, WORKFLOWS, workflowText } from "./support/workflow";

/** The jobs that call a user pool. */
const JOBS_WITH_A_KEY = WORKFLOWS.flatMap((name) => Object.entries(workflow(name).jobs)).filter(
  ([, { environment }]) => environment !== undefined,
);

test.each(WORKFLOWS)("%s is valid by GitHub's schema", (name) => {
  expect(validateWorkflow(workflowText(name)).errors).toEqual([]);
  expect(validateWorkflow(workflowText(name).replace("runs-on", "runs_on")).errors).not.toEqual([]);
});

test.each(WORKFLOWS)(
  "%s has the fewest permissions, pinned actions, and no expression in its shell",
  (name) => {
    const { permissions = {}, jobs } = workflow(name);
    const allowed = { "genauth-report": "pull-requests", "genauth-drift": "issues" } as Record<
      string,
      string
    >;
    const writes = [permissions, ...Object.values(jobs).map((job) => job.permissions ?? {})].flatMap(
      (rights) => Object.entries(rights).flatMap(([right, level]) => (level === "write" ? [right] : [])),
    );
    expect(writes).toEqual(allowed[name] === undefined ? [] : [allowed[name]]);
    for (const { steps } of Object.values(jobs)) {
      for (const { uses, run = "" } of steps) {
        if (uses !== undefined) expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
        expect(run).not.toContain("${{");
      }
    }
  },
);

test("the deleting key is only in one environment, and no job that runs code of a pull request gets it", () => {
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

test("no plan and no drift check cancels a waiting apply, and each plan is of one pull request", () => {
  expect(JOBS_WITH_A_KEY.map(([, { concurrency }]) => concurrency)).toEqual([
    { group: "genauth-plan-${{ github.event.pull_request.number }}", "cancel-in-progress": true },
    { group: "genauth-apply", "cancel-in-progress": false },
    { group: "genauth-drift", "cancel-in-progress": false },
  ]);
  // Plans beside an apply must not write the state; others wait for the lock.
  expect(JOBS_WITH_A_KEY.map(([, { env }]) => env?.["PLAN_ARGS"])).toEqual([
    "-lock=false",
    undefined,
    undefined,
  ]);
  for (const script of ["plan.sh", "apply.sh"])
    expect(readFileSync(join(PIPELINES, "ci", "genauth", script), "utf8")).toContain("-lock-timeout=10m");
});

/** Nobody can change them without the review of the workflow's owners. */
const LITERALS: Readonly<Record<string, string>> = {
  GENAUTH_HOST: DEFAULT_HOST,
  GENAUTH_ALLOWED_HOSTS: DEFAULT_HOST,
  GENAUTH_MAX_DELETIONS: "50",
};

test.each(JOBS_WITH_A_KEY)(
  "%s gets all of the operator's limits, host and number as literals and the others from the repository's settings",
  (_, job) => {
    expect(job.env).toMatchObject(LITERALS);
    const scripts = job.steps.map(({ run = "" }) => run);
    const written = scripts.indexOf("ci/genauth/github-protected-users.sh");
    expect(written).toBeGreaterThan(-1);
    expect(scripts.findIndex((run) => /\/(plan|apply|init)\.sh/.test(run))).toBeGreaterThan(written);
    for (const name of operatorVariables().filter((variable) => !(variable in LITERALS))) {
      const variable = name === "GENAUTH_PROTECTED_USERS_FILE" ? "GENAUTH_PROTECTED_USERS" : name;
      expect(job.env?.[variable]).toContain("${{ vars.");
    }
  },
);

test("every script that a pipeline calls exists and is executable", () => {
  const folder = join(PIPELINES, "ci", "genauth");
  const scripts = readdirSync(folder);
  for (const script of scripts) expect(statSync(join(folder, script)).mode & 0o111).not.toBe(0);
  const called = WORKFLOWS.flatMap((name) => [...workflowText(name).matchAll(/ci\/genauth\/([\w-]+\.sh)/g)]);
  expect(called.length).toBeGreaterThan(5);
  for (const [, script] of called) expect(scripts).toContain(script);
  for (const script of scripts)
    expect(readFileSync(join(folder, script), "utf8")).toMatch(/^#!.*\n#.*\n[\s\S]*set -euo pipefail/);
});
