import { isAscii } from "node:buffer";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire, wrap } from "node:module";
import { dirname, join } from "node:path";
import { cachedDataVersionTag } from "node:v8";
import { Script } from "node:vm";

/** What a process did: more code is compiled in one that called GenAuth than in one that only described or validated. */
const STAGES = ["operation", "description"] as const;
type Stage = (typeof STAGES)[number];

/** Below the folder for caches. */
const FOLDERS = ["cdktf-genauth", "compiled"] as const;

const DIGEST_BYTES = 32;

/** A module whose compiled code is kept for the next process. */
export interface KeptModule<M> {
  readonly exports: M;
  /** To be called when this process starts an operation: its code is worth keeping then, too. */
  readonly operates: () => void;
}

/**
 * Loads a CommonJS module with the compiled code that an earlier process kept, and keeps it if none did. A plan starts three
 * processes that load the same code, and compiling takes a fifth of the plan's CPU time.
 *
 * Node.js's own cache, from 22.1 on, is not used: it keeps only what the first process compiled, which describes the schema.
 *
 * The cache is in the user's own cache folder: any user of the machine could place code in Node.js's default folder for
 * temporary files, and a cache beside the provider would change the folder that a lock file pins. Its file is named after
 * the SHA-256 of the source, and V8's version and flags; it holds the SHA-256 of its content, since V8 trusts what it reads.
 * If the folder is not writable, the module is compiled each time.
 *
 * @param environment names the user's folders
 */
export function requireKept<M>(file: string, { XDG_CACHE_HOME, HOME }: NodeJS.ProcessEnv): KeptModule<M> {
  const platformDefault = HOME && join(HOME, process.platform === "darwin" ? "Library/Caches" : ".cache");
  const caches = XDG_CACHE_HOME || platformDefault;
  const bytes = readFileSync(file);
  const tag = cachedDataVersionTag();
  const name = `${sha256(bytes).toString("hex").slice(0, 32)}-${process.version}-${process.arch}-${tag}`;
  const path = (stage: Stage) => caches && join(caches, ...FOLDERS, `${name}-${stage}`);

  let kept: Buffer | undefined;
  const stage = STAGES.find((candidate) => (kept = readKept(path(candidate))) !== undefined);
  const source = bytes.toString(isAscii(bytes) ? "latin1" : "utf8");
  const script = new Script(wrap(source), { filename: file, cachedData: kept });
  const isUsed = stage !== undefined && script.cachedDataRejected !== true;
  let reached: Stage = "description";
  process.once("exit", (code) => {
    if (code !== 0 || (isUsed && (stage === reached || stage === "operation"))) return;
    // Large requests change a flag, and V8 would refuse the code.
    if (cachedDataVersionTag() === tag) keep(path(reached), script);
  });
  const module = { exports: {} };
  const run = script.runInThisContext() as (...given: unknown[]) => void;
  run.call(module.exports, module.exports, createRequire(file), module, file, dirname(file));
  return { exports: module.exports as M, operates: () => void (reached = "operation") };
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

function readKept(path: string | undefined): Buffer | undefined {
  if (!path) return undefined;
  try {
    const bytes = readFileSync(path);
    const content = bytes.subarray(DIGEST_BYTES);
    return sha256(content).equals(bytes.subarray(0, DIGEST_BYTES)) ? content : undefined;
  } catch {
    return undefined;
  }
}

function keep(path: string | undefined, script: Script): void {
  if (!path) return;
  const aside = `${path}.${process.pid}.tmp`;
  try {
    const content = script.createCachedData();
    makeFolders(dirname(path));
    writeFileSync(aside, Buffer.concat([sha256(content), content]), { mode: 0o600, flag: "wx" });
    renameSync(aside, path);
  } catch {
    // Works without.
  }
}

/** Not `recursive`: Node.js never returns from that where the parent exists and refuses with ENOENT, as `/proc` does. */
function makeFolders(folder: string): void {
  const caches = join(folder, ...FOLDERS.map(() => ".."));
  for (const each of [caches, dirname(folder), folder]) {
    if (!existsSync(each)) mkdirSync(each, { mode: 0o700 });
  }
}
