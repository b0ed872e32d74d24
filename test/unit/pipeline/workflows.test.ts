import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeEach, describe, expect, jest, test } from "@jest/globals";
import { validateAction, validateWorkflow } from "@action-validator/core";
import { load as parse, loadAll } from "js-yaml";
import { newFolder } from "../../support/at-end";
import { DEFAULT_HOST } from "../../../src/operator";
import { PUBLIC_HOSTS } from "../../../src/api";
import { initPipeline, PIPELINE_PLATFORMS } from "../../../src/pipeline/init";
import { readPipelineSettings } from "../../../src/pipeline/settings";
import {
  type CompositeAction,
  type Job,
  PIPELINES,
  workflow,
  WORKFLOWS,
  workflowText,
} from "../../support/pipelines/workflow";

const ROOT = resolve(__dirname, "../../..");

const JOBS = Object.entries(workflow().jobs).map(([job, text]) => ({ job, text }));

/** The action that runs each job, out of the package of the tool. */
const ACTION = "./ci/genauth/node_modules/cdktf-genauth/actions/pipeline";
const actionText = readFileSync(join(ROOT, "actions", "pipeline", "action.yml"), "utf8");
const action = parse(actionText) as CompositeAction;

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
  expect(validateWorkflow(workflowText(name).replace("jobs:", "job:")).errors).not.toEqual([]);
  const warnings = warn.mock.calls.map(([text]) => String(text));
  warn.mockRestore();
  expect(warnings.filter((text) => !text.includes("Glob validation is not yet supported"))).toEqual([]);
});

/** The steps of all jobs, and of the action that runs them. */
const STEPS = [...Object.values(workflow().jobs), action.runs].flatMap(({ steps }) => steps);

test("the action is valid by GitHub's schema", () => {
  expect(validateAction(actionText).errors).toEqual([]);
});

test("no job has a right on GitHub that it does not name", () => {
  expect(workflow().permissions).toEqual({});
  expect(parse(workflowText("genauth"))).toMatchObject({ permissions: {} });
});

test("all actions of others are pinned to a commit", () => {
  const used = STEPS.flatMap(({ uses }) => (uses === undefined || uses === ACTION ? [] : [uses]));
  expect(used.length).toBeGreaterThan(0);
  expect(used.filter((each) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(each))).toEqual([]);
});

test("GitHub puts nothing that others wrote into a script", () => {
  expect(STEPS.filter(({ run = "" }) => run.includes("${{"))).toEqual([]);
});

test("a script fails if a command in a pipe does", () => {
  expect(workflow().defaults?.run?.shell).toBe("bash");
});

/** The first major version of each action that runs on Node.js 24; runners end Node.js 20 (source: `runs.using` in their action.yml). */
const FIRST_ON_NODE_24: Readonly<Record<string, number>> = {
  "actions/checkout": 5,
  "actions/setup-node": 5,
  "actions/upload-artifact": 6,
  "actions/download-artifact": 7,
  "hashicorp/setup-terraform": 4,
};

