import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { type Child, startChild } from "../../scripts/engine/child";
import { cleanEnvironment } from "../../scripts/engine/clean-environment";

/** The command as shipped. */
const BUNDLE = resolve(__dirname, "..", "..", "dist", "genauth-users.js");

/**
 * Starts `genauth-users` in a folder outside this project.
 *
 * @param options variables of the run, and options of Node.js before the program
 */
export function startCommand(
  args: readonly string[],
  { env = {}, nodeOptions = [] }: CommandOptions = {},
): Child {
  return startChild(process.execPath, [...nodeOptions, BUNDLE, ...args], {
    cwd: tmpdir(),
    env: cleanEnvironment("", env),
  });
}

interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeOptions?: readonly string[];
}

/** The variables that a running `genauth-users emulator` prints to export. */
export function exportsOf(emulator: Child): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...emulator.text().matchAll(/^export (\w+)=(\S+)$/gm)].map(([, name = "", value = ""]) => [name, value]),
  );
}
