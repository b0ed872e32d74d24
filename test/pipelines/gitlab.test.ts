import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "@jest/globals";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import { schema } from "gitlab-ci-local/src/schema/schema.js";
import { load as parse } from "js-yaml";
import { newFolder } from "../support/at-end";
import { runChild } from "../support/engine/child";
import { gitLabCiLocal } from "./support/tools";
import { GITLAB_PIPELINE, GITLAB_TEXT, JOBS, shellOf } from "./support/gitlab-pipeline";
import { PIPELINES } from "../support/pipelines/workflow";
import { cleanEnvironment } from "../support/engine/clean-environment";

/** The variables with which GitLab creates a pipeline. */
const BRANCH = { CI_COMMIT_BRANCH: "main", CI_DEFAULT_BRANCH: "main" };
const REQUEST = {
  CI_PIPELINE_SOURCE: "merge_request_event",
  CI_DEFAULT_BRANCH: "main",
  CI_MERGE_REQUEST_PROJECT_PATH: "team/people",
};

let folder: string;
beforeEach(() => void (folder = newFolder()));

test("it is valid by GitLab's schema", () => {
  const ajv = new Ajv({ strict: false });
  addFormats(ajv);
  const validate = ajv.compile(schema);
  expect({ valid: validate(GITLAB_PIPELINE), errors: validate.errors }).toEqual({
    valid: true,
    errors: null,
  });
  expect(validate(parse(GITLAB_TEXT.replace("resource_group: genauth-state", "resource_group: [1]")))).toBe(
    false,
  );
});

const SOURCE = "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH";
const OWN = { ...REQUEST, [SOURCE]: "team/people" };
const TRAIN = { ...OWN, CI_MERGE_REQUEST_EVENT_TYPE: "merge_train" };
const REVIEW = ["synth", "report", "comment"];
const APPLY = ["synth", "plan", "apply", "apply-without-deletions", "receipt", "drift-after-apply"];
const CHECK = [...APPLY, "drift"];

test.each<{
  readonly pipeline: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly jobs: string[];
}>([
  { pipeline: "a merge request", variables: OWN, jobs: REVIEW },
  {
    pipeline: "a merge request of a fork",
    variables: { ...REQUEST, [SOURCE]: "ada/people" },
    jobs: ["user-files"],
  },
  { pipeline: "a merge train", variables: TRAIN, jobs: REVIEW },
  {
    pipeline: "a push to the default branch",
    variables: { ...BRANCH, CI_PIPELINE_SOURCE: "push" },
    jobs: APPLY,
  },
  {
    pipeline: "a new pipeline of the default branch",
    variables: { ...BRANCH, CI_PIPELINE_SOURCE: "web" },
    jobs: APPLY,
  },
  { pipeline: "a schedule", variables: { ...BRANCH, CI_PIPELINE_SOURCE: "schedule" }, jobs: CHECK },
  {
    pipeline: "a push to another branch",
    variables: { ...BRANCH, CI_COMMIT_BRANCH: "leavers", CI_PIPELINE_SOURCE: "push" },
    jobs: [],
  },
  {
    pipeline: "a trigger of another pipeline",
    variables: { ...BRANCH, CI_PIPELINE_SOURCE: "pipeline", REPORT_JOB: "1" },
    jobs: [],
  },
  { pipeline: "a trigger token", variables: { ...BRANCH, CI_PIPELINE_SOURCE: "trigger" }, jobs: [] },
])("gitlab-ci-local finds the jobs of $pipeline", async ({ variables, jobs }) => {
  cpSync(join(PIPELINES, "gitlab", ".gitlab-ci.yml"), join(folder, ".gitlab-ci.yml"));
  const env = { ...cleanEnvironment(""), GIT_CONFIG_GLOBAL: "/dev/null", HOME: folder };
  await runChild("git", ["init", "--quiet", "--initial-branch=main"], { cwd: folder, env });
  await runChild("git", ["remote", "add", "origin", "git@gitlab.example.com:team/people.git"], {
    cwd: folder,
    env,
  });
  const given = Object.entries(variables).flatMap(([name, value]) => ["--variable", `${name}=${value}`]);
  const [node = "", ...program] = gitLabCiLocal();
  const { code, stdout, text } = await runChild(node, [...program, "--list-json", ...given], {
    cwd: folder,
    env,
  });
  expect({ code, text }).toMatchObject({ code: 0 });
  // Warnings come first: it does not expect the variables of a pipeline on its command line.
  const listed = JSON.parse(stdout.slice(stdout.indexOf("\n[\n"))) as readonly {
    readonly name: string;
    readonly when: string;
  }[];
  expect(
    listed
      .filter(({ when }) => when !== "never")
      .map(({ name }) => name)
      .sort(),
  ).toEqual([...jobs].sort());
});

