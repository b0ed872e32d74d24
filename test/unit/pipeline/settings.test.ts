import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { dump, load } from "js-yaml";
import * as z from "zod";
import { pipelineCommand } from "../../../src/cli/pipeline";
import { NUMBERS } from "../../../src/operator/settings";
import {
  engineEnvironment,
  findDueHold,
  guardOptions,
  limitVariables,
} from "../../../src/pipeline/environment";
import { prepareJob } from "../../../src/pipeline/prepare";
import {
  type PipelineSettings,
  PipelineSettingsSchema,
  readPipelineSettings,
} from "../../../src/pipeline/settings";
import { readFileSync } from "node:fs";
import { newFolder } from "../../support/at-end";
import { readDocument } from "../../support/docs/documents";
import { PIPELINES } from "../../support/pipelines/workflow";

const EXAMPLE = join(PIPELINES, "genauth.pipeline.yaml");

let folder: string;
beforeEach(() => void (folder = newFolder()));

/** The example with a change. */
function changed(change: Record<string, unknown>): string {
  const file = join(folder, "genauth.pipeline.yaml");
  writeFileSync(file, dump({ ...(load(readFileSync(EXAMPLE, "utf8")) as object), ...change }));
  return file;
}

const stack = { name: "staff", folder: "infra", lock_file: "infra.hcl" };

test("the recipes for messages are valid settings", () => {
  const guide = readDocument("docs/guides/notifications.md");
  const recipes = [...guide.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, recipe = ""]) => recipe);
  expect(recipes).toHaveLength(2);
  for (const recipe of recipes) {
    const { notify } = readPipelineSettings(changed(load(recipe) as Record<string, unknown>));
    expect(notify?.command).toMatch(/^jq '.*'.*GENAUTH_NOTIFY_URL|aws s3/s);
  }
});

test("a pull request is known by its own newest commit, and not by its test merge", () => {
  const event = join(folder, "event.json");
  writeFileSync(event, JSON.stringify({ pull_request: { head: { sha: "c0ffee" }, user: { login: "ada" } } }));
  const { platform } = prepareJob(
    {
      GITHUB_ACTIONS: "true",
      GITHUB_EVENT_PATH: event,
      GITHUB_EVENT_NAME: "pull_request",
      GITHUB_REF: "refs/pull/7/merge",
      GITHUB_BASE_REF: "main",
    },
    EXAMPLE,
  );
  expect(platform).toMatchObject({ pullRequest: { number: 7, head: "c0ffee", target: "main" } });
});

test("the example is valid, also by the JSON schema", () => {
  expect(readPipelineSettings(EXAMPLE)).toMatchObject({ branch: "main", stacks: [{ name: "staff" }] });
  const ajv = new Ajv2020({ strict: false });
  addFormats(ajv);
  const validate = ajv.compile(z.toJSONSchema(PipelineSettingsSchema, { io: "input" }));
  const content = load(readFileSync(EXAMPLE, "utf8")) as object;
  expect({ valid: validate(content), errors: validate.errors }).toEqual({ valid: true, errors: null });
  expect(validate({ ...content, stacks: [] })).toBe(false);
});

