import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { load } from "js-yaml";
import * as z from "zod";
import { codeOf } from "../files";
import { decodeUtf8, nearestName, printable } from "../text";
import { USER_ID_TYPES, type UserIdType } from "../users/directory";
import { checkOperatorsId } from "../users/ids/check-id";

/** The file at the top of a repository that says what its pipeline plans and applies. */
export const SETTINGS_FILE = "genauth.pipeline.yaml";

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._]|-(?!-)){0,99}$/;
const PATH = /^[A-Za-z0-9._][A-Za-z0-9._/-]*$/;

const Path = z
  .string()
  .regex(PATH, "must be a path of letters, digits, and . _ - / that starts at the top of the repository")
  .refine((path) => !path.split("/").includes(".."), "must be a path inside the repository")
  // Git finds nothing under ./infra, and two spellings of a folder are one state.
  .overwrite((path) => posix.normalize(path).replace(/(?<=.)\/$/, ""));

/** The endings of files that stand beside the folders of stacks. */
const TAKEN = /\.(?:md|txt|json|html|sealed)$/;

const InitArguments = z
  .array(
    z
      .string()
      .refine(
        (argument) => !/^--?(?:lockfile|plugin-dir|chdir)(?:=|$)/.test(argument),
        "must not choose the lock file, the folder of the providers or the folder of the engine: the pipeline holds init to the committed lock file",
      )
      .refine(
        (argument) => !/^--?json(?:=|$)/.test(argument),
        "must not be -json: the pipeline reads why init failed from its text",
      ),
  )
  .default([]);

const Stack = z.strictObject({
  name: z
    .string()
    .regex(
      NAME,
      "must have at most 100 letters, digits, and . _ - without two hyphens in a row, because it stands in reports",
    )
    .refine(
      (name) => !TAKEN.test(name),
      "must not end like a file that the pipeline writes, such as report.md",
    )
    .describe("the name in reports"),
  folder: Path.describe("where the engine runs; for CDKTF, such as cdktf.out/stacks/staff"),
  lock_file: Path.describe("the committed lock file, with which init compares the providers"),
  user_files: z
    .array(Path)
    .default([])
    .describe("files of users; a pull request without a key shows what changes in them"),
  reads: z.array(Path).default([]).describe("further files and folders that the configuration reads"),
  state: z
    .literal("kept")
    .optional()
    .describe("the state lies on a disk that all jobs share; needed for the backend local"),
  new: z
    .boolean()
    .default(false)
    .describe(
      "true until its first apply: its state holds no user set yet. Without it, such a state was lost, and is refused",
    ),
  init_arguments: InitArguments.describe(
    "further arguments of init for this stack, such as -backend-config=key=staff; no secret",
  ),
});

const Amount = z.int().min(0);
const Host = z.url("must be an address such as https://api.genauth.ai");

/** Checked here, because the provider's errors name a file that a job writes, and not the settings. */
const protectedIds = (type: UserIdType) =>
  z
    .array(
      z.string().superRefine((id, context) => {
        const problem = checkOperatorsId(id, type);
        if (problem !== undefined) context.addIssue({ code: "custom", message: problem, input: id });
      }),
    )
    .optional();

const ProtectedUsers = z.strictObject(
  Object.fromEntries(USER_ID_TYPES.map((type) => [type, protectedIds(type)])) as Record<
    UserIdType,
    ReturnType<typeof protectedIds>
  >,
);

const Limits = z.strictObject({
  host: Host.optional().describe("GENAUTH_HOST"),
  // As a variable, an empty list would allow every host.
  allowed_hosts: z.array(Host).min(1, "must name a host").optional().describe("GENAUTH_ALLOWED_HOSTS"),
  max_deletions: Amount.describe(
    "GENAUTH_MAX_DELETIONS: how many people one run may delete or suspend, over all stacks",
  ),
  two_approvals_above: Amount.optional().describe(
    "two people must approve a run that deletes more people than this, over all stacks",
  ),
  max_plan_age_hours: z
    .int()
    .min(1)
    .optional()
    .describe("how old an approved plan may be when it is applied (default: 24)"),
  min_suspend_days: Amount.optional().describe("GENAUTH_MIN_SUSPEND_DAYS"),
  due_deletions: z
    .enum(["hold"])
    .optional()
    .describe("GENAUTH_DUE_DELETIONS: hold; reports name who is held"),
  protected_users: ProtectedUsers.default({}).describe(
    "nobody of them is ever deleted: ids by their type, and patterns of e-mail addresses such as *@contractors.example",
  ),
});

const Drift = z.strictObject({
  undeclared: z
    .boolean()
    .default(false)
    .describe("list users who are in the pool but in no set of any stack; reads the whole pool"),
});

const Notification = z.strictObject({
  command: z
    .string()
    .min(1)
    .describe(
      "a shell command that gets JSON on standard input when a plan waits, and when an apply has ended",
    ),
  environment: z.array(z.string()).default([]).describe("the variables that it gets"),
});

