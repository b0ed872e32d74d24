// GoReleaser builds programs in Go; these are archives of other programs, as Terraform's registries want them.
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { version } from "../../package.json";
import { buildExecutables } from "../executables/build";
import { ownPlatform, PLATFORMS } from "../executables/platforms";
import { buildRelease } from "./build";

/**
 * `npm run release:build`: builds the executables, and a release of them and of the packages in `jsii/`, in `release/`. `--own`: for
 * this machine's platform only, to try it. RELEASE_KEY_FILE names the RSA private key that signs it, RELEASE_KEY_PASSPHRASE opens the key.
 * The time of the signature is SOURCE_DATE_EPOCH, or else that of the commit.
 */
const OWN = "--own";
const args = process.argv.slice(2);
const root = join(__dirname, "../..");

async function build(): Promise<void> {
  const platforms = args.length > 0 ? [ownPlatform()] : PLATFORMS;
  const {
    RELEASE_KEY_FILE: keyFile,
    RELEASE_KEY_PASSPHRASE: passphrase,
    SOURCE_DATE_EPOCH: epoch,
  } = process.env;
  const key = keyFile ? { armored: readFileSync(keyFile, "utf8"), passphrase } : undefined;
  const seconds =
    epoch ?? execFileSync("git", ["log", "-1", "--format=%ct"], { cwd: root, encoding: "utf8" });
  const executables = join(root, "executables");
  const out = join(root, "release");
  buildExecutables({ scripts: join(root, "dist"), out: executables, platforms });
  rmSync(out, { recursive: true, force: true });
  await buildRelease({
    root,
    executables,
    packages: join(root, "jsii"),
    out,
    version,
    platforms,
    key,
    date: new Date(Number(seconds) * 1000),
  });
  const signed = key ? "signed" : "not signed, because RELEASE_KEY_FILE names no key";
  process.stdout.write(`Release ${version} is in ${out}: ${platforms.join(", ")}; ${signed}.\n`);
}

if (args.every((arg) => arg === OWN)) {
  build().catch((problem: unknown) => {
    process.stderr.write(`error: ${problem instanceof Error ? problem.message : String(problem)}\n`);
    process.exitCode = 1;
  });
} else {
  process.stderr.write(`npm run release:build takes ${OWN} or nothing.\n`);
  process.exitCode = 2;
}