/** The names of the jobs that are so. */
const jobsWith = (isSo: (job: (typeof JOBS)[string]) => boolean): readonly string[] =>
  Object.entries(JOBS).flatMap(([name, job]) => (isSo(job) ? [name] : []));

test("only the apply, which a person starts, has the deleting key, and applies run one at a time", () => {
  expect(jobsWith(({ environment }) => environment?.name === "genauth")).toEqual(["apply"]);
  expect(jobsWith(({ rules = [] }) => rules.some(({ when }) => when === "manual"))).toEqual(["apply"]);
  const queues = Object.entries(JOBS).flatMap(([name, { resource_group: queue }]) =>
    queue ? [[name, queue]] : [],
  );
  expect(Object.fromEntries(queues)).toEqual({
    apply: "genauth-state",
    "apply-without-deletions": "genauth-state",
  });
});

test("what comes after an apply waits until a person has started it, and runs after one that failed, too", () => {
  // GitLab skips what needs a manual job that may fail, and runs it once that job has ended. With `always`, it would not wait.
  expect(JOBS["apply"]?.rules).toMatchObject([{ when: "manual", allow_failure: true }]);
  for (const after of ["receipt", "drift-after-apply"]) {
    expect(JOBS[after]?.needs?.map(({ job }) => job)).toContain("apply");
    for (const { when = "on_success" } of JOBS[after]?.rules ?? [])
      expect([after, when]).toEqual([after, "on_success"]);
  }
});

test("synth has no secret, and nothing that runs its code is near a key that writes", () => {
  expect(JOBS["synth"]?.environment).toEqual({ name: "synth" });
  expect(jobsWith((job) => shellOf(job).includes("pipeline synth"))).toEqual(["synth"]);
  // An artifact or a dotenv report could replace the tool and the environment of a job.
  expect(jobsWith(({ needs = [] }) => needs.some(({ artifacts }) => artifacts))).toEqual([
    "report",
    "comment",
  ]);
  for (const job of Object.values(JOBS)) {
    // Only the lock file of the tool says what is installed, and no script of it runs.
    expect(shellOf(job).match(/npm|npx/g)).toEqual(["npm"]);
    expect(shellOf(job)).toContain("npm ci --prefix ci/genauth --ignore-scripts --omit=peer");
  }
  expect(GITLAB_TEXT).not.toMatch(/dotenv:|trigger:/);
});

test("only the job that comments has a token of the project, and it is near no key", () => {
  expect(GITLAB_TEXT).not.toMatch(/API_TOKEN|PRIVATE-TOKEN/);
  const jobs = Object.entries(JOBS).filter(([, { environment }]) => environment?.name === "genauth-comment");
  expect(jobs.map(([name]) => name)).toEqual(["comment"]);
  expect(
    shellOf(jobs[0]?.[1] ?? {})
      .split("\n")
      .slice(1),
  ).toEqual(["$TOOL pipeline comment"]);
});

test("the operator's limits come from the settings, and a variable of the project makes them stricter", () => {
  const [comment = ""] = GITLAB_TEXT.split("\nstages:");
  // These are in the settings only.
  const settled = ["GENAUTH_ALLOWED_HOSTS", "GENAUTH_PROTECTED_USERS_FILE"];
  const page = readFileSync(join(__dirname, "../../docs/index.md"), "utf8");
  const [list = ""] = (page.split("\n## The operator's limits\n")[1] ?? "").split("\n## ");
  const names = [...list.matchAll(/^\| `(GENAUTH_\w+)`/gm)].map(([, name = ""]) => name);
  expect(names.length).toBeGreaterThan(2);
  for (const name of names.filter((one) => !settled.includes(one))) expect(comment).toContain(name);
  for (const name of names) {
    for (const { variables: own = {} } of Object.values(JOBS)) expect(Object.keys(own)).not.toContain(name);
  }
});
