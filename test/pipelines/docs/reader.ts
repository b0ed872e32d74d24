import { chmodSync, cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { newFolder } from "../../support/at-end";
import { runChild } from "../../support/engine/child";
import { cleanEnvironment } from "../../support/engine/clean-environment";
import { type Emulator, type PoolUser, startEmulator } from "../../support/emulator";
import packageJson from "../../../package.json";
import { onPath } from "../../support/engine/engine";
import type { Engine } from "../../support/engine/engines";
import { ROOT } from "../../support/docs/documents";

const MODULES = join(ROOT, "node_modules");

/** The packages that the pages tell to install, and the dependencies of the package. */
const INSTALLED = [
  ...["cdktf", "constructs", "cdktf-cli", "tsx", "@cdktf/provider-null", "jest", "@swc/core", "@swc/jest"],
  ...["@types/jest", "@types/node"],
  ...Object.keys(packageJson.dependencies),
];

/** A folder `node_modules` with the installed package: its files, and nothing else of the repository. */
export class InstalledPackage {
  readonly folder = newFolder();
  readonly modules = join(this.folder, "node_modules");

  constructor() {
    const own = join(this.modules, packageJson.name);
    for (const name of ["lib", "dist", "examples", "package.json"])
      cpSync(join(ROOT, name), join(own, name), { recursive: true, filter: isPacked });
    for (const name of INSTALLED) {
      mkdirSync(dirname(join(this.modules, name)), { recursive: true });
      symlinkSync(join(MODULES, name), join(this.modules, name));
    }
    mkdirSync(join(this.modules, ".bin"));
    symlinkSync(join(own, "dist/cdktf-genauth.js"), join(this.modules, ".bin/cdktf-genauth"));
    for (const name of ["cdktf", "jest", "tsx"])
      symlinkSync(join(MODULES, ".bin", name), join(this.modules, ".bin", name));
    // The compiler that checks types in a tenth of the time.
    symlinkSync(join(MODULES, "typescript-native/bin/tsc"), join(this.modules, ".bin/tsc"));
  }
}

/** Excludes files that npm does not pack, and files that earlier runs left in the repository. */
export function isPacked(path: string): boolean {
  return !/\/(\.gitignore|\.terraform.*|terraform\.d|cdktf\.out|[^/]*\.tfstate.*|tfplan)$/.test(path);
}

/** A command that was run, with its output. */
interface Ran {
  readonly command: string;
  readonly code: number;
  readonly output: string;
}

/** A reader with the package, an engine and an empty folder, who pastes the commands of a page into one shell. */
export class Reader {
  readonly folder = newFolder();
  readonly home = join(this.folder, "home");
  /** The initial folder of the commands. */
  readonly project = join(this.folder, "project");

  private constructor(
    private readonly engine: Engine,
    readonly emulator: Emulator,
  ) {
    for (const folder of [this.home, this.project, join(this.folder, "bin")]) mkdirSync(folder);
    writeFileSync(join(this.folder, "empty.tfrc"), "");
    const modules = join(this.project, "node_modules");
    // npx itself takes half a second per command; the tests of the packed package use it, and install the package. To synthesise, cdktf runs
    // the app, and takes twice as long to start; to deploy and for a diff, which do that too, it is the real one.
    this.writeProgram(
      "npx",
      `[ "$1" != --no-install ] || shift
name=$1; shift
case "$name $1" in
  'cdktf synth') exec sh -c "$("${process.execPath}" -p 'require("./cdktf.json").app')" ;;
  'cdktf deploy') set -- "$@" --auto-approve ;;
esac
exec "${modules}/.bin/$name" "$@"`,
    );
    this.writeProgram(
      "npm",
      `case $1 in install | ci) [ "$2" != --prefix ] || { mkdir -p "$3" && ln -s "${modules}" "$3"; };; *) exec "${onPath("npm")}" "$@";; esac`,
    );
    this.writeProgram(
      "terraform",
      `if [ "$*" = apply ]; then echo yes | TF_INPUT=1 "${engine.path}" apply; else exec "${engine.path}" "$@"; fi`,
    );
  }

  static async open(
    engine: Engine,
    installed: InstalledPackage,
    users: readonly PoolUser[],
  ): Promise<Reader> {
    const reader = new Reader(engine, await startEmulator({ users: [...users], rateLimit: false }));
    symlinkSync(installed.modules, join(reader.project, "node_modules"));
    return reader;
  }

  write(file: string, content: string): void {
    mkdirSync(dirname(join(this.project, file)), { recursive: true });
    writeFileSync(join(this.project, file), content);
  }

  /** The files that Git would commit of the project; installed packages are a link here. */
  async offeredToGit(): Promise<string[]> {
    this.write("staff.csv.bak", "");
    const commands = ["git init -q .", "git status --porcelain --untracked-files=all"];
    const [, status] = await this.paste(commands);
    const files = (status?.output ?? "").split("\n").map((line) => line.slice(3));
    return files.filter((file) => file !== "" && file !== "node_modules");
  }

  /** Runs commands in one shell, each in the folder where the previous one ended. */
  async paste(commands: readonly string[], folder = "."): Promise<Ran[]> {
    const { text } = await runChild("bash", ["-c", [ON_EXIT, ...this.linesOf(commands)].join("\n")], {
      cwd: join(this.project, folder),
      env: this.environment(),
    });
    let rest = text;
    return commands.map((command, index) => {
      const end = new RegExp(`^@@${index} (\\d+)\\n`, "m").exec(rest);
      if (!end) throw new Error(`The shell ended during: ${command}\n${rest}`);
      const output = rest.slice(0, end.index);
      rest = rest.slice(end.index + end[0].length);
      return { command, code: Number(end[1]), output };
    });
  }

  /** The lines of a shell's script. What follows a command that starts a shell goes into that shell, up to its `exit`. */
  private linesOf(commands: readonly string[], from = 0): string[] {
    const opens = commands.findIndex((command) => OPENS_SHELL.test(command));
    const before = commands.slice(0, opens < 0 ? commands.length : opens);
    const lines = before.flatMap((command, index) => [inBackground(command), `echo "@@${from + index} $?"`]);
    const opening = commands[opens];
    if (opening === undefined) return lines;
    const exit = commands.indexOf("exit", opens);
    if (exit < 0) throw new Error(`No exit ends the shell of: ${opening}`);
    const inside = this.linesOf(commands.slice(opens + 1, exit), from + opens + 1);
    const file = join(this.folder, `shell-${from + opens}.sh`);
    writeFileSync(file, [`echo "@@${from + opens} $?"`, ...inside, "exit"].join("\n"));
    return [
      ...lines,
      opening.replace(OPENS_SHELL, `$1 "${file}"`),
      `echo "@@${from + exit} $?"`,
      ...this.linesOf(commands.slice(exit + 1), from + exit + 1),
    ];
  }

  private environment(): Record<string, string> {
    const git = ["AUTHOR", "COMMITTER"].flatMap((role) => [
      [`GIT_${role}_NAME`, "Reader"],
      [`GIT_${role}_EMAIL`, "reader@example.com"],
    ]);
    return cleanEnvironment(join(this.folder, "empty.tfrc"), {
      ...this.emulator.environment(),
      ...(Object.fromEntries(git) as Record<string, string>),
      GIT_CONFIG_GLOBAL: "/dev/null",
      HOME: this.home,
      PATH: [join(this.folder, "bin"), process.env.PATH ?? ""].join(delimiter),
      TERRAFORM_BINARY_NAME: this.engine.path,
      CI: "1",
    });
  }

  private writeProgram(name: string, body: string): void {
    const path = join(this.folder, "bin", name);
    writeFileSync(path, `#!/bin/sh\n${body}\n`);
    chmodSync(path, 0o755);
    if (!existsSync(path)) throw new Error(`${path} could not be written.`);
  }
}

const ON_EXIT = `trap '[ -z "$EMULATOR" ] || kill "$EMULATOR"' EXIT; exec 2>&1`;

/** The end of a command that starts an emulator with a shell of its own. */
const OPENS_SHELL = /( -- bash)( +#.*)?$/;

/** Without a command, the emulator runs until Ctrl-C, so it runs in the background, and the variables that it prints are exported. */
function inBackground(command: string): string {
  if (!/^(npx )?cdktf-genauth emulator/.test(command)) return command;
  return [
    "rm -f ../emulator.txt",
    `${command.replace(/#.*$/, "")} > ../emulator.txt 2>&1 & EMULATOR=$!`,
    `until grep -q 'Ctrl-C ends it' ../emulator.txt; do kill -0 $EMULATOR || exit 1; sleep 0.1; done`,
    `eval "$(grep ^export ../emulator.txt)"`,
  ].join("\n");
}
