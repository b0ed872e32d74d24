import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { EDITIONS, pythonModule } from "../../../scripts/jsii/editions";
import type { Reader } from "../../pipelines/docs/reader";
import { readDocument } from "../../support/docs/documents";
import { seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { declareIn, STACKS, STAFF_CSV } from "./declaration/declaration";
import { describeWithPython, openWithWheel, succeed, wheelOf } from "./python-reader";

const ACTIVATE = ". .venv/bin/activate";
const PEOPLE = seedUsers(3);
const [ada = "", bob = "", eve = ""] = PEOPLE.map(({ email }) => email ?? "");

// The guide's test runs the wheel on OpenTofu, too.
const [engine] = engines();

describeWithPython.each(EDITIONS)("the wheel $name", (edition) => {
  const { name, cdk } = edition;
  const module = pythonModule(edition);
  let reader: Reader;

  beforeAll(async () => {
    reader = await openWithWheel(edition, engine, PEOPLE);
    await succeed(reader, "python3 -m venv .venv", ACTIVATE, `pip install ${wheelOf(edition)}`);
  });

  /** Runs a command where the wheel is installed, and returns its output. */
  async function run(command: string): Promise<string> {
    const [, ran] = await succeed(reader, ACTIVATE, command);
    return ran?.output ?? "";
  }

  test("is described by the README, without links to the repository's files", async () => {
    const description = await run(
      `python -c "from importlib.metadata import metadata as m; print(m('${name}').get_payload())"`,
    );
    expect(targetsOf(readDocument("README.md"))).toContain("docs/guides/python.md");
    expect(description).toContain("a stack in Python");
    expect(targetsOf(description).filter((target) => !/^(#|https:)/.test(target))).toEqual([]);
  });

  test("holds the scripts of the command beside the package that jsii loads, and not in it", async () => {
    const folder = `.venv/lib/python3.*/site-packages/${module}`;
    const ofCommand = (await run(`ls ${folder}/_command/dist`)).split("\n");
    const ofJsii = (await run(`tar -tzf ${folder}/_jsii/*.tgz`)).split("\n");
    expect(ofCommand).toEqual(expect.arrayContaining(["cdktf-genauth.js", "emulator.js"]));
    expect(ofJsii).toContain("package/dist/terraform-provider-genauth");
    expect(ofJsii).not.toContain("package/dist/cdktf-genauth.js");
    expect(ofJsii).not.toContain("package/dist/emulator.js");
  });

  test("has a command that writes a pipeline", async () => {
    const output = await run("git init -q pipeline && cd pipeline && cdktf-genauth pipeline init github");
    expect(output).toContain("written  .github/workflows/genauth.yml");
    expect(readdirSync(join(reader.project, "pipeline/.github/workflows"))).toContain("genauth.yml");
  });

  test("has a command that names no step to install what is installed", async () => {
    const output = await run("mkdir initial && cd initial && cdktf-genauth init --language python");
    expect(output).toContain("python3 main.py");
    expect(output).not.toContain("pip install");
  });

  test("writes the configuration that the constructs write in TypeScript, with templates in labels escaped", async () => {
    reader.write("staff.csv", STAFF_CSV);
    await run(`python ${join(__dirname, "declaration/declaration.py")} ${cdk}`);
    const typescript = newFolder();
    writeFileSync(join(typescript, "staff.csv"), STAFF_CSV);
    declareIn(typescript, "cdktf.out");

    for (const stack of STACKS)
      expect(configuration(reader.project, stack)).toEqual(configuration(typescript, stack));
    expect(configuration(reader.project, "staff")).toMatchObject({
      resource: { genauth_user_set: { staff: { users: { "cy@example.com": "Cy $${z} %%{if}" } } } },
    });
  });

  test.each([
    {
      what: "a secret as text",
      statements: ['GenAuthProvider(stack, "other", alias="o", access_key_secret="x")'],
      says: "staff/other: access_key_secret is plain text, which synth would write to cdk.tf.json. Leave it out, and set GENAUTH_ACCESS_KEY_SECRET where Terraform runs, or pass a sensitive TerraformVariable.",
    },
    {
      what: "an id to protect that is no e-mail address",
      statements: ['GenAuthProvider(stack, "other", alias="o").protect(UserIdType.EMAIL, ["a"])'],
      says: '[staff/other] protect: The id "a" is not an e-mail address: it needs an @ with text on both sides. Correct it, or remove the entry.',
    },
    {
      what: "suspend_days out of range",
      statements: [
        'ManagedUserSet(stack, "staff", users=Users.from_ids(["1"]), user_id_type=UserIdType.USER_ID, suspend_days=91)',
      ],
      says: "[staff/staff] suspend_days is 91. Set a whole number of days from 0 to 90.",
    },
    {
      what: "a user file without users",
      statements: ['open("empty.csv", "w").write("id\\n")', 'Users.from_file("empty.csv")'],
      says: "empty.csv: it declares no user, which would remove everyone. Export the pool into it first (cdktf-genauth export), or repeat an export that was cut short. If nobody is meant to stay, see the option allow_empty.",
    },
    {
      what: "a user file without a column of ids",
      statements: ['open("people.csv", "w").write("mail,name\\nx,y\\n")', 'Users.from_file("people.csv")'],
      says: 'people.csv, line 1: there is no column "id". The columns are "mail", "name". Name the one to read, such as Users.from_file("people.csv", id="mail").',
    },
    {
      what: "a list in place of users",
      statements: ['ManagedUserSet(stack, "staff", users=["a@x"], user_id_type=UserIdType.EMAIL)'],
      says: "Users; got list instead",
    },
  ])("explains $what at the end of the traceback, in the names of Python", async ({ statements, says }) => {
    reader.write(
      "wrong.py",
      [
        `from ${cdk} import App, TerraformStack`,
        `from ${module} import *`,
        "app = App()",
        'stack = TerraformStack(app, "staff")',
        'GenAuthProvider(stack, "genauth")',
        ...statements,
        "app.synth()",
        "",
      ].join("\n"),
    );
    const [, ran] = await reader.paste([ACTIVATE, "python wrong.py"]);
    expect(ran?.code).toBe(1);
    expect(endOfTraceback(ran?.output ?? "")).toContain(says);
  });

  test("leads to a saved plan that suspends a user who left a set with suspend_days", async () => {
    reader.write(
      "suspend.py",
      [
        "import sys",
        `from ${cdk} import App, TerraformStack`,
        `from ${module} import GenAuthProvider, ManagedUserSet, UserIdType, Users`,
        'stack = TerraformStack(app := App(outdir="suspension"), "suspended")',
        'GenAuthProvider(stack, "genauth")',
        'ManagedUserSet(stack, "staff", users=Users.from_ids(sys.argv[1:]), user_id_type=UserIdType.EMAIL, suspend_days=14)',
        "app.synth()",
        "",
      ].join("\n"),
    );
    const synthAndApply = (users: string[]) =>
      succeed(
        reader,
        ACTIVATE,
        `python suspend.py ${users.join(" ")}`,
        "cd suspension/stacks/suspended",
        "terraform init",
        "terraform plan -out=tfplan",
        "terraform apply tfplan",
      );
    const statuses = () => reader.emulator.pool.list().map(({ email, status }) => ({ email, status }));

    await synthAndApply([ada, bob, eve]);
    expect(statuses()).toEqual([
      { email: ada, status: "Activated" },
      { email: bob, status: "Activated" },
      { email: eve, status: "Activated" },
    ]);

    await synthAndApply([bob, eve]);
    expect(statuses()).toEqual([
      { email: ada, status: "Suspended" },
      { email: bob, status: "Activated" },
      { email: eve, status: "Activated" },
    ]);
  });
});

/** The message of the last error. jsii raises a RuntimeError for an error in JavaScript. */
function endOfTraceback(output: string): string {
  const [, message] = /^.*^(?:RuntimeError|TypeError): (.*)$/ms.exec(output) ?? [];
  if (message === undefined) throw new Error(`No traceback is in:\n${output}`);
  return message;
}

/** The targets of the links in a text of Markdown. */
function targetsOf(markdown: string): string[] {
  return [...markdown.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
}

/** A stack's configuration, without what names the CDK's version. */
function configuration(folder: string, stack: string): unknown {
  const text = readFileSync(join(folder, "cdktf.out/stacks", stack, "cdk.tf.json"), "utf8");
  return { ...(JSON.parse(text) as object), "//": undefined };
}
