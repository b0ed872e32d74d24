import { execFileSync } from "node:child_process";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { BuildOptions } from "esbuild";
import { compileExecutable } from "../../scripts/executables/build";
import { ownPlatform } from "../../scripts/executables/platforms";
import { FORM } from "./provider-form";

/**
 * Bundles a test provider into one executable file, in the form of the real one.
 *
 * @param entryPoint its source
 * @param outfile the executable, in a separate folder
 */
export function bundleProvider(entryPoint: string, outfile: string): void {
  const script = FORM === "executable" ? `${outfile}.js` : outfile;
  const options: BuildOptions = {
    entryPoints: [entryPoint],
    outfile: script,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    logLevel: "error",
    banner: { js: "#!/usr/bin/env node" },
  };
  // In a separate process, because Jest's sandbox replaces globals that esbuild checks.
  const code = `require("esbuild").buildSync(${JSON.stringify(options)})`;
  execFileSync(process.execPath, ["-e", code], { cwd: __dirname });
  if (FORM === "executable") {
    compileExecutable(script, ownPlatform(), outfile);
    rmSync(script);
    return;
  }
  chmodSync(outfile, 0o755);
  writeFileSync(join(dirname(outfile), "package.json"), '{"type":"commonjs"}');
}

/** This machine's platform in Go's notation, such as `linux_amd64`. */
export function goPlatform(): string {
  return `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;
}
