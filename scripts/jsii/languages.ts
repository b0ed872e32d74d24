import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { type ArchiveFile, zipFiles } from "../release/archive";
import { QUIET } from "./compile";
import { type Edition, GO_PACKAGE, NO_ADDRESS, pythonModule } from "./editions";

/** What builds the wheels, in one version, so that they stay the same. */
const SETUPTOOLS = "setuptools==75.3.2";

/** The files of the pipelines, in the project and beside the command. */
const PIPELINES = "examples/pipelines";

/** Which package is generated, and where. */
export interface LanguageBuild {
  /** The project's folder. */
  readonly root: string;
  /** The folder of `stageEdition`. */
  readonly staged: string;
  /** A folder for the generated code. */
  readonly scratch: string;
  /** The folder for the packages. */
  readonly out: string;
  readonly edition: Edition;
  readonly version: string;
  /** Of the files in a wheel, in seconds since 1970. */
  readonly time: number;
}

/** Generates and packs an edition for each of its languages. The same source, time and Node.js give the same bytes. */
export async function packLanguages(build: LanguageBuild): Promise<void> {
  const { root, staged, scratch, edition } = build;
  // What was copied into it has the modes of a checkout and a build under the mask of whoever made them.
  normaliseModes(staged);
  // Rosetta translates the examples in the documentation; a test keeps those that it gets wrong out.
  const examples = ["--rosetta-unknown-snippets", "translate"];
  run(join(root, "node_modules/.bin/jsii-pacmak"), [
    "--code-only",
    ...examples,
    "--targets",
    ...edition.languages,
    "--outdir",
    scratch,
    staged,
  ]);
  if (edition.languages.includes("python")) packWheel(build);
  if (edition.languages.includes("go")) await packGoModule(build);
}

function packWheel({ root, staged, scratch, out, edition, time }: LanguageBuild): void {
  const folder = join(scratch, "python");
  const module = pythonModule(edition);
  const source = join(folder, "src", module);
  // jsii's own script loads the CDK first, and does not pass signals on.
  const script = readFileSync(join(root, "scripts/jsii/command.py"), "utf8").replace("PYTHON_MODULE", module);
  writeFileSync(join(source, "_jsii/bin/cdktf-genauth"), script);
  const command = join(source, "_command");
  // The provider's files stand here once more: jsii unpacks its own package into a folder that the command does not know.
  cpSync(join(root, "dist"), join(command, "dist"), { recursive: true });
  copyFileSync(join(staged, "package.json"), join(command, "package.json"));
  // `cdktf-genauth pipeline init` writes them.
  const isWritten = (path: string) => basename(path) !== "README.md";
  cpSync(join(root, PIPELINES), join(command, PIPELINES), { recursive: true, filter: isWritten });
  normaliseModes(command);
  const files = filesOf(command).map((file) => `_command/${file}`);
  edit(join(folder, "setup.py"), (text) =>
    text.replace(/(?<=json\.loads\(\s*""")[^]*(?="""\s*\))/, (settings) =>
      pythonSettings(settings, module, files),
    ),
  );
  edit(join(folder, "pyproject.toml"), (text) =>
    text.replace(/^requires = .*$/m, `requires = ["${SETUPTOOLS}"]`),
  );
  run(
    "python3",
    ["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-cache-dir", "--wheel-dir", out, folder],
    {
      SOURCE_DATE_EPOCH: String(time),
    },
  );
}

/**
 * The settings of a wheel, without an address that is none.
 *
 * @param files the files of the command; each by its path, because a pattern takes no hidden ones
 */
function pythonSettings(text: string, module: string, files: readonly string[]): string {
  const settings = JSON.parse(text) as Record<string, unknown> & {
    readonly package_data: Readonly<Record<string, string[]>>;
    readonly project_urls?: Readonly<Record<string, string>>;
  };
  const data = [...(settings.package_data[module] ?? []), ...files];
  const edited = { ...settings, package_data: { ...settings.package_data, [module]: data } };
  const isKnown = !JSON.stringify(edited).includes(NO_ADDRESS);
  return `\n${JSON.stringify(isKnown ? edited : { ...edited, url: undefined, project_urls: undefined }, null, 4)}\n`;
}

/** A module for a `replace` in `go.mod`, because a host without a registry serves it. */
async function packGoModule({ scratch, out, edition, version }: LanguageBuild): Promise<void> {
  const folder = join(scratch, "go", GO_PACKAGE);
  // jsii-pacmak names the version it finds here, but Go would take no older one that a stack has.
  const [, oldest = ""] = /^\^(\S+)$/.exec(edition.peers.constructs ?? "") ?? [];
  edit(join(folder, "go.mod"), (text) => text.replace(/(?<=\/constructs\/v10 v).*/, oldest));
  const files = Object.fromEntries(
    filesOf(folder).map((name): [string, ArchiveFile] => [
      `${edition.name}-go/${name}`,
      { content: readFileSync(join(folder, name)), mode: 0o644 },
    ]),
  );
  writeFileSync(join(out, goArchiveName(edition, version)), await zipFiles(files));
}

/** The name of the Go module of an edition in a release. */
export function goArchiveName({ name }: Edition, version: string): string {
  return `${name}-go_${version}.zip`;
}

/** The files of a package that are run. */
const PROGRAMS: ReadonlySet<string> = new Set(["terraform-provider-genauth", "cdktf-genauth.js"]);

function normaliseModes(folder: string): void {
  for (const file of filesOf(folder))
    chmodSync(join(folder, file), PROGRAMS.has(basename(file)) ? 0o755 : 0o644);
}

/** The paths of the files in a folder, without what a link leads to. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

function edit(file: string, change: (text: string) => string): void {
  const before = readFileSync(file, "utf8");
  const after = change(before);
  if (after === before)
    throw new Error(`${file} is not as jsii-pacmak wrote it before. Adapt what edits it.`);
  writeFileSync(file, after);
}

/** @throws Error with what the program printed */
function run(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): void {
  try {
    execFileSync(program, args, { env: { ...process.env, ...QUIET, ...environment }, stdio: "pipe" });
  } catch (cause) {
    const {
      code,
      stdout = "",
      stderr = "",
    } = cause as {
      readonly code?: string;
      readonly stdout?: Buffer | string;
      readonly stderr?: Buffer | string;
    };
    if (code === "ENOENT")
      throw new Error(`${program} is needed, and not on the PATH. Install it.`, { cause });
    throw new Error(`${program} ${args[0] ?? ""} failed:\n${String(stdout)}${String(stderr)}`, { cause });
  }
}
