import { mkdirSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeEach, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { type Finished, runChild } from "../../support/engine/child";
import { cleanEnvironment } from "../../support/engine/clean-environment";
import { type Emulator, seedUsers, startEmulator } from "../../support/emulator";
import {
  compress,
  type Declaration,
  pieceNames,
  Variable,
  declaredVariables,
} from "../../../src/payload/declaration";
import { triggersOf } from "../../../src/payload/triggers";
import { COMMAND_SCRIPT } from "../../../src/install";
import { DeleteBy, UserIdType } from "../../../src/users";

const BUNDLE = resolve(__dirname, "../../../dist/cdktf-genauth.js");
const LEAVER = "user001";
const STAYERS = ["user002", "user003"];

let folder: string;
let emulator: Emulator;
beforeEach(async () => {
  folder = newFolder();
  emulator = await startEmulator({ users: seedUsers(3) });
});

/** A shell in the role of the engine, whose process id the command gets to see that it applies: its command line says `terraform apply`. */
const ENGINE = [
  "-c",
  `"${process.execPath}" "${BUNDLE}" apply-null-resource "$$"; exit $?`,
  "terraform",
  "apply",
];

/** Runs the command as the provisioner does, for a set of three user names that the leaver has left. */
function run(declared: Partial<Declaration>, environment: Record<string, string> = {}): Promise<Finished> {
  const declaration: Declaration = {
    format: 1,
    set: "stack/staff",
    userIdType: UserIdType.USERNAME,
    users: STAYERS.map((name) => [name, ""] as const),
    retainedIds: [],
    protectedUsers: {},
    ...declared,
  };
  const triggersBefore = triggersOf(
    UserIdType.USERNAME,
    Object.fromEntries([LEAVER, ...STAYERS].map((name) => [name, ""])),
  );
  const variables = {
    ...emulator.environment(),
    ...declaredVariables(declaration),
    [Variable.COMMAND]: `./${COMMAND_SCRIPT}`,
    [Variable.OBJECT]: "id-of-the-null-resource",
    [pieceNames(Variable.PRIOR)[0] ?? ""]: compress(JSON.stringify(triggersBefore)),
    ...environment,
  };
  const env = cleanEnvironment("", variables);
  return runChild("/bin/sh", ENGINE, { cwd: folder, env });
}

const deletions = () => emulator.calls.filter(({ path }) => path.endsWith("delete-users-batch"));

interface RefusedRun {
  readonly what: string;
  readonly declared?: Partial<Declaration>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly says: string;
}

test.each<RefusedRun>([
  {
    what: "no key",
    environment: { GENAUTH_ACCESS_KEY_SECRET: "" },
    says: "GENAUTH_ACCESS_KEY_SECRET",
  },
  {
    what: "a host that the operator does not allow",
    environment: { GENAUTH_ALLOWED_HOSTS: "https://api.genauth.ai" },
    says: "GENAUTH_ALLOWED_HOSTS",
  },
  {
    what: "plain http beyond loopback",
    environment: { GENAUTH_HOST: "http://genauth.example" },
    says: "Requests to http://genauth.example would not be encrypted: write https.",
  },
  {
    what: "a setting that must be a number and is a word",
    environment: { GENAUTH_PARALLELISM: "many" },
    says: "GENAUTH_PARALLELISM",
  },
  {
    what: "no folder for the report",
    declared: { driftReportFile: "absent/genauth-drift.staff.json" },
    says: "the drift report cannot be written to absent/genauth-drift.staff.json",
  },
  {
    what: "a folder in the report's place",
    declared: { driftReportFile: "genauth-drift.taken.json" },
    says: "what is there is no drift report, so it is not replaced.",
  },
  {
    what: "the name of another file for the report",
    declared: { driftReportFile: "genauth/cdktf-genauth" },
    says: "a report is named genauth-drift.<path of the set>.json.",
  },
  {
    what: "an entry that the payload does not have",
    declared: { more: true } as Partial<Declaration>,
    says: "GENAUTH_SET_DECLARED cannot be read. The stack and the command beside it are from different versions",
  },
  {
    what: "the operator's limit, and no folder .terraform in which the deletions of the run are counted",
    environment: { GENAUTH_MAX_DELETIONS: "5" },
    says: "requires a count of this run's deletions, which cannot be kept in .terraform",
  },
  {
    what: "a limit below the number of leavers",
    declared: { maxDeletions: 0 },
    says: "1 user would be deleted, more than max_deletions (0)",
  },
])(
  "with $what, nobody is deleted, the exit code is 1, and the reason is printed",
  async ({ declared = {}, environment = {}, says }) => {
    mkdirSync(join(folder, "genauth-drift.taken.json"));
    const { code, stdout, stderr } = await run(declared, environment);

    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(says);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(deletions()).toEqual([]);
    expect(readdirSync(folder)).toEqual(["genauth-drift.taken.json"]);
  },
);

test.each([
  [DeleteBy.DECLARED_ID, [LEAVER]],
  [DeleteBy.USER_ID, [seedUsers(1)[0]?.userId]],
])("with deleteBy %s the call carries %s", async (deleteBy, ids) => {
  const { code, stdout } = await run({ deleteBy });

  expect([code, stdout]).toEqual([0, expect.stringContaining("1 of 1 user gone")]);
  expect(deletions().map((call) => call.ids)).toEqual([ids]);
});

test("without the variables that a provisioner gives, it says that Terraform runs it", async () => {
  const env = cleanEnvironment("", {});
  const { code, stderr } = await runChild(process.execPath, [BUNDLE, "apply-null-resource"], {
    cwd: folder,
    env,
  });

  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringContaining(
      "GENAUTH_SET_DECLARED_0 is not set. Terraform runs this command at apply",
    ),
  });
});
