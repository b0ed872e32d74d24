import { isAscii } from "node:buffer";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire, wrap } from "node:module";
import { dirname } from "node:path";
import { cachedDataVersionTag } from "node:v8";
import { Script } from "node:vm";
import type { Logger } from "../plugin";
import { CompileCache } from "./compile-cache";

/** A module that was loaded with the compiled code of an earlier process. */
export interface KeptModule<M> {
  readonly exports: M;
  /** To be called once this process will call GenAuth: what it compiled is worth keeping then, too. */
  readonly beforeCalls: () => void;
}

/**
 * Loads a CommonJS module with the compiled code that an earlier process kept, and keeps it for the next one.
 * A plan starts three processes that load the same code, and compiling takes a fifth of the plan's CPU time.
 *
 * Node.js's own cache, from 22.1 on, is not used: it keeps only what the first process compiled, which
 * describes the schema.
 *
 * Whatever is wrong with the cache is a line in the log, and the module is compiled.
 *
 * @param environment names the user's folders
 */
export function requireKept<M>(file: string, environment: NodeJS.ProcessEnv, log: Logger): KeptModule<M> {
  const cache = CompileCache.of(environment);
  if (!cache) return { exports: createRequire(file)(file) as M, beforeCalls: () => undefined };
  const bytes = readFileSync(file);
  // V8 refuses code of another version or processor, or that was compiled with other flags.
  const tag = cachedDataVersionTag();
  const digest = createHash("sha256").update(bytes).digest("hex");
  const name = `${digest}-${process.version}-${process.arch}-${tag}`;

  const kept = tried("compiled code cannot be used", () => cache.read(name), log);
  // V8 takes one byte for each character then, and need not decode them.
  const source = bytes.toString(isAscii(bytes) ? "latin1" : "utf8");
  const script = new Script(wrap(source), { filename: file, cachedData: kept?.code });
  const isUsed = kept !== undefined && script.cachedDataRejected === false;
  let isOfCall = false;
  process.once("exit", (exitCode) => {
    if (exitCode !== 0 || (isUsed && (kept.isOfCall || !isOfCall))) return;
    // Large requests change a flag, and no process would accept the code.
    if (cachedDataVersionTag() !== tag) return;
    const keep = () => cache.keep(name, { code: script.createCachedData(), isOfCall });
    tried("compiled code cannot be kept", keep, log);
  });

  const module = { exports: {} };
  const run = script.runInThisContext() as (...given: readonly unknown[]) => void;
  run.call(module.exports, module.exports, createRequire(file), module, file, dirname(file));
  return { exports: module.exports as M, beforeCalls: () => void (isOfCall = true) };
}

function tried<T>(message: string, use: () => T, log: Logger): T | undefined {
  try {
    return use();
  } catch (error) {
    log.debug(message, { reason: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
}
