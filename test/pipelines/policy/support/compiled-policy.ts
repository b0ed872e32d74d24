import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { newFolder } from "../../../support/at-end";

/** The example that teams copy. */
export const EXAMPLE = resolve(__dirname, "../../../../examples", "policy");

const SOURCE = join(EXAMPLE, "policy", "genauth.rego");
const COMPILED = join(__dirname, "genauth.wasm.gz");
const COMPILED_FROM = join(__dirname, "genauth.rego.sha256");

/**
 * The example's policy, compiled to WebAssembly by Open Policy Agent, because there is no evaluator of Rego for Node.js.
 * UPDATE_POLICY=1 runs the policy's tests and compiles it again, with the `opa` on the PATH.
 *
 * @throws Error if the policy has changed since it was compiled
 */
export function readCompiledPolicy(): Buffer {
  if (process.env.UPDATE_POLICY === "1") compilePolicy();
  const hash = hashOf(readFileSync(SOURCE));
  if (readFileSync(COMPILED_FROM, "utf8").trim() !== hash)
    throw new Error("genauth.rego was changed. With opa on the PATH, run this test with UPDATE_POLICY=1.");
  return gunzipSync(readFileSync(COMPILED));
}

function compilePolicy(): void {
  const folder = newFolder();
  run("opa", ["test", join(EXAMPLE, "policy")]);
  const bundle = join(folder, "bundle.tar.gz");
  run("opa", ["build", "-t", "wasm", "-e", "main/deny", "-o", bundle, SOURCE]);
  run("tar", ["-xzf", bundle, "-C", folder, "/policy.wasm"]);
  writeFileSync(COMPILED, gzipSync(readFileSync(join(folder, "policy.wasm")), { level: 9 }));
  writeFileSync(COMPILED_FROM, `${hashOf(readFileSync(SOURCE))}\n`);
}

function run(program: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} failed: ${error?.message ?? stderr}`);
}

function hashOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