test.each([
  [{ stacks: [] }, "stacks: must name a stack; it is empty"],
  [{ stacks: [{ ...stack, name: "a--b" }] }, "stacks.0.name: must have at most 100"],
  [{ stacks: [{ ...stack, name: "a".repeat(101) }] }, "stacks.0.name: must have at most 100"],
  [{ stacks: [{ ...stack, name: "-x" }] }, "stacks.0.name"],
  [{ stacks: [{ ...stack, name: "report.md" }] }, "must not end like a file that the pipeline writes"],
  [{ stacks: [{ ...stack, name: "plan.sealed" }] }, "must not end like a file"],
  [{ stacks: [stack, { ...stack, folder: "other" }] }, 'stacks: must not have one name twice; it is "staff"'],
  [
    { stacks: [stack, { ...stack, name: "guests" }] },
    'stacks: must not have one folder twice; it is "infra"',
  ],
  [{ stacks: [{ ...stack, folder: "../infra" }] }, "stacks.0.folder: must be a path"],
  [{ stacks: [{ ...stack, folder: "a/../../b" }] }, "must be a path inside the repository"],
  [{ stacks: [{ ...stack, lock_file: "/etc/passwd" }] }, "stacks.0.lock_file"],
  [{ engine: "tofuu" }, "engine"],
  [{ limts: {} }, "limts is not known; did you mean limits?"],
  [{ version: 2 }, "version"],
  [{ environment: ["A B"] }, "environment.0: must be the name of a variable"],
  [{ branch: "-f" }, "branch: must be the name of a branch"],
  [{ allow: ["provider=hashicorp/*"] }, "allow.0: must be a kind and one name"],
  [{ init_arguments: ["-lockfile=readonly"] }, "init_arguments.0: must not choose the lock file"],
  [{ init_arguments: ["-upgrade", "-plugin-dir", "x"] }, "init_arguments.1: must not choose the lock file"],
  [{ stacks: [{ ...stack, init_arguments: ["--chdir=x"] }] }, "stacks.0.init_arguments.0: must not choose"],
  [
    { init_arguments: ["-json"] },
    'init_arguments.0: must not be -json: the pipeline reads why init failed from its text; it is "-json"',
  ],
  [{ stacks: "staff" }, 'stacks: must be a list; it is "staff"'],
  [{ stacks: [{ ...stack, folder: 1 }] }, "stacks.0.folder: must be text; it is 1"],
  [{ stacks: [{ ...stack, name: "a--b" }] }, 'because it stands in reports; it is "a--b"'],
  [{ stacks: [{ ...stack, state: "local" }] }, 'stacks.0.state: must be kept; it is "local"'],
  [{ limits: {} }, "limits.max_deletions: must be a whole number; it is missing"],
  [{ limits: null }, "limits: must be a block of fields; it is empty"],
  [{ limits: { max_deletions: -1 } }, "limits.max_deletions: must be at least 0; it is -1"],
  [{ limits: { max_deletions: 1.5 } }, "limits.max_deletions: must be a whole number; it is 1.5"],
  [
    { limits: { max_deletions: 1e300 } },
    "limits.max_deletions: must be at most 9007199254740991; it is 1e+300",
  ],
  [
    { limits: { max_deletions: 1, host: "a" } },
    'limits.host: must be an address such as https://api.genauth.ai; it is "a"',
  ],
  [
    { limits: { max_deletions: 1, allowed_hosts: [] } },
    "limits.allowed_hosts: must name a host; it is empty",
  ],
  [
    { limits: { max_deletions: 1, protected_users: { email: "a" } } },
    'limits.protected_users.email: must be a list; it is "a"',
  ],
  [
    { limits: { max_deletions: 1, protected_users: { emial: ["ada@example.com"] } } },
    "limits.protected_users: emial is not known; did you mean email?",
  ],
  [
    { limits: { max_deletions: 1, protected_users: { email: ["ada@example.com", "*@*"] } } },
    'limits.protected_users.email.1: The id "*@*" is no pattern that is known. Write *@example.com to protect everybody with an e-mail address of a domain, or single ids.',
  ],
  [
    { limits: { max_deletions: 1, protected_users: { username: ["adm*"] } } },
    'limits.protected_users.username.0: The id "adm*" of the type username holds a *, and only email has patterns, such as *@example.com. Write single ids.',
  ],
  [{ engine: "tofuu" }, 'engine: must be terraform or tofu; it is "tofuu"'],
  [{ redact: "yes" }, 'redact: must be true or false; it is "yes"'],
  [{ synth: "" }, 'synth: must not be empty; it is ""'],
  [{ notify: { command: [1] } }, "notify.command: must be text; it is a list"],
  [{ drift: { undeclared: {} } }, "drift.undeclared: must be true or false; it is a block of fields"],
])("%j is refused before anything runs", (change, says) => {
  expect(() => readPipelineSettings(changed(change))).toThrow(says);
});

test("every mistake is named at once, and a missing or broken file in a sentence", () => {
  expect(() => readPipelineSettings(changed({ engine: "x", branch: "-f" }))).toThrow(
    /engine[\s\S]*branch|branch[\s\S]*engine/,
  );
  expect(() => readPipelineSettings(join(folder, "none.yaml"))).toThrow(/cannot be read.*pipeline init/);
  writeFileSync(join(folder, "broken.yaml"), "a: [");
  expect(() => readPipelineSettings(join(folder, "broken.yaml"))).toThrow("broken.yaml cannot be read");
});

