import { once } from "node:events";
import { createInterface } from "node:readline";
import { Option } from "commander";
import { printable } from "../text";

/** The option that consents, which `obtainConsent` checks. */
export function consentOption(): Option {
  return new Option(
    "--consent <access key id>",
    "consent to changes in the pool of this access key; without it, say what would be done",
  );
}

/**
 * Obtains the consent to change a user pool, which is named twice: with an option, and on the terminal or in
 * a variable.
 *
 * @param named the access key id that the option names
 * @param id that of the pool
 * @param variable the variable that consents where nobody can type
 * @throws Error without consent to this very pool
 */
export async function obtainConsent(
  named: string,
  id: string,
  environment: NodeJS.ProcessEnv,
  variable: string,
): Promise<void> {
  if (named.trim() !== id)
    throw new Error(
      `Nothing was changed: --consent is ${printable(named)}, but the access key id is ${printable(id)}. Check which pool GENAUTH_ACCESS_KEY_ID names.`,
    );
  const consent = process.stdin.isTTY ? await typed() : environment[variable];
  if (consent?.trim() !== id)
    throw new Error(
      process.stdin.isTTY
        ? "Nothing was changed, because what you typed is not the access key id."
        : `Nothing was changed. Without a terminal, ${variable} must be the access key id.`,
    );
}

/** Asks on the terminal. @returns what was typed; nothing after Ctrl-C or Ctrl-D */
async function typed(): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  terminal.setPrompt("Type the access key id to begin: ");
  terminal.prompt();
  const [line] = (await Promise.race([once(terminal, "line"), once(terminal, "close")])) as string[];
  terminal.close();
  // The terminal's line goes on after the question.
  if (line === undefined) process.stderr.write("\n");
  return line ?? "";
}
