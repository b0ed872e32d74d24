import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod";
import { cacheFolder } from "../../test/support/engine/opentofu-cache";
import { RUNTIMES, type Platform } from "./platforms";

/** `package.json` and `package-lock.json` here name the runtimes, with the checksums of their packages. */
const PINNED = join(__dirname, "runtimes");

/** The lock file of the runtimes. */
export const RUNTIME_LOCK = join(PINNED, "package-lock.json");

const Manifest = z.object({ optionalDependencies: z.record(z.string(), z.string()) });

/** The version of the runtime in all executables. */
export function runtimeVersion(): string {
  const { optionalDependencies } = Manifest.parse(
    JSON.parse(readFileSync(join(PINNED, "package.json"), "utf8")),
  );
  const [version, ...others] = new Set(Object.values(optionalDependencies));
  if (version === undefined || others.length > 0) {
    throw new Error(`${PINNED}/package.json must name one version for all runtimes.`);
  }
  return version;
}

/**
 * Finds a platform's runtime in the cache folder. The first time, npm installs it there, from the locked package.
 *
 * The runtimes are no dependencies of this project: `npm ci` would install those of all platforms, 400 MB, or refuse those of
 * other platforms.
 *
 * @returns the path of the runtime's executable
 * @throws Error with npm's output, if the package cannot be installed
 */
export function findRuntime(platform: Platform): string {
  const { name, os, cpu } = RUNTIMES[platform];
  const folder = join(cacheFolder(), `bun-${runtimeVersion()}`, platform);
  const runtime = join(folder, "node_modules", name, "bin", "bun");
  if (existsSync(runtime)) return runtime;

  mkdirSync(dirname(folder), { recursive: true });
  const aside = mkdtempSync(join(dirname(folder), `${platform}-`));
  try {
    for (const file of ["package.json", "package-lock.json"])
      copyFileSync(join(PINNED, file), join(aside, file));
    const only = [`--os=${os}`, `--cpu=${cpu}`, "--libc=glibc", "--ignore-scripts"];
    execFileSync("npm", ["ci", ...only, "--no-audit", "--no-fund"], { cwd: aside, stdio: "pipe" });
    if (!existsSync(join(aside, "node_modules", name, "bin", "bun"))) {
      throw new Error(
        `npm did not install ${name}. Use npm 10.4 or later, which knows --os, --cpu and --libc.`,
      );
    }
    // Another process may have just done the same.
    if (!existsSync(runtime)) renameSync(aside, folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return runtime;
}
