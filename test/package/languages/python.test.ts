import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { version } from "../../../package.json";
import { EDITIONS, pythonModule } from "../../../scripts/jsii/editions";
import { type PoolUser, seedUsers } from "../../support/emulator";
import { consoleBlocks, readDocument, ROOT } from "../../support/docs/documents";
import { onPath } from "../../support/engine/engine";
import { engines } from "../../support/engine/engines";
import { InstalledPackage, Reader } from "../../pipelines/docs/reader";
import { declareIn, STACKS, STAFF_CSV } from "./declaration/declaration";

const GUIDE = "docs/guides/python.md";
const DECLARATION = join(__dirname, "declaration/declaration.py");
const RELEASE = `genauth-${version}`;

const PYTHON = onPath("python3");
const withPython = PYTHON === undefined ? describe.skip : describe;
if (PYTHON === undefined) console.warn("Python is not installed, so the packages for Python are not tried.");

/** What is wrong in a stack, and how the last paragraph of the traceback says it. */
const ERRORS = [
  {
    what: "a secret as text",
    statement: 'GenAuthProvider(stack, "other", alias="o", access_key_secret="x")',
    message: "staff/other: access_key_secret is plain text, which synth would write to cdk.tf.json.",
  },
  {
    what: "protected users who are none",
    statement: 'GenAuthProvider(stack, "other", alias="o").protect(UserIdType.EMAIL, ["a"])',
    message: 'protect: The id "a" is not an e-mail address',
  },
  {
    what: "limits out of range",
    statement:
      'ManagedUserSet(stack, "staff", users=Users.from_ids(["1"]), user_id_type=UserIdType.USER_ID, suspend_days=91, max_deletions=-1)',
    message: "suspend_days is 91. Set a whole number of days from 0 to 90.",
  },
  {
    what: "an empty file",
    statement: 'open("empty.csv", "w").write("id\\n"); Users.from_file("empty.csv")',
    message: "If nobody is meant to stay, see the option allow_empty.",
  },
  {
    what: "a file without the column",
    statement: 'open("people.csv", "w").write("mail,name\\nx,y\\n"); Users.from_file("people.csv")',
    message: 'Name the one to read, such as Users.from_file("people.csv", id="mail").',
  },
  {
    what: "a list in place of users",
    statement: 'ManagedUserSet(stack, "staff", users=["a@x"], user_id_type=UserIdType.EMAIL)',
    message: `Users; got list instead`,
  },
];

/** The guide, a stack that suspends, and what needs no engine, which one of them shows. */
const CASES = EDITIONS.flatMap((edition) =>
  engines().map((engine, index) => ({ name: edition.name, edition, engine, isFirst: index === 0 })),
);

