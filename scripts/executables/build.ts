import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { unsign } from "macho-unsign";
import { ownPlatform, RUNTIMES, type Platform } from "./platforms";
import { findRuntime } from "./runtime";

/** The executables, and the scripts in `dist/` from which they are compiled. */
const ENTRIES = {
  "terraform-provider-genauth": "genauth-provider.js",
  "cdktf-genauth": "cdktf-genauth.js",
} as const;

export type ExecutableName = keyof typeof ENTRIES;

const EXECUTABLE_NAMES = Object.keys(ENTRIES) as ExecutableName[];

/** The folder of embedded files, as a program sees it. Bun's own value would be the folder of the build. */
const EMBEDDED = "/$bunfs/root";

const OPTIONS = [
  "--compile",
  // No code is parsed at a start.
  "--bytecode",
  // Without shorter identifiers: node-fetch names its errors after their classes, and --keep-names does not keep these.
  "--minify-syntax",
  "--minify-whitespace",
  // By default, an executable reads `.env` and `bunfig.toml` in the folder where it runs; the latter can name code to run.
  "--no-compile-autoload-dotenv",
  "--no-compile-autoload-bunfig",
  "--no-compile-autoload-tsconfig",
  "--no-compile-autoload-package-json",
  `--define=__dirname=${JSON.stringify(EMBEDDED)}`,
  // An optional dependency of a proxy agent, for a form of authentication that is not supported here.
  "--external=kerberos",
];

/** What to build. */
export interface ExecutablesBuild {
  /** The folder with the built scripts: `dist/`. */
  readonly scripts: string;
  /** The folder to write to: `<out>/<platform>/<executable>`. */
  readonly out: string;
  readonly platforms: readonly Platform[];
}

/**
 * Compiles the provider and the command, each with its runtime, for some platforms. The same scripts give the same bytes, in
 * any folder, on any machine of the same platform.
 *
 * @throws Error with the compiler's output
 */
export function buildExecutables({ scripts, out, platforms }: ExecutablesBuild): void {
  for (const platform of platforms) {
    const folder = join(out, platform);
    mkdirSync(folder, { recursive: true });
    for (const name of EXECUTABLE_NAMES) {
      compileExecutable(join(scripts, ENTRIES[name]), platform, join(folder, name));
    }
  }
}

/**
 * Compiles one program in an empty folder, where no settings of Bun are. The executable's name is part of what is compiled.
 *
 * @param entry the script
 * @param outfile the executable to write; its folder exists
 * @throws Error with the compiler's output
 */
export function compileExecutable(entry: string, platform: Platform, outfile: string): void {
  const folder = mkdtempSync(join(tmpdir(), "genauth-executable-"));
  const made = join(folder, basename(outfile));
  try {
    const { os, cpu } = RUNTIMES[platform];
    const target = [`--target=bun-${os}-${cpu}`, `--compile-executable-path=${findRuntime(platform)}`];
    execFileSync(findRuntime(ownPlatform()), ["build", ...OPTIONS, ...target, entry, `--outfile=${made}`], {
      stdio: "pipe",
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder },
    });
    // Bun signs executables for arm64 itself. On x64 its own signature stays, which no longer fits; macOS needs none there.
    if (platform === "darwin_amd64") removeSignature(made);
    chmodSync(made, 0o755);
    // Into the same folder first, so that the executable appears in one step even on another file system.
    const aside = `${outfile}.${process.pid}.tmp`;
    copyFileSync(made, aside);
    renameSync(aside, outfile);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function removeSignature(executable: string): void {
  const unsigned = unsign(Uint8Array.from(readFileSync(executable)).buffer);
  if (unsigned === null) throw new Error(`${executable} has no signature to remove. Does Bun sign it now?`);
  writeFileSync(executable, new Uint8Array(unsigned));
}
