import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { validateWorkflow } from "@action-validator/core";
import { DEFAULT_HOST } from "../../../src/operator";
import { operatorVariables } from "../../support/pipelines/operator-variables";
import { type Job, PIPELINES, workflow, WORKFLOWS, workflowText } from "../../support/pipelines/workflow";

/** All jobs of all workflows. */
const JOBS = WORKFLOWS.flatMap((name) =>
  Object.entries(workflow(name).jobs).map(([job, text]) => ({ name, job, text, place: `${name}/${job}` })),
);

/** The secrets that a job gets. */
function secretsOf({ env = {}, steps }: Job): string[] {
  const values = [env, ...steps.map((step) => step.env ?? {})].flatMap((each) => Object.values(each));
  return [
    ...new Set(
      values.flatMap((value) => [...value.matchAll(/secrets\.(\w+)/g)].map(([, name = ""]) => name)),
    ),
  ].sort();
}

test.each(WORKFLOWS)("%s is valid by GitHub's schema", (name) => {
  expect(validateWorkflow(workflowText(name)).errors).toEqual([]);
  expect(validateWorkflow(workflowText(name).replace("runs-on", "runs_on")).errors).not.toEqual([]);
});

test.each(WORKFLOWS)(
  "%s pins its actions, and has no expression in its shell, which fails inside a pipe",
  (name) => {
    const { permissions, defaults, jobs } = workflow(name);
    expect(permissions).toEqual({});
    expect(defaults?.run?.shell).toBe("bash");
    for (const { steps } of Object.values(jobs)) {
      for (const { uses, run = "" } of steps) {
        if (uses !== undefined) expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
        expect(run).not.toContain("${{");
      }
    }
  },
);

test("only three jobs may write to GitHub, and no job with a secret of GenAuth may do more than read", () => {
  const writing = JOBS.flatMap(({ place, text }) =>
    Object.entries(text.permissions ?? {}).flatMap(([right, level]) =>
      level === "write" ? [`${place}: ${right}`] : [],
    ),
  );
  expect(writing).toEqual([
    "genauth/older-nights: actions",
    "genauth/receipt: pull-requests",
    "genauth/drift-issue: issues",
    "genauth-apply/receipt: pull-requests",
  ]);
});

test("each job has the secrets of one environment, and synth has none", () => {
  const READ = ["GENAUTH_READ_KEY_ID", "GENAUTH_READ_KEY_SECRET"];
  const DELETE = ["GENAUTH_ACCESS_KEY_ID", "GENAUTH_ACCESS_KEY_SECRET"];
  const secrets = JOBS.flatMap(({ place, text }) =>
    text.environment === undefined && secretsOf(text).length === 0
      ? []
      : [[place, text.environment, secretsOf(text)]],
  );
  expect(secrets).toEqual([
    ["genauth/plan", "genauth-read", ["GENAUTH_PLAN_KEY", ...READ]],
    // Only whether it could read the key, which must be in no other place than the environment.
    ["genauth/settings", undefined, DELETE],
    ["genauth/apply", "genauth", [...DELETE, "GENAUTH_PLAN_KEY"]],
    ["genauth/apply-without-deletions", "genauth-state", ["GENAUTH_PLAN_KEY", ...READ]],
    ["genauth/drift-after-apply", "genauth-read", READ],
    ["genauth/drift", "genauth-read", READ],
    ["genauth-plan/plan", "genauth-read", READ],
    ["genauth-apply/apply", "genauth", [...DELETE, "GENAUTH_PLAN_KEY"]],
    ["genauth-apply/drift-after-apply", "genauth-read", ["GENAUTH_PLAN_KEY", ...READ]],
  ]);
});

test("a job that applies runs nothing of a package, ends with the apply, and another one reports what is left", () => {
  const applying = JOBS.filter(({ text }) => /^genauth(-state)?$/.test(text.environment ?? ""));
  expect(applying.map(({ place }) => place)).toEqual([
    "genauth/apply",
    "genauth/apply-without-deletions",
    "genauth-apply/apply",
  ]);
  for (const { name, job, text } of applying) {
    const shell = text.steps.map(({ run = "" }) => run);
    expect(shell.join("\n")).not.toMatch(/npm|npx|(check|drift|report)\.sh/);
    expect(shell.at(-1)).toMatch(/^ci\/genauth\/apply\.sh [\w -]+$/);
    const after = workflow(name).jobs["drift-after-apply"];
    expect(after?.needs).toContain(job);
    expect(after?.if).toContain("always()");
    expect(workflow(name).jobs["receipt"]?.needs).toContain("drift-after-apply");
  }
});

test("GitHub's queue holds up and cancels no run that may apply", () => {
  const groups = JOBS.flatMap(({ place, text }) => (text.concurrency ? [place] : []));
  expect(groups).toEqual(["genauth-plan/plan"]);
  for (const name of WORKFLOWS) expect(workflow(name)).not.toHaveProperty("concurrency");
  expect(readFileSync(join(PIPELINES, "ci", "genauth", "apply.sh"), "utf8")).toContain("-lock-timeout=");
});

/** Nobody can change them without the review of the workflow's owners. */
const LITERALS: Readonly<Record<string, string>> = {
  GENAUTH_HOST: DEFAULT_HOST,
  GENAUTH_ALLOWED_HOSTS: DEFAULT_HOST,
  GENAUTH_MAX_DELETIONS: "50",
  GENAUTH_MIN_SUSPEND_DAYS: "0",
};

test.each(WORKFLOWS)(
  "%s gets all of the operator's limits, host and number as literals and the others from the repository's settings",
  (name) => {
    const { env = {} } = workflow(name);
    expect(env).toMatchObject(LITERALS);
    for (const limit of operatorVariables().filter((variable) => !(variable in LITERALS))) {
      const variable = limit === "GENAUTH_PROTECTED_USERS_FILE" ? "GENAUTH_PROTECTED_USERS" : limit;
      expect(env[variable]).toContain("${{ vars.");
    }
    // Plan and apply get the same.
    const { env: planned = {} } = workflow("genauth");
    expect(env).toMatchObject(planned);
  },
);

test("every script that a pipeline calls exists, is executable, and says how it is called", () => {
  const folder = join(PIPELINES, "ci", "genauth");
  const scripts = readdirSync(folder);
  for (const script of scripts) expect(statSync(join(folder, script)).mode & 0o111).not.toBe(0);
  const called = WORKFLOWS.flatMap((name) => [...workflowText(name).matchAll(/ci\/genauth\/([\w-]+\.sh)/g)]);
  expect(called.length).toBeGreaterThan(5);
  for (const [, script] of called) expect(scripts).toContain(script);
  for (const script of scripts)
    expect(readFileSync(join(folder, script), "utf8")).toMatch(/^#!.*\n#.*\n[\s\S]*set -euo pipefail/);
});
