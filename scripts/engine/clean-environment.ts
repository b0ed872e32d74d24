/** What would change how an engine, the provider or Node.js behaves without being written down in the run itself. */
const LEFT_OUT = [
  /^TF_/i,
  /^TOFU_/i,
  /^GENAUTH_/i,
  /^(https?|all|no)_proxy$/i,
  /^NODE_(OPTIONS|TLS_REJECT_UNAUTHORIZED)$/,
  /^CDKTF_/,
];

/**
 * The environment in which the demo and the tests run an engine: this process's own, without settings of the person's
 * that would lead the run elsewhere, and with no call to the engine maker's version check.
 *
 * @param cliConfigFile an empty file that stands for the person's `~/.terraformrc`
 * @param additions what the run itself sets; wins over the rest
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
