// jsii-pacmak packs what jsii compiled for one CDK; the packages here are for two, from one source.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { version } from "../../package.json";
import { compileEdition } from "./compile";
import { EDITIONS } from "./editions";
import { packLanguages } from "./languages";
import { stageEdition } from "./stage";

/**
 * `npm run jsii:build`: builds the packages for other languages than TypeScript in `jsii/`: a wheel for each CDK and a Go module,
 * and the package that each of them holds, in a folder named after it. `--check`: only compiles the source with jsii, which
 * refuses a public type that another language cannot have. The time of the files is SOURCE_DATE_EPOCH, or else that of the commit.
 */
const CHECK = "--check";
const args = process.argv.slice(2);
const root = join(__dirname, "../..");

async function build(): Promise<void> {
  // The packages hold the modes of their files, which must not depend on who builds.
  process.umask(0o022);
  const aside = mkdtempSync(join(root, ".build-"));
  try {
    const out = join(aside, "jsii");
    mkdirSync(out);
    for (const edition of EDITIONS) {
      const compiled = join(aside, edition.cdk);
      compileEdition(root, compiled, edition);
      if (args.includes(CHECK)) continue;
      const staged = join(out, edition.name);
      await stageEdition(root, compiled, staged, edition);
      const scratch = join(aside, `${edition.cdk}-languages`);
      await packLanguages({ root, staged, scratch, out, edition, version, time: timeOfFiles() });
      rmSync(join(staged, "node_modules"));
    }
    if (args.includes(CHECK)) return;
    rmSync(join(root, "jsii"), { recursive: true, force: true });
    renameSync(out, join(root, "jsii"));
    process.stdout.write(
      `The packages of version ${version} for other languages are in ${join(root, "jsii")}.\n`,
    );
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function timeOfFiles(): number {
  const commit = () => execFileSync("git", ["log", "-1", "--format=%ct"], { cwd: root, encoding: "utf8" });
  return Number(process.env.SOURCE_DATE_EPOCH ?? commit());
}

if (args.every((arg) => arg === CHECK)) {
  build().catch((problem: unknown) => {
    process.stderr.write(`error: ${problem instanceof Error ? problem.message : String(problem)}\n`);
    process.exitCode = 1;
  });
} else {
  process.stderr.write(`npm run jsii:build takes ${CHECK} or nothing.\n`);
  process.exitCode = 2;
}
