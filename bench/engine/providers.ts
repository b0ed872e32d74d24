import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { runChild } from "../../test/support/engine/child";
import { onPath } from "../../test/support/engine/engine";
import { compileExecutable } from "../../scripts/executables/build";
import { ownPlatform } from "../../scripts/executables/platforms";
import { findProviderPackage } from "../../src/install";
import type { BenchProvider } from "./folder";

/** The built provider of this project. */
export function ownProvider(): BenchProvider {
  const { executable, modules } = findProviderPackage();
  return { name: "genauth", executable, modules };
}

/** The provider in a folder of built scripts, such as the `dist/` of an earlier commit. */
export function providerOf(scripts: string): BenchProvider {
  return {
    name: "genauth",
    executable: join(scripts, "terraform-provider-genauth"),
    modules: ["genauth-provider.js", "genauth-service.js"].map((name) => join(scripts, name)),
  };
}

/**
 * The provider compiled to an executable.
 *
 * @param scripts the folder of the built scripts
 * @param cache the folder to keep it in
 * @throws Error with the compiler's output, or npm's if it cannot install the runtime
 */
export function ownExecutable(scripts: string, cache: string): BenchProvider {
  const executable = join(cache, "terraform-provider-genauth");
  mkdirSync(cache, { recursive: true });
  compileExecutable(join(scripts, "genauth-provider.js"), ownPlatform(), executable);
  return { name: "genauth", executable, modules: [] };
}

/**
 * The Go provider on terraform-plugin-framework, built on first use.
 *
 * @param cache the folder to keep it in
 * @returns undefined if Go is not installed
 * @throws Error with the compiler's output if the build fails
 */
export async function frameworkProvider(cache: string): Promise<BenchProvider | undefined> {
  const go = onPath("go");
  if (go === undefined) return undefined;
  const executable = join(cache, "terraform-provider-framework");
  const { code, text } = await runChild(go, ["build", "-trimpath", "-o", executable, "."], {
    cwd: join(__dirname, "..", "go-provider"),
    env: { ...inheritedEnvironment(), GOWORK: "off" },
  });
  if (code !== 0) throw new Error(`The Go provider cannot be built:\n${text}`);
  return { name: "framework", executable, modules: [] };
}

/** The provider with one resource per user, bundled like this project's provider. */
export async function userProvider(cache: string): Promise<BenchProvider> {
  const executable = join(cache, "terraform-provider-oneuser");
  mkdirSync(cache, { recursive: true });
  await build({
    entryPoints: [join(__dirname, "..", "user-provider", "main.ts")],
    outfile: executable,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    logLevel: "warning",
    banner: { js: "#!/usr/bin/env node" },
  });
  chmodSync(executable, 0o755);
  return { name: "oneuser", executable, modules: [] };
}

function inheritedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
