import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe } from "@jest/globals";
import { findOsUser } from "../../../src/guard";

/** Tests that change users. They run as root on Linux only, as a container does; elsewhere they say so. */

const canRun = process.platform === "linux" && process.getuid?.() === 0;
if (!canRun) console.warn("Not run: the tests of the guard's users need root on Linux.");

/** `describe`, where tests can change users. */
export const whenRoot = canRun ? describe : describe.skip;

/** The user of the command, which runs the configuration. */
export const COMMAND_USER = "nobody";

/** The user of the guard. */
export const OTHER_USER = "daemon";

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
