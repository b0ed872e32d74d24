import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { newFolder } from "../../../support/at-end";
import { type Child, type Finished, runChild, runToSuccess, startChild } from "../../../support/engine/child";
import { cleanEnvironment } from "../../../support/engine/clean-environment";
import { engines } from "../../../support/engine/engines";
import {
  type Cdk,
  CDKS,
  environment,
  locked,
  packedFile,
  HAS_RUNTIMES,
  installationOf,
  ROOT,
  registryEnvironment,
  type Runtime,
  RUNTIMES,
  runtimeFolder,
} from "./packed";

const TOOLS = join(ROOT, "node_modules");

/** The oldest and the newest TypeScript that the types work with. */
const OLDEST_TYPESCRIPT = "typescript@5.0.4";
const NEWEST_TYPESCRIPT = "typescript@7.0.2";

/** How a package manager installs packages, and runs Node.js and installed commands. */
interface PackageManager {
  readonly add: readonly string[];
  /** The packed package as this package manager takes it. */
  readonly packed: (file: string) => string;
  readonly node: readonly string[];
  readonly run: readonly string[];
  readonly yarnrc?: string;
}

const npm: PackageManager = {
  add: ["npm", "install", "--no-audit", "--no-fund", "--prefer-offline"],
  packed: (file) => file,
  node: ["node"],
  run: ["npx", "--no-install"],
};
const PNPM = [process.execPath, join(TOOLS, "pnpm/bin/pnpm.cjs")];
const pnpm: PackageManager = {
  ...npm,
  add: [...PNPM, "add", "--store-dir", join(dirname(packedFile()), "pnpm")],
  run: [...PNPM, "exec"],
};
const YARN = [process.execPath, join(TOOLS, "@yarnpkg/cli-dist/bin/yarn.js")];
const yarn = (nodeLinker: string): PackageManager => ({
  add: [...YARN, "add"],
  packed: (file) => `cdktf-genauth@file:${file}`,
  node: [...YARN, "node"],
  run: [...YARN, "run"],
  yarnrc: `nodeLinker: ${nodeLinker}\nenableTelemetry: false\nenableImmutableInstalls: false\n`,
});

/** A user's project: one CDK, one package manager, one Node.js, one compiler. */
interface Consumer {
  readonly name: string;
  readonly cdk: Cdk;
  readonly manager: PackageManager;
  readonly typescript: string;
  /** Packages that run TypeScript without compiling it first. */
  readonly runners?: readonly ("tsx" | "ts-node")[];
  /** Compiler options for other module resolutions than that of Node.js. */
  readonly otherResolutions?: readonly (readonly string[])[];
  /** The Node.js to use, from the installation on, if it is not that of the tests. */
  readonly runtime?: Runtime;
}

/** Without the types of browsers, which a project for Node.js need not have. */
const WITHOUT_BROWSERS = ["--lib", "es2022"];
const BUNDLER = ["--module", "esnext", "--moduleResolution", "bundler", ...WITHOUT_BROWSERS];
const NODE10 = ["--module", "commonjs", "--moduleResolution", "node10", ...WITHOUT_BROWSERS];
// ts-node and Yarn's pnp do not work with the newest TypeScript, so these consumers keep the locked one.
const current = { typescript: locked("typescript") };
const newest = { typescript: NEWEST_TYPESCRIPT };

