import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { version } from "../../../package.json";
import { type Emulator, seedUsers, startEmulator } from "../../support/emulator";
import { type Finished, runChild } from "../../support/engine/child";
import { cleanEnvironment, ownHome } from "../../support/engine/clean-environment";
import { engines } from "../../support/engine/engines";
import { hasTerminal, runOnTerminal } from "../../support/engine/terminal";
import { runCommand } from "../../support/command";
import { type CDKS, writeProject } from "../../../src/project";

const ROOT = join(__dirname, "../../..");

/** The files of an example, as they are in the repository. */
function filesOf(example: string): string[] {
  const folder = `examples/${example}/`;
  const listed = spawnSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", folder], {
    cwd: ROOT,
    encoding: "utf8",
  });
  return listed.stdout
    .split("\n")
    .filter((file) => file !== "" && existsSync(join(ROOT, file)))
    .map((file) => file.slice(folder.length));
}

let emulator: Emulator;
let folder: string;
beforeEach(async () => {
  emulator = await startEmulator({ users: seedUsers(10) });
  folder = newFolder();
});

/** Runs `cdktf-genauth init` on the folder of the test, with a key that may read the pool of ten users. */
function init(...args: readonly string[]): Promise<Finished> {
  return runCommand(["init", folder, ...args], emulator.environment(emulator.readKey));
}

test.each([
  // Synth installs the provider.
  { language: "typescript", installed: [] },
  { language: "python", installed: [] },
  { language: "hcl", installed: [".terraform.lock.hcl", "terraform.d"] },
])("writes the example of $language, with the users of the pool", async ({ language, installed }) => {
  const { code, stdout, stderr } = await init("--language", language, "--export");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "10 users written to staff.csv.\n" });
  const files = filesOf(language);
  expect(files).toEqual(expect.arrayContaining(["README.md", "staff.csv"]));
  for (const file of files) {
    expect(readFileSync(join(folder, file), "utf8")).toBe(
      readFileSync(join(ROOT, "examples", language, file), "utf8"),
    );
    expect(stdout).toContain(`written  ${file}\n`);
  }
  const ofExample = new Set(files.map((file) => file.split("/", 1)[0] ?? ""));
  expect(readdirSync(folder).sort()).toEqual([...ofExample, ...installed].sort());
});

/** The command line of CDK Terrain does not run on an older one. */
const RUNS_CDKTN = process.versions.node.localeCompare("22.19", "en", { numeric: true }) >= 0;

const FOR_CDKTN = ["--language", "typescript", "--cdk", "cdktn", "--user-id-type", "external_id"];

(RUNS_CDKTN ? test : test.skip)("writes the imports of CDK Terrain, and another id type", async () => {
  expect(await init(...FOR_CDKTN)).toMatchObject({ code: 0 });
  const stack = readFileSync(join(folder, "stack.ts"), "utf8");
  expect(stack).toContain('from "cdktf-genauth/cdktn"');
  expect(stack).toContain("userIdType: UserIdType.EXTERNAL_ID");
  const manifest = readFileSync(join(folder, "package.json"), "utf8");
  expect(manifest).toContain('"cdktn-cli": "~0.24.0"');
  expect(manifest).toContain('"node": ">=22.19"');
  expect(readFileSync(join(folder, "staff.csv"), "utf8")).toBe("id,label\n");
});

(RUNS_CDKTN ? test.skip : test)(
  "writes nothing for CDK Terrain on a Node.js that is too old for it",
  async () => {
    const { code, stderr } = await init(...FOR_CDKTN);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(
        /needs Node\.js 22\.19 or later, .*"markAsUncloneable is not a function"/,
      ),
    });
    expect(readdirSync(folder)).toEqual([]);
  },
);

test("writes Python for CDK Terrain on any Node.js, because it needs no command line of a CDK", async () => {
  const { code } = await init("--language", "python", "--cdk", "cdktn");
  expect(code).toBe(0);
  expect(readFileSync(join(folder, "stack.py"), "utf8")).toContain("from cdktn_genauth import");
});

test("in a virtual environment, names no step that installs, but the README has it for those who clone the project", () => {
  const options = { cdk: "cdktf", backend: "local", userIdType: "email", version } as const;
  const { steps } = writeProject(folder, { language: "python", isInEnvironment: true, ...options });
  expect(steps.join()).not.toContain("pip install");
  expect(readFileSync(join(folder, "README.md"), "utf8")).toContain("$ pip install --find-links RELEASE -r");
});

test.each([
  {
    language: "typescript",
    file: "stack.ts",
    imports: 'import { GcsBackend, TerraformStack } from "cdktf";',
    backend: "    new GcsBackend(this, {",
  },
  {
    language: "python",
    file: "stack.py",
    imports: "from cdktf import GcsBackend, TerraformStack",
    backend: "        GcsBackend(self, bucket=",
  },
  {
    language: "hcl",
    file: "main.tf",
    imports: "terraform {",
    backend: '  backend "gcs" {\n    bucket = "<bucket>"',
  },
])("writes a backend that keeps the state, in $language", async ({ language, file, imports, backend }) => {
  const { stdout } = await init("--language", language, "--backend", "gcs");
  expect(stdout).toContain(`  # Replace what is in angle brackets in ${file}\n`);
  const text = readFileSync(join(folder, file), "utf8");
  expect(text).toContain(imports);
  expect(text).toContain(`Keeps the state for all runs. Replace what is in angle brackets.\n${backend}`);
});