withPython.each(CASES)("$name in Python on $engine.name", ({ edition, engine, isFirst }) => {
  const module = pythonModule(edition);
  const once = isFirst ? test : test.skip;
  let installed: InstalledPackage;
  let reader: Reader;

  beforeAll(async () => {
    installed = new InstalledPackage();
    // Whose emulator the guide replaces by one of its own.
    reader = await Reader.open(engine, installed, [] as PoolUser[]);
    const wheel = `${module}-${version}-py3-none-any.whl`;
    const built = join(ROOT, "jsii", wheel);
    if (!existsSync(built)) throw new Error(`${wheel} is not built. Run: npm run jsii:build`);
    mkdirSync(join(reader.project, RELEASE));
    cpSync(built, join(reader.project, RELEASE, wheel));
  });

  /** Runs commands in the virtual environment that the guide makes. */
  async function paste(...commands: string[]) {
    return (await reader.paste([". .venv/bin/activate", ...commands])).slice(1);
  }

  test("the commands of the guide lead from an empty folder to a deleted user", async () => {
    const commands = consoleBlocks(GUIDE).flatMap((block) => block.commands);
    const ran = await reader.paste([
      ...commands.map(({ text }) => text.replace("cdktf_genauth", module)),
      "cdktf-genauth export --user-id-type email --output left.csv",
    ]);
    const failed = ran.find(({ code }) => code !== 0);
    if (failed) throw new Error(`$ ${failed.command}\n${failed.output}`);
    const outputOf = (start: string) =>
      ran.findLast(({ command }) => command.startsWith(start))?.output ?? "";
    expect(outputOf("terraform plan")).toContain(
      "Warning: 1 user will be permanently deleted from GenAuth in 1 call: user004@example.com",
    );
    expect(outputOf("terraform apply tfplan")).toContain("Apply complete! Resources: 0 added, 1 changed");
    expect(outputOf("terraform show")).toContain("No drift: the user pool is as declared");
    const everybody = readFileSync(join(reader.project, "staff.csv.bak"), "utf8");
    const left = readFileSync(join(reader.project, "left.csv"), "utf8");
    expect(left).toBe(everybody.replace(/^user004.*\n/m, ""));
    // The package is in the environment already.
    expect(outputOf("cdktf-genauth init")).not.toContain("pip install");
    expect(outputOf("python3 -m unittest")).toMatch(/^OK$/m);
    const [, stack = ""] = /^```python\n(from cdktf.*?)^```$/ms.exec(readDocument(GUIDE)) ?? [];
    expect(readFileSync(join(reader.project, "stack.py"), "utf8")).toBe(
      stack.replaceAll("cdktf", edition.cdk),
    );
  });

  once("the page of the wheel has no link into a folder", async () => {
    const [shown] = await paste(
      `python3 -c "from importlib.metadata import metadata as m; print(m('${edition.name}').get_payload())"`,
    );
    const links = [...(shown?.output ?? "").matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
    expect(shown?.output).toContain("permanently deleted");
    expect(links.filter((target) => !/^(#|https:)/.test(target))).toEqual([]);
  });

  once(
    "the wheel holds the scripts of the command once, and not in the package that jsii loads",
    async () => {
      const [, ofJsii] = await paste(
        `folder=$(python3 -c "import importlib.util as u, os; print(os.path.dirname(u.find_spec('${module}').origin))")`,
        `tar -tzf "$folder"/_jsii/*.tgz`,
        'ls "$folder/_command/dist"',
      );
      expect(ofJsii?.output).toContain("dist/terraform-provider-genauth");
      expect(ofJsii?.output).not.toMatch(/cdktf-genauth\.js|emulator\.js/);
    },
  );

  once("the README that init wrote leads to a set", async () => {
    const commands = consoleBlocks("examples/python/README.md").flatMap((block) => block.commands);
    const ran = await paste(
      "rm terraform.staff.tfstate",
      "cdktf-genauth emulator --count 10",
      ...commands.map(({ text }) => text.replace("RELEASE", RELEASE)).filter((text) => !text.includes("…")),
    );
    const failed = ran.find(({ code }) => code !== 0);
    if (failed) throw new Error(`$ ${failed.command}\n${failed.output}`);
    expect(ran.at(-1)?.output).toContain("Apply complete! Resources: 1 added");
  });

  once("the command of the wheel writes a pipeline, too", async () => {
    const ran = await paste("git init -q pipeline && cd pipeline", "cdktf-genauth pipeline init github");
    expect(ran.at(-1)).toMatchObject({
      code: 0,
      output: expect.stringContaining("written  .github/workflows/genauth.yml"),
    });
  });

  once("writes the configuration that TypeScript writes", async () => {
    reader.write("staff.csv", STAFF_CSV);
    const [ran] = await paste(`python ${DECLARATION} ${edition.cdk}`);
    expect(ran?.output).not.toContain("Traceback");
    expect(ran?.code).toBe(0);
    const folder = newFolder();
    writeFileSync(join(folder, "staff.csv"), STAFF_CSV);
    declareIn(folder, "cdktf.out");
    for (const stack of STACKS)
      expect(configuration(reader.project, stack)).toEqual(configuration(folder, stack));
  });

  once.each(ERRORS)("says of $what what to do, in words of Python", async ({ statement, message }) => {
    reader.write(
      "wrong.py",
      [
        `from ${edition.cdk} import App, TerraformStack`,
        `from ${module} import *`,
        "app = App()",
        'stack = TerraformStack(app, "staff")',
        'GenAuthProvider(stack, "genauth")',
        ...statement.split("; "),
        "app.synth()",
        "",
      ].join("\n"),
    );
    const [ran] = await paste("python wrong.py");
    const [, end = ""] = /^.*^(?:Runtime|Type)Error: (.*)$/ms.exec(ran?.output ?? "") ?? [];
    expect([ran?.code, end]).toEqual([1, expect.stringContaining(message)]);
  });

  test("a saved plan suspends a user who left the set", async () => {
    const users = seedUsers(3).map(({ email }) => email ?? "");
    reader.write(
      "suspend.py",
      [
        "import sys",
        `from ${edition.cdk} import App, TerraformStack`,
        `from ${module} import GenAuthProvider, ManagedUserSet, UserIdType, Users`,
        'stack = TerraformStack(app := App(outdir="suspension"), "suspended")',
        'GenAuthProvider(stack, "genauth")',
        'ManagedUserSet(stack, "staff", users=Users.from_ids(sys.argv[1:]), user_id_type=UserIdType.EMAIL, suspend_days=14)',
        "app.synth()",
        "",
      ].join("\n"),
    );
    const apply = [
      "(cd suspension/stacks/suspended && terraform init && terraform plan -out=tfplan && terraform apply tfplan)",
      "(cd suspension/stacks/suspended && terraform show -json)",
    ];
    const ran = await paste(
      "cdktf-genauth emulator --count 3",
      `python suspend.py ${users.join(" ")}`,
      apply[0] ?? "",
      `python suspend.py ${users.slice(1).join(" ")}`,
      ...apply,
    );
    const failed = ran.find(({ code }) => code !== 0);
    if (failed) throw new Error(`$ ${failed.command}\n${failed.output}`);
    const [, suspended = ""] = /"suspended":\s*(\{[^}]*\})/.exec(ran.at(-1)?.output ?? "") ?? [];
    expect(Object.keys(JSON.parse(suspended) as object)).toEqual([users[0]]);
  });
});

/** A stack's configuration, without what names the CDK's version. */
function configuration(folder: string, stack: string): unknown {
  const text = readFileSync(join(folder, "cdktf.out/stacks", stack, "cdk.tf.json"), "utf8");
  return { ...(JSON.parse(text) as object), "//": undefined };
}