const CONSUMERS: readonly Consumer[] = [
  {
    name: "CDKTF by npm, with tsx and ts-node",
    cdk: "CDKTF",
    manager: npm,
    ...current,
    // The other resolutions are tried with the oldest and the newest compiler.
    runners: ["tsx", "ts-node"],
  },
  { name: "CDKTF by pnpm", cdk: "CDKTF", manager: pnpm, ...newest },
  { name: "CDKTF by Yarn with node-modules", cdk: "CDKTF", manager: yarn("node-modules"), ...newest },
  { name: "CDKTF by Yarn with pnp", cdk: "CDKTF", manager: yarn("pnp"), ...current },
  { name: "CDK Terrain by pnpm", cdk: "CDK Terrain", manager: pnpm, ...current, runners: ["tsx", "ts-node"] },
  { name: "CDK Terrain by Yarn with pnp", cdk: "CDK Terrain", manager: yarn("pnp"), ...current },
  ...(HAS_RUNTIMES
    ? CDKS.flatMap((cdk): Consumer[] => [
        {
          name: `${cdk} by npm, with the oldest Node.js and TypeScript`,
          cdk,
          manager: npm,
          typescript: OLDEST_TYPESCRIPT,
          otherResolutions: [BUNDLER, NODE10],
          runtime: "oldest",
        },
        {
          name: `${cdk} by npm, with the newest Node.js and TypeScript`,
          cdk,
          manager: npm,
          ...newest,
          runners: ["tsx"],
          otherResolutions: [BUNDLER],
          runtime: "newest",
        },
      ])
    : []),
];

/** The columns of the file in README's stack. */
function columnsOfReadme(): string {
  const stack = readmeStack("CDKTF").replaceAll(/\/\/.*$/gm, "");
  const named = (option: string): string => new RegExp(`\\b${option}: "(\\w+)"`).exec(stack)?.[1] ?? option;
  return `${named("id")},${named("label")}`;
}

