import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import type { Manifest } from "../pack/manifest";
import { type Edition, editionManifest, ENTRY, NULL_PROVIDER } from "./editions";
import { editionPage } from "./page";

/** jsii and its runtimes print a banner on a Node.js that is out of support, which the project still builds on. */
export const QUIET = { JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: "20" } as const;

/**
 * Compiles the source with jsii, which refuses a public type that another language cannot have.
 *
 * @param root the project's folder
 * @param folder an empty folder in it; gets the copied source, the compiled code in `build/`, and the assembly, `.jsii`
 * @throws Error with the compiler's messages
 */
export function compileEdition(root: string, folder: string, edition: Edition): void {
  mkdirSync(folder, { recursive: true });
  // jsii writes beside the package.json of its settings, and that of the project has to stay npm's own.
  cpSync(join(root, "src"), join(folder, "src"), { recursive: true });
  cpSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
  // The assembly holds the page, which is that of a wheel.
  writeFileSync(join(folder, "README.md"), editionPage(root, manifest));
  const edited = editionManifest(edition, manifest) as Manifest & { readonly jsii: object };
  const main = `build/src/${ENTRY}`;
  const { dependencies } = manifest as { readonly dependencies?: Readonly<Record<string, string>> };
  writeJson(join(folder, "package.json"), {
    ...edited,
    main: `${main}.js`,
    types: `${main}.d.ts`,
    jsii: { ...edited.jsii, tsc: { outDir: "build", rootDir: "." } },
    // jsii compiles with the versions of the lock file.
    devDependencies: Object.fromEntries(Object.keys(edition.peers).map((name) => [name, "*"])),
    dependencies,
    bundledDependencies: Object.keys(dependencies ?? {}),
  });
  writeJson(join(folder, "tsconfig.jsii.json"), compilerSettings(root, edition));
  const args = ["--tsconfig", "tsconfig.jsii.json", "--validate-tsconfig", "minimal", "--fail-on-warnings"];
  try {
    execFileSync(join(root, "node_modules/.bin/jsii"), args, {
      cwd: folder,
      env: { ...process.env, ...QUIET },
      stdio: "pipe",
      encoding: "utf8",
    });
  } catch (cause) {
    const { stdout = "", stderr = "" } = cause as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`jsii refuses ${edition.name}:\n${stdout}${stderr}`, { cause });
  }
}

/** The compiler's settings of the project, with the modules of the edition. jsii reads no inherited ones. */
function compilerSettings(root: string, { replaced }: Edition): object {
  const file = join(root, "tsconfig.json");
  const { config } = ts.readConfigFile(file, (path) => readFileSync(path, "utf8")) as {
    config: { compilerOptions: Readonly<Record<string, unknown>> };
  };
  return {
    compilerOptions: {
      ...config.compilerOptions,
      noEmit: false,
      declaration: true,
      stripInternal: true,
      rootDir: ".",
      outDir: "build",
      paths: {
        [NULL_PROVIDER.name]: [`./${NULL_PROVIDER.file}.ts`],
        ...Object.fromEntries(
          Object.entries(replaced).map(([name, other]) => [name, [`./node_modules/${other}`]]),
        ),
      },
    },
    include: [],
    files: [`src/${ENTRY}.ts`],
  };
}

function writeJson(file: string, value: object): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}