/** The content of the settings file. `docs/pipeline-settings.schema.json` is made from it. */
export const PipelineSettingsSchema = z
  .strictObject({
    version: z.literal(1),
    branch: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]*$/, "must be the name of a branch")
      .default("main")
      .describe("the protected branch whose commits are applied"),
    paths: z
      .array(z.string().min(1))
      .default([])
      .describe(
        "the files that decide who is declared, as patterns of Git; a commit that changes none of them lets waiting approvals stand (default: all files). The platform's own trigger says what starts a run",
      ),
    engine: z.enum(["terraform", "tofu"]).default("terraform"),
    synth: z
      .string()
      .min(1)
      .optional()
      .describe(
        "the shell command that installs packages and writes the stacks; absent: plain HCL. The tool installs its provider into each stack that is none of CDKTF",
      ),
    stacks: z.array(Stack).min(1, "must name a stack"),
    limits: Limits,
    environment: z
      .array(
        z
          .string()
          .regex(/^[A-Za-z_][A-Za-z0-9_]*\*?$/, "must be the name of a variable, or its beginning and *"),
      )
      .default([])
      .describe("variables that the engine gets, such as AWS_*; those of the backend"),
    allow: z
      .array(
        z
          .string()
          .regex(
            /^[\w-]+=[^\s*]+$/,
            "must be a kind and one name, such as provider=hashicorp/aws, without a wildcard",
          ),
      )
      .default([])
      .describe("what a plan may hold besides user sets, as of --allow of plan-report and guard"),
    init_arguments: InitArguments.describe("further arguments of init for every stack; no secret"),
    redact: z
      .boolean()
      .default(false)
      .describe("reports show keyed hashes in place of ids, and no labels; needs GENAUTH_REDACT_KEY"),
    refuse_declared_elsewhere: z
      .boolean()
      .default(false)
      .describe(
        "refuse a plan if somebody would lose the account, and another set still declares that person",
      ),
    drift: Drift.prefault({}),
    notify: Notification.optional(),
  })
  .superRefine(({ stacks }, context) => {
    for (const field of ["name", "folder"] as const) {
      const all = stacks.map((stack) => stack[field]);
      const twice = all.find((each, at) => all.indexOf(each) < at);
      if (twice !== undefined)
        context.addIssue({
          code: "custom",
          path: ["stacks"],
          message: `must not have one ${field} twice`,
          input: twice,
        });
    }
  });

/** What a pipeline's jobs know of the repository. */
export type PipelineSettings = z.infer<typeof PipelineSettingsSchema>;

/** A stack of the settings. */
export type PipelineStack = PipelineSettings["stacks"][number];

/**
 * Reads the settings.
 *
 * @param file its path
 * @throws Error that names every mistake in the file, before anything runs
 */
export function readPipelineSettings(file: string): PipelineSettings {
  let content: unknown;
  try {
    const text = decodeUtf8(readFileSync(file));
    if (text === undefined) throw new Error("it is not UTF-8 text. Save it as UTF-8.");
    content = load(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const advice = codeOf(cause) === "ENOENT" ? ". cdktf-genauth pipeline init writes one." : "";
    throw new Error(`${file} cannot be read: ${why}${advice}`, { cause });
  }
  const checked = PipelineSettingsSchema.safeParse(content, { reportInput: true, error: describeWish });
  if (checked.success) return checked.data;
  const mistakes = checked.error.issues.flatMap(describeIssue).map((text) => `- ${printable(text)}`);
  throw new Error(`${file} is not valid:\n${mistakes.join("\n")}`);
}

/** The types of fields, as a person calls them. */
const TYPES: Readonly<Record<string, string>> = {
  string: "text",
  boolean: "true or false",
  array: "a list",
  int: "a whole number",
  number: "a whole number",
  object: "a block of fields",
  record: "a block of fields",
};

/** What a field must be that has no words of its own. */
function describeWish(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === "invalid_type") return `must be ${TYPES[issue.expected] ?? issue.expected}`;
  if (issue.code === "invalid_value") return `must be ${issue.values.map(String).join(" or ")}`;
  if (issue.code === "too_small")
    return issue.origin === "string" ? "must not be empty" : `must be at least ${issue.minimum}`;
  return issue.code === "too_big" ? `must be at most ${issue.maximum}` : undefined;
}

/** The names of every level, for a misspelt one. */
const KNOWN = [PipelineSettingsSchema, Stack, Limits, ProtectedUsers, Drift, Notification].flatMap(
  ({ shape }) => Object.keys(shape),
);

/** @returns a sentence for each mistake */
function describeIssue(issue: z.core.$ZodIssue): string[] {
  const place = issue.path.length === 0 ? "" : `${issue.path.map(String).join(".")}: `;
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const near = nearestName(key, KNOWN);
      return `${place}${key} is not known${near === undefined ? "" : `; did you mean ${near}?`}`;
    });
  }
  // Whole sentences name the value.
  if (issue.message.endsWith(".")) return [`${place}${issue.message}`];
  return [`${place}${issue.message}; it is ${describeContent(issue.input)}`];
}

function describeContent(content: unknown): string {
  if (content === undefined) return "missing";
  if (content === null || (Array.isArray(content) && content.length === 0)) return "empty";
  if (typeof content === "object") return Array.isArray(content) ? "a list" : "a block of fields";
  return JSON.stringify(content);
}
