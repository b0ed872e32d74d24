// Bun compiles; it neither takes its runtimes from a lock file nor removes a signature that no longer fits.
import { join } from "node:path";
import { buildExecutables } from "./build";
import { ownPlatform, PLATFORMS } from "./platforms";

/**
 * `npm run executables:build`: compiles the provider and the command for all platforms, or only for this machine's with
 * `--own`. Exit code 0, 1 if it fails, 2 for wrong usage.
 */
const OWN = "--own";
const args = process.argv.slice(2);
const root = join(__dirname, "../..");

if (args.every((arg) => arg === OWN)) {
  const platforms = args.length > 0 ? [ownPlatform()] : PLATFORMS;
  const out = join(root, "executables");
  try {
    buildExecutables({ scripts: join(root, "dist"), out, platforms });
    process.stdout.write(`Built in ${out}: ${platforms.join(", ")}.\n`);
  } catch (problem) {
    process.stderr.write(`error: ${problem instanceof Error ? problem.message : String(problem)}\n`);
    process.exitCode = 1;
  }
} else {
  process.stderr.write(`npm run executables:build takes ${OWN} or nothing.\n`);
  process.exitCode = 2;
}
