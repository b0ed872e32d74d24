import { execFileSync } from "node:child_process";
import { type ProcessEntry, readProcess } from "../operator";

/** The process of Terraform or OpenTofu that runs an apply. */
export interface EngineProcess extends Omit<ProcessEntry, "parent"> {
  /** A path that starts the same program again. */
  readonly program: string;
}

/**
 * Reads the process that runs the provisioner.
 *
 * @param pid its id, from the provisioner's shell
 * @throws Error if there is none, or the operating system does not show it
 */
export function readEngineProcess(pid: string): EngineProcess {
  try {
    const program = process.platform === "linux" ? programFromProc(pid) : programFromLsof(pid);
    return { ...readProcess(pid), program };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `Nobody was deleted: the command line of Terraform, process ${pid}, cannot be read. ${reason} ` +
        "The user who runs Terraform must have permission to see their own processes.",
      { cause },
    );
  }
}

/** Starts exactly the running file, even if another one has replaced it. */
export function programFromProc(pid: string): string {
  return `/proc/${pid}/exe`;
}

/** Where there is no `/proc`, as on macOS. */
export function programFromLsof(pid: string): string {
  const files = execFileSync("lsof", ["-a", "-p", pid, "-d", "txt", "-Fn"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  // The program is the first file mapped as text (source: lsof(8)).
  const program = /^n(.+)$/m.exec(files)?.[1];
  if (program === undefined) throw new Error("lsof does not name its program.");
  return program;
}

/** The command line of Terraform or OpenTofu. */
export interface EngineTask {
  /** Whether everything in the state is destroyed. */
  readonly destroying: boolean;
  /** The saved plan to apply, as given; absent if Terraform makes its own plan. */
  readonly planFile?: string;
  /** The options that set variables, as given. */
  readonly variables: readonly string[];
}

/**
 * Options of `apply` whose value is the next argument unless they contain `=` (source: Go's `flag`, both
 * engines' code).
 */
const WITH_VALUE = new Set([
  ..."backup exclude exclude-file json-into lock-timeout parallelism replace".split(" "),
  ..."state state-out target target-file var var-file".split(" "),
]);

/** Go's notations of false (source: `strconv.ParseBool`). */
const FALSE = new Set(["0", "f", "F", "false", "FALSE", "False"]);

/**
 * Reads Terraform's command line, because a destroy-time provisioner cannot tell whether its object is
 * replaced or destroyed.
 *
 * @param args Terraform's arguments, its own name first
 * @param environment may contain further arguments
 * @throws Error if the command is neither apply nor destroy
 */
export function readEngineTask(args: readonly string[], environment: NodeJS.ProcessEnv): EngineTask {
  const at = args.findIndex((argument, index) => index > 0 && /^(apply|destroy)$/.test(argument));
  const command = args[at];
  if (command === undefined) {
    throw new Error(
      "Nobody was deleted: this command must be run by terraform apply or tofu apply, but something else runs it, so it cannot " +
        "find out what happens to the set. Run apply.",
    );
  }
  const further = [`TF_CLI_ARGS_${command}`, "TF_CLI_ARGS"].flatMap((name) =>
    shellWords(environment[name] ?? ""),
  );
  const { options, rest } = takeApart([...further, ...args.slice(at + 1)]);
  const destroy = options.findLast(({ name }) => name === "destroy");
  // There is at most one, followed only by output options. If the operating system does not show where an
  // argument ends, an argument with spaces appears as several.
  const planFile = rest.filter((argument, index) => index === 0 || !argument.startsWith("-")).join(" ");
  return {
    destroying: command === "destroy" || (destroy !== undefined && !FALSE.has(destroy.value ?? "true")),
    planFile: planFile || undefined,
    variables: options
      .filter(({ name }) => name === "var" || name === "var-file")
      .map(({ name, value = "" }) => `-${name}=${value}`),
  };
}

/** Splits arguments as Go does: options up to the first other argument or `--`, and the rest. */
function takeApart(args: readonly string[]) {
  const options: { readonly name: string; readonly value: string | undefined }[] = [];
  let next = 0;
  for (; next < args.length; next++) {
    const [, name, value] = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(args[next] ?? "") ?? [];
    if (name === undefined) break;
    options.push({ name, value: value ?? (WITH_VALUE.has(name) ? args[++next] : undefined) });
  }
  return { options, rest: args.slice(args[next] === "--" ? next + 1 : next) };
}

/**
 * Splits a text as Terraform splits `TF_CLI_ARGS`: at spaces, with quotes and backslashes, up to the start of
 * another command (source: github.com/mattn/go-shellwords, which Terraform and OpenTofu use).
 */
export function shellWords(text: string): string[] {
  const [command = ""] = /^(?:\\.|"(?:[^"\\]|\\.)*"|'[^']*'|[^;&|<>])*/s.exec(text) ?? [];
  const words = command.match(/(?:\\.|"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'\\])+/gs) ?? [];
  return words.map((word) =>
    word.replaceAll(
      /\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/gs,
      (_, escaped?: string, doubleQuoted?: string, singleQuoted?: string) =>
        escaped ?? doubleQuoted?.replaceAll(/\\(.)/gs, "$1") ?? singleQuoted ?? "",
    ),
  );
}
