/**
 * Whether Terraform was told to destroy, as far as its arguments show; a saved plan shows nothing. A destroy-time
 * provisioner
 * is not told by itself whether its object is replaced or goes for good.
 *
 * @param args Terraform's arguments, its own name first
 * @param environment where Terraform takes further arguments from
 */
export function isDestroying(args: readonly string[], environment: NodeJS.ProcessEnv): boolean {
  const command = args.slice(1).find((argument) => !argument.startsWith("-"));
  const further = ["TF_CLI_ARGS", `TF_CLI_ARGS_${command ?? ""}`].flatMap(
    (name) => environment[name]?.split(/\s+/) ?? [],
  );
  return (
    command === "destroy" || [...args, ...further].some((argument) => /^--?destroy(=true)?$/.test(argument))
  );
}