test("names what a package.json that is there may lack", async () => {
  writeFileSync(join(folder, "package.json"), "{}\n");
  const { stdout } = await init("--language", "typescript");
  expect(stdout).toContain(
    "  npm install cdktf-genauth cdktf@~0.21.0 constructs@~10.7.2\n  npm install --save-dev @swc/core@^1.15.0 @swc/jest@^0.2.39 @types/jest@^30.0.0 @types/node@^20.19.0 cdktf-cli@~0.21.0 jest@^30.2.0 tsx@^4.20.0 typescript@~5.9.0\n",
  );
  expect(stdout).toContain("  npx tsc && npx jest\n");
});

test("keeps what is there, and reads no pool for a user file that is there", async () => {
  writeFileSync(join(folder, "staff.csv"), "id,label\nmine@example.com,Mine\n");
  writeFileSync(join(folder, ".gitignore"), "mine\n");
  const { code, stdout } = await init("--language", "hcl", "--export");
  expect(code).toBe(0);
  expect(stdout).toContain("kept     staff.csv, which is there\n");
  expect(stdout).toContain("kept     .gitignore, which is there\n");
  expect(stdout).toContain("  npm install cdktf-genauth\n");
  expect(readFileSync(join(folder, "staff.csv"), "utf8")).toContain("mine@example.com");
  expect(readFileSync(join(folder, ".gitignore"), "utf8")).toBe("mine\n");
  expect(emulator.calls).toEqual([]);
});

test.each([
  {
    what: "to choose a language where nobody can be asked",
    args: [],
    says: /^error: nobody can be asked here, so name the language: --language typescript or --language python or --language hcl/,
  },
  {
    what: "Go, and names the guide",
    args: ["--language", "go"],
    says: /init writes no project in Go: docs\/guides\/go\.md of the package leads to one\./,
  },
  {
    what: "a CDK for plain HCL",
    args: ["--language", "hcl", "--cdk", "cdktn"],
    says: /^error: --cdk is for typescript and python/,
  },
])("refuses $what, and writes nothing", async ({ args, says }) => {
  const { code, stderr } = await init(...args);
  expect(code).toBe(1);
  expect(stderr).toMatch(says);
  expect(readdirSync(folder)).toEqual([]);
});

test("if the pool cannot be read, writes a project without users, which the next init --export fills", async () => {
  const { code, stdout, stderr } = await runCommand(["init", folder, "--language", "python", "--export"], {
    ...emulator.environment(),
    GENAUTH_ACCESS_KEY_SECRET: "wrong",
  });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^error: staff\.csv has no users yet: the pool could not be read\. /),
  });
  expect(stdout).toContain("written  stack.py\n");
  expect(stdout).toContain("cdktf-genauth export --user-id-type email --output staff.csv");
  expect(readFileSync(join(folder, "staff.csv"), "utf8")).toBe("id,label\n");

  const again = await init("--language", "python", "--export");
  expect(again.stdout).toContain("kept     stack.py, which is there\n");
  expect(again.stdout).toContain("written  staff.csv\n");
  expect(readFileSync(join(folder, "staff.csv"), "utf8")).toContain("user010@example.com");
});

(hasTerminal ? test : test.skip)(
  "asks on a terminal for what is not given, and takes the answer",
  async () => {
    const command = join(ROOT, "dist/cdktf-genauth.js");
    const args = ["init", folder, "--language", "hcl", "--user-id-type", "email", "--no-export"];
    const { code, text } = await runOnTerminal(
      [process.execPath, command, ...args],
      cleanEnvironment("", { PATH: process.env.PATH ?? "" }),
      { after: "Where the state is kept (local, s3, gcs, azurerm, http) [local]:", keys: "s3\n" },
    );
    expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining("written  main.tf") });
    expect(readFileSync(join(folder, "main.tf"), "utf8")).toMatch(/^ {2}backend "s3" \{$/m);
  },
);

/** Runs a program in the project, with the keys of the pool. */
function run(program: string, ...args: string[]): Promise<Finished> {
  writeFileSync(join(folder, "empty.tfrc"), "");
  // CDKTF's tests leave folders behind.
  const own = { ...ownHome(folder), TMPDIR: folder };
  const env = cleanEnvironment(join(folder, "empty.tfrc"), { ...emulator.environment(), ...own });
  return runChild(program, args, { cwd: folder, env });
}

async function expectSuccess(program: string, ...args: string[]): Promise<string> {
  const { code, text } = await run(program, ...args);
  expect({ code, text }).toEqual({ code: 0, text: expect.anything() });
  return text;
}