test("the pipeline uses no action for a Node.js that runners no longer have", () => {
  const text = workflowText("genauth-pipeline") + actionText;
  const uses = [...text.matchAll(/uses: ([\w-]+\/[\w-]+)@[0-9a-f]{40} # v(\d+)\./g)];
  expect(uses).toHaveLength([...text.matchAll(/uses: (?![*&])/g)].length);
  const old = uses.filter(([, name = "", major]) => Number(major) < (FIRST_ON_NODE_24[name] ?? Infinity));
  expect(old.map(([line]) => line)).toEqual([]);
});

test("only two jobs may write to GitHub, and no job with a secret of GenAuth may do more than read", () => {
  const writing = JOBS.flatMap(({ job, text }) =>
    Object.entries(text.permissions ?? {}).flatMap(([right, level]) =>
      level === "write" ? [`${job}: ${right}`] : [],
    ),
  );
  expect(writing).toEqual(["comment: pull-requests", "receipt: pull-requests"]);
});

test("of a pull request, the jobs up to the apply read at most by which one somebody leaves", () => {
  const { on, jobs } = workflow();
  expect(jobs["plan"]?.permissions).toHaveProperty("pull-requests", "read");
  for (const name of ["synth", "apply"])
    expect(["actions", "checks", "contents"]).toEqual(
      expect.arrayContaining(Object.keys(jobs[name]?.permissions ?? {})),
    );
  // No event of a pull request starts the workflow with a key of the branch.
  expect(on).not.toHaveProperty("pull_request_target");
});

test("each job has the secrets of one environment, and GENAUTH_PLAN_KEY is in no environment of every branch", () => {
  const READ = ["GENAUTH_READ_KEY_ID", "GENAUTH_READ_KEY_SECRET"];
  const STATE = "GENAUTH_STATE_CREDENTIAL";
  const DELETE = ["GENAUTH_ACCESS_KEY_ID", "GENAUTH_ACCESS_KEY_SECRET"];
  const secrets = JOBS.flatMap(({ job, text }) =>
    text.environment === undefined && secretsOf(text).length === 0
      ? []
      : [[job, text.environment, secretsOf(text)]],
  );
  expect(secrets).toEqual([
    // Only whether it could read a key, which must be in no other place than an environment.
    ["synth", undefined, [...DELETE, "GENAUTH_PLAN_KEY"]],
    [
      "plan",
      "${{ github.ref == 'refs/heads/main' && 'genauth-plan' || 'genauth-read' }}",
      ["GENAUTH_NOTIFY_URL", "GENAUTH_PLAN_KEY", ...READ, "GENAUTH_REDACT_KEY", STATE],
    ],
    [
      "apply",
      "${{ needs.plan.outputs.change == 'without-deletions' && inputs.state_environment || 'genauth' }}",
      [...DELETE, "GENAUTH_PLAN_KEY", ...READ, STATE],
    ],
    ["drift-after-apply", "genauth-read", [...READ, "GENAUTH_REDACT_KEY", STATE]],
    // An address for messages, which is worth no more.
    ["receipt", undefined, ["GENAUTH_NOTIFY_URL"]],
    ["drift", "genauth-read", [...READ, "GENAUTH_REDACT_KEY", STATE]],
  ]);
});

test("all jobs have a time limit", () => {
  for (const { text } of JOBS) expect(text["timeout-minutes"]).toBeGreaterThan(0);
});

test("all jobs run the tool that is installed from its own folder, and nothing else", () => {
  expect(workflow().env?.["INSTALL_TOOL"]).toBe(
    "npm ci --prefix ci/genauth --ignore-scripts --omit=peer --no-audit --no-fund",
  );
  for (const { job, text } of JOBS) {
    // Nothing but the action runs a job, and each one once.
    expect(text.steps.flatMap(({ run }) => run ?? [])).toEqual(["$INSTALL_TOOL"]);
    const [own, ...others] = text.steps.filter(({ uses }) => uses === ACTION);
    expect(others).toEqual([]);
    expect(own?.with).toMatchObject({ job: job.replace("drift-after-apply", "drift") });
  }
});

test("the engine, which runs what others wrote, runs as another user than the guard", () => {
  const [script, ...others] = action.runs.steps.flatMap(({ run }) => run ?? []);
  expect(others).toEqual([]);
  expect(script).toMatch(
    /plan \| apply \| drift\)\n\s*code=0\n\s*sudo --preserve-env env "PATH=\$PATH" "\$tool" pipeline "\$JOB" --user nobody --guard-user daemon "\$@"/,
  );
});

test("a repository calls it in ten lines, and gets what the plan does", () => {
  const { on } = parse(workflowText("genauth-pipeline")) as {
    readonly on: { readonly workflow_call: { readonly outputs: Readonly<Record<string, object>> } };
  };
  const names = ["verdict", "to_delete", "to_suspend", "report_path"];
  expect(on.workflow_call.outputs).toEqual(
    Object.fromEntries(names.map((name) => [name, { value: `\${{ jobs.plan.outputs.${name} }}` }])),
  );
  expect(Object.keys(workflow().jobs["plan"]?.outputs ?? {})).toEqual(expect.arrayContaining(names));
  // What a job hands on, the action hands on, too.
  for (const { text } of JOBS)
    for (const value of Object.values(text.outputs ?? {}))
      for (const [, name = ""] of value.matchAll(/steps\.job\.outputs\.(\w+)/g))
        expect(Object.keys(action.outputs)).toContain(name);
  const [, calling = ""] = workflowText("genauth").split("jobs:\n");
  expect(calling.trim().split("\n").length).toBeLessThanOrEqual(10);
});

test("what is applied comes from the branch, and another job reports what is left", () => {
  const { jobs } = workflow();
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
  for (const job of ["synth", "owner", "receipt"])
    expect(jobs[job]?.if).toContain("github.ref == 'refs/heads/main'");
});

test("GitHub's queue holds up and cancels no run that may apply", () => {
  const groups = JOBS.flatMap(({ job, text }) => (text.concurrency ? [[job, text.concurrency.group]] : []));
  expect(groups).toEqual([["plan", "genauth-plan-${{ github.event.pull_request.number || github.run_id }}"]]);
  expect(workflow()).not.toHaveProperty("concurrency");
});

test("it starts for the branch of the settings, and a variable of the repository has no limit of its own", () => {
  const { on, env } = workflow() as unknown as {
    readonly on: { readonly push: { readonly branches: string[] } };
    readonly env: Readonly<Record<string, string>>;
  };
  const { branch, limits } = readPipelineSettings(join(PIPELINES, "genauth.pipeline.yaml"));
  expect(on.push).toEqual({ branches: [branch] });
  expect(limits).toMatchObject({ host: DEFAULT_HOST, allowed_hosts: [DEFAULT_HOST], max_deletions: 50 });
  // The settings hold the others.
  for (const limit of ["GENAUTH_DUE_DELETIONS", "GENAUTH_DELETION_RECORD"])
    expect(env[limit]).toBe(`\${{ vars.${limit} }}`);
});

function newRepository(): string {
  const folder = newFolder();
  mkdirSync(join(folder, ".git"));
  return folder;
}

describe.each(PIPELINE_PLATFORMS)("pipeline init %s", (platform) => {
  let target: string;
  let said: string;
  beforeEach(() => {
    target = newRepository();
    said = initPipeline(platform, target).join("\n");
  });

  test("writes the settings, the files of the platform, and what Git leaves out, and says what is next", () => {
    const files = readdirSync(target, { recursive: true, encoding: "utf8" }).filter((file) =>
      statSync(join(target, file)).isFile(),
    );
    expect(files).toEqual(expect.arrayContaining(["genauth.pipeline.yaml", ".gitignore"]));
    expect(readFileSync(join(target, ".gitignore"), "utf8")).toBe(
      "node_modules/\n/cdktf.out/\n/genauth-run/\n",
    );
    expect(said).toContain(
      "Next:\n1. Give each stack a backend that all jobs share and that locks the state",
    );
    expect(said).toContain(PUBLIC_HOSTS.authing);
  });

  test("keeps what is there, and names all that does not fit at once", () => {
    writeFileSync(join(target, "genauth.pipeline.yaml"), "edited");
    writeFileSync(join(target, ".gitignore"), "node_modules/\n");
    const again = initPipeline(platform, target).join("\n");
    expect(again).toContain("kept     genauth.pipeline.yaml, which is there\n");
    expect(readFileSync(join(target, "genauth.pipeline.yaml"), "utf8")).toBe("edited");
    expect(again).toContain(
      "\nTo mend first:\n" +
        "- .gitignore lacks /cdktf.out/, /genauth-run/: a commit of everything would hold programs and plans.\n" +
        `- ${join(target, "genauth.pipeline.yaml")} is not valid:\n` +
        '  - must be a block of fields; it is "edited"\n' +
        "\nNext:\n",
    );
  });

  test("finds nothing to mend in what it has written itself", () => {
    expect(said).not.toContain("kept");
    const again = initPipeline(platform, target).join("\n");
    expect(again).not.toContain("To mend first");
    expect(again).not.toContain("differs");
  });

  test.each(["node_modules\ncdktf.out\ngenauth-run\n", "**/node_modules\n/cdktf.out \r\ngenauth-run/\n"])(
    "finds nothing to mend in a .gitignore that says the same in another way: %j",
    (patterns) => {
      writeFileSync(join(target, ".gitignore"), patterns);
      expect(initPipeline(platform, target).join("\n")).not.toContain("To mend first");
    },
  );

  test("keeps settings that are no YAML, and does not offer to write them", () => {
    writeFileSync(join(target, "genauth.pipeline.yaml"), "stacks: [");
    const again = initPipeline(platform, target).join("\n");
    expect(again).toContain(`- ${join(target, "genauth.pipeline.yaml")} cannot be read: `);
    expect(again).not.toContain("pipeline init writes one");
  });

  test("writes nothing in a folder in which the platform does not look", () => {
    const folder = newFolder();
    expect(() => initPipeline(platform, folder)).toThrow(
      `${folder} is not the top of a git repository, where a platform looks for the files of a pipeline. Change to the top, or run git init.`,
    );
    expect(readdirSync(folder)).toEqual([]);
  });
});

test("pipeline init gitlab says that a .gitlab-ci.yml of somebody else is not the pipeline", () => {
  const target = newRepository();
  writeFileSync(join(target, ".gitlab-ci.yml"), "stages: [build]\n");
  expect(initPipeline("gitlab", target)).toContain(
    "kept     .gitlab-ci.yml, which is there, and differs from ci/genauth/node_modules/cdktf-genauth/examples/pipelines/gitlab/.gitlab-ci.yml. If you did not make it from that file, take over what that file holds: without it, there is no pipeline.",
  );
  expect(readFileSync(join(target, ".gitlab-ci.yml"), "utf8")).toBe("stages: [build]\n");
});

test("pipeline init github names the command that sets up the repository", () => {
  expect(initPipeline("github", newRepository()).join("\n")).toContain("pipeline settings --fix");
});

test("six things are set up by people on GitHub, in the table that its section begins with", () => {
  const page = readFileSync(join(PIPELINES, "README.md"), "utf8");
  const [, part = ""] = page.split("## Set up GitHub\n");
  const [table = ""] = part.trim().split("\n\n");
  expect(table.split("\n").slice(2)).toHaveLength(6);
  // All secrets and environments of the workflow are in it, but those that nobody must set.
  const OPTIONAL = ["GENAUTH_NOTIFY_URL", "GENAUTH_REDACT_KEY", "GENAUTH_STATE_CREDENTIAL"];
  const text = workflowText("genauth-pipeline");
  const names = [...text.matchAll(/(?<=secrets\.)\w+|(?<=')genauth(?:-\w+)?(?=')/g)].map(([name]) => name);
  for (const name of names.filter((one) => !OPTIONAL.includes(one))) expect(table).toContain(`\`${name}\``);
});

test("the GitLab component includes the file to copy, whose variables its inputs set", () => {
  const [spec, content] = loadAll(
    readFileSync(join(ROOT, "templates", "pipeline", "template.yml"), "utf8"),
  ) as Record<string, unknown>[];
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
