import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { renameSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(__dirname, "../..");

/** What files of tests share: its content is the same, whichever of them made it. */
export const CACHE = join(ROOT, "node_modules", ".cache", "cdktf-genauth");

/**
 * Makes one script of a program, once for each build, which starts in half the time of its files. What V8 compiles of it is kept for the next
 * process, as the provider does: that takes another third of the time.
 *
 * @param source its file in the repository
 * @param edit changes its text
 * @returns the path of a script that starts it, which is another one for another text
 */
export function bundle(name: string, source: string, edit = (text: string) => text): string {
  const script = join(CACHE, `${name}.cjs`);
  // The stamp of the last build, whose inputs are also those of the scripts.
  const changed = [join(CACHE, "build.sha256"), join(ROOT, source)].map((file) => statSync(file).mtimeMs);
  if ((statSync(script, { throwIfNoEntry: false })?.mtimeMs ?? 0) > Math.max(...changed)) return script;
  const program = edit(esbuild([source])).replace(/^#!.*/, "");
  const place = join(CACHE, `${name}-program.cjs`);
  replace(place, program);
  const start = esbuild(
    ["--loader=ts"],
    `import { requireKept } from "./src/provider/require-kept";
     requireKept(${JSON.stringify(place)}, { XDG_CACHE_HOME: ${JSON.stringify(CACHE)} }, { debug: () => undefined });`,
  );
  // What is made of its content is told by the digest.
  const digest = createHash("sha256").update(program).digest("hex");
  replace(script, `${start}// ${digest}\n`);
  return script;
}

/** @param input the text of the program, unless the arguments name its file */
function esbuild(args: readonly string[], input = ""): string {
  const options = ["--bundle", "--platform=node", "--log-level=error"];
  return execFileSync(join(ROOT, "node_modules", ".bin", "esbuild"), [...args, ...options], {
    cwd: ROOT,
    input,
    encoding: "utf8",
    maxBuffer: Infinity,
  });
}

/** Another worker may just start the script. */
function replace(file: string, text: string): void {
  writeFileSync(`${file}.${process.pid}`, text);
  renameSync(`${file}.${process.pid}`, file);
}
