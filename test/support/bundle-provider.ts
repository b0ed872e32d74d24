import { execFileSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { BuildOptions } from "esbuild";

/**
 * Bundles a test provider into one executable file, like the real one.
 *
 * @param entryPoint its source
 * @param outfile the executable, in a separate folder
 */
export function bundleProvider(entryPoint: string, outfile: string): void {
  const options: BuildOptions = {
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    logLevel: "error",
    banner: { js: "#!/usr/bin/env node" },
  };
  // In a separate process, because Jest's sandbox replaces globals that esbuild checks.
  const script = `require("esbuild").buildSync(${JSON.stringify(options)})`;
  execFileSync(process.execPath, ["-e", script], { cwd: __dirname });
  chmodSync(outfile, 0o755);
  writeFileSync(join(dirname(outfile), "package.json"), '{"type":"commonjs"}');
}

/** This machine's platform in Go's notation, such as `linux_amd64`. */
export function goPlatform(): string {
  return `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;
}
