import { tmpdir } from "node:os";
import { type Child, startChild } from "../../support/engine/child";
import { cleanEnvironment } from "../../support/engine/clean-environment";
import { FORM, programPath } from "../../support/provider-form";

/**
 * Starts `genauth-users` in a folder outside this project.
 *
 * @param options variables of the run, and options of Node.js before the script
 */
export function startCommand(
  args: readonly string[],
  { env = {}, nodeOptions = [] }: CommandOptions = {},
): Child {
  const program = programPath("genauth-users");
  const [file, before] = FORM === "script" ? [process.execPath, [...nodeOptions, program]] : [program, []];
  return startChild(file, [...before, ...args], {
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
