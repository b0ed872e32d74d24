import { homedir } from "node:os";
import { join } from "node:path";

/** Variables that would change the behaviour of an engine, the provider or its runtime unnoticed. */
const LEFT_OUT = [
  /^TF_/i,
  /^TOFU_/i,
  /^GENAUTH_/i,
  /^(https?|all|no)_proxy$/i,
  /^NODE_(OPTIONS|EXTRA_CA_CERTS|TLS_REJECT_UNAUTHORIZED)$/,
  /^BUN_/,
  /^CDKTF_/,
];

/**
 * The environment in which the demo and the tests run an engine: this process's own, without the user's settings and without
 * the engine's version check.
 *
 * @param cliConfigFile an empty file that replaces the user's `~/.terraformrc`
 * @param additions variables of the run; they take precedence
 */
export function cleanEnvironment(
  cliConfigFile: string,
  additions: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !LEFT_OUT.some((pattern) => pattern.test(entry[0])),
  );
  return {
    ...Object.fromEntries(inherited),
    TF_CLI_CONFIG_FILE: cliConfigFile,
    TF_IN_AUTOMATION: "1",
    TF_INPUT: "0",
    CHECKPOINT_DISABLE: "1",
    ...additions,
  };
}

/** The variables of a home of its own, where a provider finds the code all the same that an earlier one has compiled. */
export function ownHome(folder: string): Record<"HOME" | "XDG_CACHE_HOME", string> {
  return { HOME: folder, XDG_CACHE_HOME: process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache") };
}