/** README's stack, in a program that synthesises it as `staff`. */
function readmeStack(cdk: Cdk): string {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const [, shown = ""] =
    [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].find(([, code = ""]) => code.includes("ManagedUserSet")) ??
    [];
  expect(shown).toContain("new ManagedUserSet(");
  const { entry } = installationOf(cdk);
  const imports = (shown.match(/^import .*$/gm) ?? []).map((line) =>
    line.replace('"cdktf-genauth"', `"${entry}"`),
  );
  return `import { App, TerraformStack } from "${packageOf(cdk)}";
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

function packageOf(cdk: Cdk): "cdktf" | "cdktn" {
  return cdk === "CDKTF" ? "cdktf" : "cdktn";
}

const esModule = (entry: string): string => `import * as all from "${entry}";
import { GenAuthProvider, ManagedUserSet, type ManagedUserSetProps, UserIdType, Users } from "${entry}";

const props: ManagedUserSetProps = { users: Users.fromIds(["ada@example.com"]), userIdType: UserIdType.EMAIL };
const made: readonly unknown[] = [GenAuthProvider, ManagedUserSet, props];
if (made.includes(undefined)) throw new Error("An export is missing.");
console.log(Object.keys(all).filter((name) => name !== "default" && name !== "module.exports").sort().join());
`;

/** Yarn does not read .npmrc. */
async function yarnSettings(folder: string): Promise<Record<string, string>> {
  const setting = async (name: string): Promise<string> =>
    (await runChild("npm", ["config", "get", name], { cwd: folder, env: environment() })).stdout.trim();
  const [registry, authority] = await Promise.all([setting("registry"), setting("cafile")]);
  return {
    YARN_NPM_REGISTRY_SERVER: registry.replace(/\/$/, ""),
    ...(authority === "null" ? {} : { YARN_HTTPS_CA_FILE_PATH: authority }),
  };
}

/** Tests what a user of a CDK can do, with each package manager, and the oldest and newest Node.js and TypeScript. */
export function testConsumersOf(of: Cdk): void {
  describe.each(CONSUMERS.filter(({ cdk }) => cdk === of))(
    "$name",
    ({ cdk, manager, typescript, runners = [], otherResolutions = [], runtime }) => {
      let folder: string;
      let variables: Readonly<Record<string, string>>;
      const { install: packages, entry } = installationOf(cdk);

      function start([program = "", ...args]: readonly string[]): Child {
        return startChild(program, args, { cwd: folder, env: variables });
      }

      async function run(...command: readonly string[]): Promise<Finished> {
        return finish(start(command), command);
      }

      /** Runs what asks the registry. */
      async function install(...command: readonly string[]): Promise<void> {
        const [program = "", ...args] = command;
        const env = { ...registryEnvironment(), ...variables };
        await finish(startChild(program, args, { cwd: folder, env }), command);
      }

      async function finish(child: Child, command: readonly string[]): Promise<Finished> {
        const finished = await child.finished;
        if (finished.code !== 0) throw new Error(`${command.join(" ")} failed:\n${finished.text}`);
        return finished;
      }

      beforeAll(async () => {
        folder = newFolder();
        const files: Readonly<Record<string, string>> = {
          "package.json": '{ "name": "consumer", "private": true }',
          "tsconfig.json": JSON.stringify({
            compilerOptions: {
              strict: true,
              exactOptionalPropertyTypes: true,
              noUncheckedIndexedAccess: true,
              skipLibCheck: false,
              // The libraries of TypeScript itself, which would take half of the time to check.
              skipDefaultLibCheck: true,
              target: "ES2022",
              module: "nodenext",
              outDir: "out",
              types: ["node"],
            },
            files: ["main.ts", "module.mts"],
          }),
          "main.ts": readmeStack(cdk),
          "module.mts": esModule(entry),
          "staff.csv": `${columnsOfReadme()}\nuser001@example.com,User 001\nuser002@example.com,User 002\n`,
        };
        for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
        variables = environment();
        if (manager.yarnrc !== undefined) {
          writeFileSync(join(folder, ".yarnrc.yml"), manager.yarnrc);
          writeFileSync(join(folder, "yarn.lock"), "");
          variables = {
            ...variables,
            ...(await yarnSettings(folder)),
            YARN_GLOBAL_FOLDER: join(dirname(packedFile()), "yarn"),
          };
        }
        if (runtime !== undefined) await useNode(runtime);
        const compiler = [typescript, locked("@types/node"), ...runners];
        await install(...manager.add, manager.packed(packedFile()), ...packages, ...compiler);
      });

      async function useNode(used: Runtime): Promise<void> {
        variables = { ...variables, PATH: [runtimeFolder(used), variables.PATH].join(delimiter) };
        expect((await run("node", "--version")).stdout).toBe(`v${RUNTIMES[used]}\n`);
      }

      test("it loads by require and by import, passes strict type checks, and its stack can be planned", async () => {
        await run(...manager.run, "tsc", ...(manager === npm ? [] : WITHOUT_BROWSERS));
        for (const options of otherResolutions) await run(...manager.run, "tsc", "--noEmit", ...options);
        const names = `Object.keys(require("${entry}")).sort().join()`;
        const required = await run(...manager.node, "-p", names);
        expect((await run(...manager.node, "out/module.mjs")).stdout).toBe(required.stdout);
        for (const runner of ["compiled", ...runners]) {
          rmSync(join(folder, "cdktf.out"), { recursive: true, force: true });
          if (runner === "compiled") await run(...manager.node, "out/main.js");
          else await run(...manager.run, runner, "main.ts");
          expect(existsSync(join(folder, "cdktf.out/stacks/staff/cdk.tf.json"))).toBe(true);
        }

        const emulator = start([...manager.run, "cdktf-genauth", "emulator", "--count", "5"]);
        try {
          await emulator.waitFor(/Ctrl-C ends it/);
          for (const engine of engines()) await planStack(engine.path, emulator);
        } finally {
          emulator.signal("SIGTERM");
          await emulator.finished;
        }
      });

      test("the other CDK is not installed, and an import that needs it says so", async () => {
        const other = cdk === "CDKTF" ? "CDK Terrain" : "CDKTF";
        const { code, text } = await start([
          ...manager.node,
          "-p",
          `require("${installationOf(other).entry}")`,
        ]).finished;
        expect(code).toBe(1);
        expect(text).toContain(
          `The package ${packageOf(other)} is not installed, and this import of cdktf-genauth needs it. ` +
            `Run: npm install ${installationOf(other).install.join(" ")}.`,
        );
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
        await runToSuccess(engine, ["init", "-no-color"], { cwd: stack, env });
        const plan = await runChild(engine, ["plan", "-no-color"], { cwd: stack, env });
        expect([plan.code, plan.text]).toEqual([
          0,
          expect.stringContaining("1 to add, 0 to change, 0 to destroy"),
        ]);
        expect(plan.text).toContain('"user001@example.com" = "User 001"');
        rmSync(join(stack, ".terraform"), { recursive: true });
      }
    },
  );
}