test("a path of the settings may begin with ./ or end with a slash, and is the same path", () => {
  const spelt = {
    ...stack,
    folder: "./infra//",
    lock_file: "./infra.hcl",
    user_files: ["./people/staff.csv"],
  };
  expect(readPipelineSettings(changed({ stacks: [spelt] })).stacks).toMatchObject([
    { folder: "infra", lock_file: "infra.hcl", user_files: ["people/staff.csv"] },
  ]);

  const other = { ...stack, name: "guests" };
  expect(() => readPipelineSettings(changed({ stacks: [spelt, other] }))).toThrow(
    'stacks: must not have one folder twice; it is "infra"',
  );
});

test("settings in another encoding than UTF-8 are refused: the ids in them would protect nobody", () => {
  const file = changed({ limits: { max_deletions: 1, protected_users: { username: ["josé"] } } });
  expect(readPipelineSettings(file).limits.protected_users).toEqual({ username: ["josé"] });
  writeFileSync(file, readFileSync(file, "utf8"), "latin1");
  expect(() => readPipelineSettings(file)).toThrow(
    `${file} cannot be read: it is not UTF-8 text. Save it as UTF-8.`,
  );
});

describe("the settings of stacks that are not there", () => {
  /** What `cdktf-genauth pipeline settings` says in a folder, of the example with a change. */
  async function check(change: Record<string, unknown>): Promise<string> {
    const written = jest.spyOn(process.stdout, "write").mockReturnValue(true);
    jest.spyOn(process, "cwd").mockReturnValue(folder);
    const file = changed({ synth: undefined, stacks: [{ ...stack, reads: ["modules"] }], ...change });
    await pipelineCommand({}, () => undefined).parseAsync(["settings", "--settings", file], { from: "user" });
    return written.mock.calls.join("");
  }
  afterEach(() => void jest.restoreAllMocks());

  test("are refused by the names of the paths and of the stack, all at once", async () => {
    const refused = check({});
    await expect(refused).rejects.toThrow(
      "There is no folder or file infra, which the settings name for staff",
    );
    await expect(refused).rejects.toThrow("There is no folder or file modules, which");
    await expect(refused).rejects.toThrow("There is no infra.hcl");
    for (const each of ["infra", "modules"]) mkdirSync(join(folder, each));
    writeFileSync(join(folder, "infra", "main.tf"), 'terraform {\n  backend "s3" {}\n}\n');
    writeFileSync(join(folder, "infra.hcl"), "");
    expect(await check({})).toMatch(/^The settings are valid: staff\.\n/);
  });

  test("are valid if synth writes them, and it is said that nobody has looked at their folders", async () => {
    writeFileSync(join(folder, "infra.hcl"), "");
    expect(await check({ synth: "npx cdktf synth" })).toContain(
      "The settings are valid: staff. The folders that the synth command writes are not there yet, so they were not checked.",
    );
  });
});

test("the guard of an apply gets what the settings allow, and how old a plan may be", () => {
  const { limits } = readPipelineSettings(changed({}));
  expect(guardOptions({ allow: [], limits })).toEqual([]);
  const allow = ["provider=hashicorp/aws", "data=aws_x"];
  expect(guardOptions({ allow, limits: { ...limits, max_plan_age_hours: 72 } })).toEqual([
    ...["--allow", "provider=hashicorp/aws", "--allow", "data=aws_x"],
    ...["--max-plan-age", "72"],
  ]);
});

