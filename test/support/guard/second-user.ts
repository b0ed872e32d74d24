import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { basename, join } from "node:path";
import { describe } from "@jest/globals";
import { findOsUser } from "../../../src/guard";
import { newFolder } from "../at-end";
import type { Engine } from "../engine/engines";

/** Tests that change users. They run as root on Linux only, as a container does; elsewhere they say so. */

const canRun = process.platform === "linux" && process.getuid?.() === 0;
if (!canRun) console.warn("Not run: the tests of the guard's users need root on Linux.");

/** `describe`, where tests can change users. */
export const whenRoot = canRun ? describe : describe.skip;

/** The user of the command, which runs the configuration. */
export const COMMAND_USER = "nobody";

/** The user of the guard. */
export const OTHER_USER = "daemon";

/**
 * A program that every user can start: the given one or, where its folder is closed to others, a copy. What root has built in its
 * home folder is closed, like the OpenTofu of the demo.
 */
export function openToAll(program: string): string {
  if (!canRun) return program;
  const { uid, gid } = findOsUser(COMMAND_USER);
  if (spawnSync("test", ["-x", program], { uid, gid }).status === 0) return program;
  const folder = newFolder();
  chmodSync(folder, 0o755);
  const copy = join(folder, basename(program));
  copyFileSync(program, copy);
  chmodSync(copy, 0o755);
  return copy;
}

/** An engine that every user can start. */
export function engineOpenToAll(engine: Engine): Engine {
  return { ...engine, path: openToAll(engine.path) };
}

/** Makes a folder and everything in it a user's. */
export function giveTo(folder: string, name: string): void {
  const { uid, gid } = findOsUser(name);
  const providers = join(folder, ".terraform", "providers");
  if (existsSync(providers)) {
    // They are links to a folder of this process's user.
    const copied = `${providers}.copied`;
    cpSync(providers, copied, { recursive: true, dereference: true });
    rmSync(providers, { recursive: true });
    renameSync(copied, providers);
  }
  // Links themselves, and nothing behind them.
  const { status, stderr } = spawnSync("chown", ["-R", "-h", `${uid}:${gid}`, folder], { encoding: "utf8" });
  if (status !== 0) throw new Error(`The folder cannot be given to ${name}: ${stderr}`);
}

/** The files of a folder that hold a text. Links are not followed. */
export function filesHolding(folder: string, text: string): string[] {
  return filesBelow(folder)
    .filter((file) => readFileSync(file).includes(text))
    .map((file) => file.slice(folder.length + 1));
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : entry.isFile() ? [path] : [];
  });
}