describe.each(engines())("a project in plain HCL on $name", (engine) => {
  const refusal = { code: 1, text: expect.stringContaining("it declares no user") };

  test("fails its own test until the users are exported", async () => {
    await init("--language", "hcl");
    await expectSuccess(engine.path, "init", "-no-color");
    expect(await run(engine.path, "test", "-no-color")).toMatchObject(refusal);
    await init("--language", "hcl", "--export");
    expect(await expectSuccess(engine.path, "test", "-no-color")).toContain("1 passed, 0 failed");
  });

  test("deletes the user whom the file loses, refuses a file that has lost all, and shows Git the project only", async () => {
    const file = join(folder, "staff.csv");
    await init("--language", "hcl", "--export");
    await expectSuccess(engine.path, "init", "-no-color");
    await expectSuccess(engine.path, "apply", "-auto-approve", "-no-color");

    writeFileSync(file, readFileSync(file, "utf8").replace(/^user004@.*\n/m, ""));
    const plan = await expectSuccess(engine.path, "plan", "-out=tfplan", "-no-color");
    expect(plan).toContain("1 user will be permanently deleted from GenAuth in 1 call: user004@example.com");
    expect(plan).toMatch(/- "user004@example\.com" += "User 004" -> null/);
    await expectSuccess(engine.path, "apply", "-no-color", "tfplan");
    expect(emulator.pool.find("user004@example.com", "email")).toBeUndefined();
    expect(emulator.pool.size).toBe(9);

    writeFileSync(file, "id,label\n");
    expect(await run(engine.path, "plan", "-no-color")).toMatchObject(refusal);

    // As sed -i.bak of the README leaves it.
    writeFileSync(`${file}.bak`, "");
    await expectSuccess("git", "init", "-q");
    const ofProject = ["--", ".", ":!empty.tfrc"];
    const untracked = await expectSuccess("git", "status", "--short", "--untracked-files=all", ...ofProject);
    expect(untracked.trim().split("\n")).toEqual(
      [".terraform.lock.hcl", ...filesOf("hcl")].sort().map((name) => `?? ${name}`),
    );
  });
});

/**
 * Writes a project in TypeScript, and puts links in the place of `npm install`. Not by the command, which refuses CDK Terrain on a
 * Node.js on which its command line, not used here, ends.
 */
function writeTypeScript(cdk: (typeof CDKS)[number]): { readonly jest: string } {
  const options = { cdk, backend: "local", userIdType: "email", version } as const;
  writeProject(folder, { language: "typescript", ...options });
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  ) as Record<"dependencies" | "devDependencies", Record<string, string>>;
  expect(dependencies["cdktf-genauth"]).toBe(version);
  for (const name of [...Object.keys(dependencies), ...Object.keys(devDependencies)]) {
    const link = join(folder, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(name === "cdktf-genauth" ? ROOT : join(ROOT, "node_modules", name), link);
  }
  const programs = join(folder, "node_modules/.bin");
  mkdirSync(programs);
  const jest = join(programs, "jest");
  symlinkSync(join(ROOT, "node_modules/jest/bin/jest.js"), jest);
  // The same compiler, compiled: half the time.
  symlinkSync(join(ROOT, "node_modules/typescript-native/bin/tsc"), join(programs, "tsc"));
  return { jest };
}

const exportUsers = () =>
  writeFileSync(join(folder, "staff.csv"), readFileSync(join(ROOT, "examples/typescript/staff.csv")));

// That such a project writes its stack is in test/engine/constructs/root-project.test.ts.
test("a project in TypeScript on CDKTF fails its own test without users, and with an id of the wrong type", async () => {
  const { jest } = writeTypeScript("cdktf");
  const first = await run(jest);
  expect(first.code).not.toBe(0);
  expect(first.text).toContain("Export the pool into it first (cdktf-genauth export)");
  // That would declare that nobody may have an account.
  expect(first.text).not.toContain("allowEmpty: true");

  exportUsers();
  expect(await expectSuccess("npm", "test")).toContain("1 passed, 1 total");

  // Only the compiler sees it.
  appendFileSync(join(folder, "main.ts"), "export const ids: string[] = [1001];\n");
  const mistyped = await run("npm", "test");
  expect(mistyped.code).not.toBe(0);
  expect(mistyped.text).toContain("Type 'number' is not assignable to type 'string'");
});

test("a project in TypeScript on CDK Terrain passes its own test, and writes its stack", async () => {
  writeTypeScript("cdktn");
  exportUsers();
  expect(await expectSuccess("npm", "test")).toContain("1 passed, 1 total");
  await expectSuccess(process.execPath, "--import", "tsx", "main.ts");
  const stack = join(folder, "cdktf.out/stacks/staff");
  expect(existsSync(join(stack, "terraform.d"))).toBe(true);
  expect(readFileSync(join(stack, "cdk.tf.json"), "utf8")).toContain("user010@example.com");
});