describe("the limits of a run", () => {
  const settings = (limits: Record<string, unknown>): PipelineSettings =>
    readPipelineSettings(changed({ limits: { max_deletions: 50, ...limits } }));

  test("a variable can make them stricter only", () => {
    const limits = settings({
      min_suspend_days: 7,
      allowed_hosts: ["https://a.example", "https://b.example"],
    });
    const of = (environment: Record<string, string>) => limitVariables(limits, environment, folder);
    expect(of({})).toMatchObject({
      GENAUTH_MAX_DELETIONS: "50",
      GENAUTH_MIN_SUSPEND_DAYS: "7",
      GENAUTH_ALLOWED_HOSTS: "https://a.example,https://b.example",
    });
    expect(of({ GENAUTH_MAX_DELETIONS: "5000", GENAUTH_MIN_SUSPEND_DAYS: "0" })).toMatchObject({
      GENAUTH_MAX_DELETIONS: "50",
      GENAUTH_MIN_SUSPEND_DAYS: "7",
    });
    expect(of({ GENAUTH_MAX_DELETIONS: "3", GENAUTH_MIN_SUSPEND_DAYS: "9" })).toMatchObject({
      GENAUTH_MAX_DELETIONS: "3",
      GENAUTH_MIN_SUSPEND_DAYS: "9",
    });
    expect(of({ GENAUTH_ALLOWED_HOSTS: "https://b.example https://c.example" })).toMatchObject({
      GENAUTH_ALLOWED_HOSTS: "https://b.example",
    });
    // A name alone means https.
    expect(of({ GENAUTH_ALLOWED_HOSTS: "b.example,https://a.example/" })).toMatchObject({
      GENAUTH_ALLOWED_HOSTS: "b.example,https://a.example/",
    });
    expect(() => of({ GENAUTH_ALLOWED_HOSTS: "http://b.example" })).toThrow("no host in common");
    expect(() => of({ GENAUTH_ALLOWED_HOSTS: "https://c.example" })).toThrow("no host in common");
    expect(() => of({ GENAUTH_MAX_DELETIONS: "many" })).toThrow(
      "GENAUTH_MAX_DELETIONS must be a whole number",
    );
    expect(() => of({ GENAUTH_DUE_DELETIONS: "no" })).toThrow("must be hold");
  });

  test("each number that the provider reads from the environment reaches it", () => {
    const numbers = Object.fromEntries(
      Object.keys(NUMBERS).map((name) => [`GENAUTH_${name.toUpperCase()}`, "7"]),
    );
    expect(limitVariables(settings({}), numbers, folder)).toMatchObject(numbers);
  });

  test("due deletions are held by a variable or by the settings, and reports name what holds them", () => {
    const open = settings({});
    const holding = settings({ due_deletions: "hold" });
    const variable = { GENAUTH_DUE_DELETIONS: "hold" };
    expect(findDueHold(open, {})).toBeUndefined();
    expect(findDueHold(open, variable)).toBe("GENAUTH_DUE_DELETIONS");
    expect(findDueHold(holding, {})).toBe("due_deletions of the settings");
    expect(findDueHold(holding, variable)).toBe("GENAUTH_DUE_DELETIONS and due_deletions of the settings");

    expect(limitVariables(open, {}, folder)).not.toHaveProperty("GENAUTH_DUE_DELETIONS");
    expect(limitVariables(holding, {}, folder)).toMatchObject(variable);
  });

  test("the protected users of the settings are protected, and no file beside them", () => {
    const limits = settings({ protected_users: { email: ["ada@example.com"] } });
    const variables = limitVariables(limits, {}, folder);
    expect(JSON.parse(readFileSync(variables["GENAUTH_PROTECTED_USERS_FILE"] ?? "", "utf8"))).toEqual({
      email: ["ada@example.com"],
    });
    const file = { GENAUTH_PROTECTED_USERS_FILE: "/users.json" };
    expect(() => limitVariables(limits, file, folder)).toThrow("are both given");
    expect(limitVariables(settings({}), file, folder)).toMatchObject(file);
  });
});

test("an engine gets what the settings name, and no key and no option of a program", () => {
  cpSync(EXAMPLE, join(folder, "copy.yaml"));
  const settings = readPipelineSettings(
    changed({ environment: ["AWS_*", "PG_CONN", "GENAUTH_*", "GH_TOKEN"] }),
  );
  const given = {
    PATH: "/bin",
    HOME: "/root",
    AWS_ROLE: "r",
    PG_CONN: "p",
    NODE_OPTIONS: "--require=/evil.js",
    BASH_ENV: "/evil.sh",
    LD_PRELOAD: "/evil.so",
    TF_CLI_ARGS_apply: "-destroy",
    TF_REATTACH_PROVIDERS: "{}",
    npm_config_registry: "http://evil.example",
    GENAUTH_PLAN_KEY: "k",
    GENAUTH_ACCESS_KEY_SECRET: "s",
    GH_TOKEN: "t",
  };
  expect(Object.keys(engineEnvironment(settings, given, folder)).sort()).toEqual([
    "AWS_ROLE",
    "HOME",
    "PATH",
    "PG_CONN",
    "TF_INPUT",
    "TF_IN_AUTOMATION",
    "TMPDIR",
  ]);
  // The user of the engine cannot write where that of the job can.
  expect(engineEnvironment(settings, { ...given, TMPDIR: "/root/tmp" }, folder).TMPDIR).toBe(folder);
});
