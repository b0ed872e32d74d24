import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, jest, test } from "@jest/globals";
import { validateAction, validateWorkflow } from "@action-validator/core";
import { parse, parseAllDocuments } from "yaml";
import { newFolder } from "../../support/at-end";
import { DEFAULT_HOST } from "../../../src/operator";
import { PUBLIC_HOSTS } from "../../../src/api";
import { initPipeline, PIPELINE_PLATFORMS } from "../../../src/pipeline/init";
import { readPipelineSettings } from "../../../src/pipeline/settings";
import { type Job, PIPELINES, workflow, WORKFLOWS, workflowText } from "../../support/pipelines/workflow";

const ROOT = resolve(__dirname, "../../..");

/** All jobs of all workflows. */
const JOBS = WORKFLOWS.flatMap((name) =>
  Object.entries(workflow(name).jobs).map(([job, text]) => ({ job, text })),
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
  // The checker knows no globs, and says so of each.
  const warn = jest.spyOn(console, "warn").mockImplementation(() => undefined);
  expect(validateWorkflow(workflowText(name)).errors).toEqual([]);
  expect(validateWorkflow(workflowText(name).replace("runs-on", "runs_on")).errors).not.toEqual([]);
  const warnings = warn.mock.calls.map(([text]) => String(text));
  warn.mockRestore();
  expect(warnings.filter((text) => !text.includes("Glob validation is not yet supported"))).toEqual([]);
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

/** The first major version of each action that runs on Node.js 24; runners end Node.js 20 (source: `runs.using` in their action.yml). */
const FIRST_ON_NODE_24: Readonly<Record<string, number>> = {
  "actions/checkout": 5,
  "actions/setup-node": 5,
  "actions/upload-artifact": 6,
  "actions/download-artifact": 7,
  "hashicorp/setup-terraform": 4,
};

test.each(WORKFLOWS)("%s uses no action for a Node.js that runners no longer have", (name) => {
  const uses = [...workflowText(name).matchAll(/uses: ([\w-]+\/[\w-]+)@[0-9a-f]{40} # v(\d+)\./g)];
  expect(uses).toHaveLength(workflowText(name).split("uses: ").length - 1);
  for (const [, action = "", major] of uses)
    expect({ action, isNew: Number(major) >= (FIRST_ON_NODE_24[action] ?? Infinity) }).toEqual({
      action,
      isNew: true,
    });
});

test("only three jobs may write to GitHub, and no job with a secret of GenAuth may do more than read", () => {
  const writing = JOBS.flatMap(({ job, text }) =>
    Object.entries(text.permissions ?? {}).flatMap(([right, level]) =>
      level === "write" ? [`${job}: ${right}`] : [],
    ),
  );
  expect(writing).toEqual([
    "comment: pull-requests",
    "receipt: pull-requests",
    "night: actions",
    "night: issues",
  ]);
});

test("each job has the secrets of one environment, and GENAUTH_PLAN_KEY is in no environment of every branch", () => {
  const READ = ["GENAUTH_READ_KEY_ID", "GENAUTH_READ_KEY_SECRET"];
  const DELETE = ["GENAUTH_ACCESS_KEY_ID", "GENAUTH_ACCESS_KEY_SECRET"];
  const secrets = JOBS.flatMap(({ job, text }) =>
    text.environment === undefined && secretsOf(text).length === 0
      ? []
      : [[job, text.environment, secretsOf(text)]],
  );
  expect(secrets).toEqual([
    [
      "plan",
      "${{ github.ref == 'refs/heads/main' && 'genauth-plan' || 'genauth-read' }}",
      ["GENAUTH_NOTIFY_URL", "GENAUTH_PLAN_KEY", ...READ],
    ],
    // Only whether it could read a key, which must be in no other place than an environment.
    ["settings", undefined, [...DELETE, "GENAUTH_PLAN_KEY"]],
    [
      "apply",
      "${{ needs.plan.outputs.change == 'without-deletions' && 'genauth-state' || 'genauth' }}",
      [...DELETE, "GENAUTH_PLAN_KEY", ...READ],
    ],
    ["drift-after-apply", "genauth-read", READ],
    // An address for messages, which is worth no more.
    ["receipt", undefined, ["GENAUTH_NOTIFY_URL"]],
    ["drift", "genauth-read", READ],
  ]);
});

test("all jobs but synth run the tool of a folder of its own, the engine as another user, and have a time limit", () => {
  const { env = {} } = workflow("genauth");
  expect(env).toMatchObject({
    INSTALL_TOOL: "npm ci --prefix ci/genauth --ignore-scripts --omit=peer --no-audit --no-fund",
    TOOL: "ci/genauth/node_modules/.bin/genauth-users",
  });
  for (const { job, text } of JOBS) {
    expect(text["timeout-minutes"]).toBeGreaterThan(0);
    const runs = text.steps.flatMap(({ run = "" }) => (run === "" ? [] : [run]));
    expect(runs).toHaveLength(2);
    expect(runs[0]).toBe("$INSTALL_TOOL");
    const isApart =
      /^sudo --preserve-env env "PATH=\$PATH" "\$TOOL" pipeline \w+ .*--user nobody --guard-user daemon/;
    if (["plan", "apply", "drift", "drift-after-apply"].includes(job)) expect(runs[1]).toMatch(isApart);
    else expect(runs[1]).toMatch(/^"\$TOOL" pipeline \w+/);
  }
});

test("what is applied comes from the branch, and another job reports what is left", () => {
  const { jobs } = workflow("genauth");
  const checkouts = Object.values(jobs).flatMap(({ steps }) =>
    steps.filter(({ uses = "" }) => uses.includes("checkout")),
  );
  for (const { with: inputs = {} } of checkouts) {
    expect(inputs).not.toHaveProperty("ref");
    expect(inputs["persist-credentials"]).toBe(false);
  }
  expect(jobs["drift-after-apply"]?.needs).toContain("apply");
  expect(jobs["drift-after-apply"]?.if).toContain("always()");
  expect(jobs["receipt"]?.needs).toContain("drift-after-apply");
  for (const job of ["synth", "owner", "settings", "receipt"])
    expect(jobs[job]?.if).toContain("github.ref == 'refs/heads/main'");
});

test("GitHub's queue holds up and cancels no run that may apply", () => {
  const groups = JOBS.flatMap(({ job, text }) => (text.concurrency ? [[job, text.concurrency.group]] : []));
  expect(groups).toEqual([["plan", "genauth-plan-${{ github.event.pull_request.number || github.run_id }}"]]);
  expect(workflow("genauth")).not.toHaveProperty("concurrency");
});

test("it starts for the paths of the settings, and a variable of the repository has no limit of its own", () => {
  const { on, env } = workflow("genauth") as unknown as {
    readonly on: { readonly push: { readonly branches: string[]; readonly paths: string[] } };
    readonly env: Readonly<Record<string, string>>;
  };
  const { branch, paths, limits } = readPipelineSettings(join(PIPELINES, "genauth.pipeline.yaml"));
  expect(on.push.branches).toEqual([branch]);
  expect(on.push.paths).toEqual([".github/workflows/genauth.yml", ...paths]);
  expect(limits).toMatchObject({ host: DEFAULT_HOST, allowed_hosts: [DEFAULT_HOST], max_deletions: 50 });
  // The settings hold the others.
  for (const limit of ["GENAUTH_PROTECTED_USERS", "GENAUTH_DUE_DELETIONS", "GENAUTH_DELETION_RECORD"])
    expect(env[limit]).toBe(`\${{ vars.${limit} }}`);
});

test("what is copied for a platform is at most five files and 450 lines", () => {
  const folder = newFolder();
  for (const platform of PIPELINE_PLATFORMS) {
    const target = join(folder, platform);
    mkdirSync(target);
    const said = initPipeline(platform, target).join("\n");
    expect(said).toContain("Next:\n1. ");
    expect(said).toContain(PUBLIC_HOSTS.authing);
    const files = readdirSync(target, { recursive: true, encoding: "utf8" }).filter((file) =>
      statSync(join(target, file)).isFile(),
    );
    expect(files).toContain("genauth.pipeline.yaml");
    expect(files.length).toBeLessThanOrEqual(5);
    const lines = files.map((file) => readFileSync(join(target, file), "utf8").split("\n").length - 1);
    expect(lines.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(450);
    // What is there stays.
    writeFileSync(join(target, "genauth.pipeline.yaml"), "edited");
    expect(initPipeline(platform, target).join("\n")).toContain(
      "kept     genauth.pipeline.yaml, which is there",
    );
    expect(readFileSync(join(target, "genauth.pipeline.yaml"), "utf8")).toBe("edited");
  }
});

test("Dependabot keeps the actions and the tool up to date", () => {
  const { updates } = parse(readFileSync(join(PIPELINES, "github", ".github", "dependabot.yml"), "utf8")) as {
    readonly updates: readonly object[];
  };
  expect(updates).toMatchObject([
    { "package-ecosystem": "github-actions", directory: "/" },
    { "package-ecosystem": "npm", directory: "/ci/genauth" },
  ]);
});

test("the composite action runs a job as the workflow does, with the same actions", () => {
  const text = readFileSync(join(ROOT, "actions", "pipeline", "action.yml"), "utf8");
  expect(validateAction(text).errors).toEqual([]);
  const { runs } = parse(text) as { readonly runs: { readonly steps: Job["steps"] } };
  const pinned = JOBS.flatMap(({ text: job }) => job.steps.map(({ uses }) => uses));
  for (const { uses, run = "" } of runs.steps) {
    if (uses !== undefined) expect(pinned).toContain(uses);
    expect(run).not.toContain("${{");
  }
  expect(runs.steps[1]?.run).toBe(workflow("genauth").env?.["INSTALL_TOOL"]);
  expect(runs.steps.at(-1)?.run).toContain(
    'sudo --preserve-env env "PATH=$PATH" "$tool" pipeline "$JOB" --user nobody',
  );
});

test("the GitLab component includes the file to copy, whose variables its inputs set", () => {
  const [spec, content] = parseAllDocuments(
    readFileSync(join(ROOT, "templates", "pipeline", "template.yml"), "utf8"),
  ).map((each) => each.toJS() as Record<string, unknown>);
  const { include, variables } = content as {
    readonly include: readonly { readonly local: string }[];
    readonly variables: Readonly<Record<string, string>>;
  };
  for (const { local } of include) expect(existsSync(join(ROOT, local))).toBe(true);
  const included = readFileSync(join(ROOT, include[0]?.local ?? ""), "utf8");
  const inputs = (spec?.["spec"] as { readonly inputs: object } | undefined)?.inputs ?? {};
  for (const [variable, value] of Object.entries(variables)) {
    expect(included).toMatch(new RegExp(`(^  ${variable}:|\\$${variable}\\b)`, "m"));
    expect(Object.keys(inputs)).toContain(/inputs\.(\w+)/.exec(value)?.[1]);
  }
});
