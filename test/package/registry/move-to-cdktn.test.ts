import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { type Finished, runChild } from "../../support/engine/child";
import { cleanEnvironment } from "../../support/engine/clean-environment";
import { type Emulator, seedUsers, startEmulator } from "../../support/emulator";
import { consoleBlocks } from "../../support/docs/documents";
import { engines } from "../../support/engine/engines";
import { NullProviderMirror } from "../../support/null-provider/mirror";
import {
  HAS_RUNTIMES,
  installationOf,
  locked,
  packedFile,
  registryEnvironment,
  ROOT,
  runtimeFolder,
} from "./support/packed";

/** Each is a project in a folder of its own. */
const EXAMPLES = ["staff", "null-resource"] as const;
const STACKS = { staff: "test/support/staff-stack.ts", "null-resource": "examples/null-resource/main.ts" };
const USERS = seedUsers(6).map(({ email }) => email ?? "");

/** Of a command that takes what `diff` has synthesised just now. Without it, each command runs the app again. */
const SYNTHESISED = "--skip-synth";

/** Each set has users of its own in the one pool. */
function usersOf(example: string): string[] {
  return example === "staff" ? USERS.slice(0, 3) : USERS.slice(3);
}

/**
 * A project that uses CDKTF, and then moves to CDK Terrain with the commands of the guide. The stacks are those of the demo and of an example, and the
 * package is the packed one.
 */
(HAS_RUNTIMES ? describe : describe.skip)("a project that moves from CDKTF to CDK Terrain", () => {
  const [engine] = engines();
  let scratch: string;
  let project: string;
  let emulator: Emulator;

  beforeAll(async () => {
    scratch = newFolder();
    project = join(scratch, "project");
    emulator = await startEmulator({ users: seedUsers(6) });
    writeFileSync(join(scratch, "empty.tfrc"), "");
    const mirror = new NullProviderMirror();
    mirror.install(join(scratch, "home/.terraform.d/plugins"));
    for (const example of EXAMPLES) {
      const folder = join(project, example);
      mkdirSync(folder, { recursive: true });
      cpSync(join(ROOT, STACKS[example]), join(folder, "main.ts"));
      const settings = {
        language: "typescript",
        app: "npx tsx main.ts",
        projectId: "test",
        sendCrashReports: "false",
      };
      writeFileSync(join(folder, "cdktf.json"), JSON.stringify(settings));
    }
    writeFileSync(join(project, "package.json"), '{ "name": "project", "private": true }');
    const { install } = installationOf("CDKTF");
    await npm(
      "install",
      packedFile(),
      ...install,
      "@cdktf/provider-null@11",
      "cdktf-cli@0.21",
      locked("tsx"),
    );
  });

  async function npm(...args: string[]): Promise<void> {
    const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
    const { code, text } = await runChild("npm", [...args, ...quiet], {
      cwd: project,
      env: registryEnvironment(),
    });
    if (code !== 0) throw new Error(`npm ${args.join(" ")} failed:\n${text}`);
  }

  function declare(example: string, emails: readonly string[]): void {
    const rows = emails.map((email) => `${email},Somebody`);
    writeFileSync(join(project, example, "staff.csv"), ["email,name", ...rows, ""].join("\n"));
  }

  /** Runs a command line of a CDK in the folder of an example, with the Node.js that it needs. */
  async function run(cli: "cdktf" | "cdktn", example: string, ...args: string[]): Promise<string> {
    const node = cli === "cdktn" ? [runtimeFolder("oldestOfCdktn")] : [];
    const env = cleanEnvironment(join(scratch, "empty.tfrc"), {
      ...emulator.environment(),
      PATH: [...node, process.env.PATH ?? ""].join(delimiter),
      HOME: join(scratch, "home"),
      STAFF_FILE: "staff.csv",
      TERRAFORM_BINARY_NAME: engine.path,
      CI: "1",
    });
    const finished: Finished = await runChild(join(project, "node_modules/.bin", cli), args, {
      cwd: join(project, example),
      env,
    });
    if (finished.code !== 0) throw new Error(`${cli} ${args.join(" ")} failed:\n${finished.text}`);
    return finished.text;
  }

  function deletedSince(calls: number): unknown[] {
    const deletions = emulator.calls.slice(calls).filter(({ path }) => path === "/api/v3/delete-users-batch");
    return deletions.map(({ ids }) => ids);
  }

  async function deleteLeaver(
    cli: "cdktf" | "cdktn",
    example: string,
    kept: readonly string[],
    leaver = "",
  ): Promise<void> {
    declare(example, kept);
    const calls = emulator.calls.length;
    await run(cli, example, "deploy", "staff", "--auto-approve");
    expect(deletedSince(calls)).toEqual([[leaver]]);
  }

  const configuration = (example: string): unknown => {
    const text = readFileSync(join(project, example, "cdktf.out/stacks/staff/cdk.tf.json"), "utf8");
    // The metadata names the CDK and its version.
    return { ...(JSON.parse(text) as object), "//": undefined };
  };
  const synthesised = new Map<string, unknown>();

  test.each(EXAMPLES)("%s: cdktf synthesises, diffs, deploys and deletes a leaver", async (example) => {
    const [leaves, ...others] = usersOf(example);
    declare(example, usersOf(example));
    const diff = await run("cdktf", example, "diff", "staff");
    expect(diff).toContain("1 to add, 0 to change, 0 to destroy");
    await run("cdktf", example, "deploy", "staff", "--auto-approve", SYNTHESISED);
    await deleteLeaver("cdktf", example, others, leaves);
    synthesised.set(example, configuration(example));
  });

  test("the guide's commands move it, and leave nothing of CDKTF", async () => {
    const commands =
      consoleBlocks("docs/guides/cdktf.md")
        .map((block) => block.commands.map(({ text }) => text))
        .find(([first]) => first?.startsWith("npm uninstall")) ?? [];
    expect(commands.map((command) => command.split(" ").slice(0, 2).join(" "))).toEqual([
      "npm uninstall",
      "npm install",
      "sed -i.bak",
      "npx cdktn",
    ]);
    const edit = EXAMPLES.map((example) => `(cd ${example} && ${commands[2]})`);
    const script = [...commands.slice(0, 2), ...edit].join(" && ");
    const env = registryEnvironment({
      npm_config_ignore_scripts: "true",
      npm_config_audit: "false",
      npm_config_prefer_offline: "true",
    });
    const { code, text } = await runChild("bash", ["-c", script], { cwd: project, env });
    if (code !== 0) throw new Error(`${script} failed:\n${text}`);
    for (const gone of ["cdktf", "@cdktf/provider-null", "cdktf-cli"])
      expect(existsSync(join(project, "node_modules", gone))).toBe(false);
    expect(existsSync(join(project, "node_modules/cdktn"))).toBe(true);
  });

  test.each(EXAMPLES)("%s: cdktn writes the same, plans no change, and deletes a leaver", async (example) => {
    const [, leaves, ...others] = usersOf(example);
    const diff = await run("cdktn", example, "diff", "staff");
    expect(configuration(example)).toEqual(synthesised.get(example));
    expect(diff).toContain("No changes");
    await deleteLeaver("cdktn", example, others, leaves);
  });
});
