import { execFileSync } from "node:child_process";
import { type ProcessEntry, readProcess } from "../operator";

/** The process of Terraform or OpenTofu that runs an apply. */
export interface EngineProcess extends Omit<ProcessEntry, "parent"> {
  /** A path that starts the same program once more. */
  readonly program: string;
}

/**
 * Looks at the process that runs the provisioner.
 *
 * @param pid its number, as the provisioner's shell gives it
 * @throws Error where there is none, or the system does not tell
 */
export function readEngineProcess(pid: string): EngineProcess {
  try {
    return { ...readProcess(pid), program: engineProgram(pid) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `Nobody was deleted: it cannot be seen what Terraform, process ${pid}, was asked to do. ${reason} ` +
        "The user that runs Terraform must be allowed to see its own processes.",
      { cause },
    );
  }
}

/**
 * A path that starts the program of a process once more.
 *
 * @throws Error where the system does not tell
 */
function engineProgram(pid: string): string {
  return process.platform === "linux" ? programFromProc(pid) : programFromLsof(pid);
}

/** Starts the very file that runs, also where another one lies in its place by now. */
export function programFromProc(pid: string): string {
  return `/proc/${pid}/exe`;
}

/** Where there is no `/proc`, as on macOS. */
export function programFromLsof(pid: string): string {
  const files = execFileSync("lsof", ["-a", "-p", pid, "-d", "txt", "-Fn"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  // The program is the first of the files that are mapped as text (source: lsof(8)).
  const program = /^n(.+)$/m.exec(files)?.[1];
  if (program === undefined) throw new Error("lsof does not name its program.");
  return program;
}

/** What Terraform or OpenTofu was asked to do. */
export interface EngineTask {
  /** Everything that the state holds goes for good. */
  readonly destroying: boolean;
  /** The saved plan that is applied, as it was given; absent where Terraform plans by itself. */
  readonly planFile?: string;
  /** The options that give variables a value, as they were given. */
  readonly variables: readonly string[];
}

/** Options of `apply` that take the next argument where they have no `=` (source: Go's `flag`, both engines' code). */
const WITH_VALUE = new Set([
  ..."backup exclude exclude-file json-into lock-timeout parallelism replace".split(" "),
  ..."state state-out target target-file var var-file".split(" "),
]);

/** How Go spells what is not true (source: `strconv.ParseBool`). */
const FALSE = new Set(["0", "f", "F", "false", "FALSE", "False"]);

/**
 * Reads what Terraform was asked to do. A destroy-time provisioner is not told by itself whether its object is replaced
 * or goes for good.
 *
 * @param args Terraform's arguments, its own name first
 * @param environment where Terraform takes further arguments from
 * @throws Error where it neither applies nor destroys
 */
export function readEngineTask(args: readonly string[], environment: NodeJS.ProcessEnv): EngineTask {
  const at = args.findIndex((argument, index) => index > 0 && /^(apply|destroy)$/.test(argument));
  const command = args[at];
  if (command === undefined) {
    throw new Error(
      "Nobody was deleted: this is for terraform apply and tofu apply, and something else runs it, so nobody can say what " +
        "is to become of the set. Run apply.",
    );
  }
  const further = [`TF_CLI_ARGS_${command}`, "TF_CLI_ARGS"].flatMap((name) =>
    shellWords(environment[name] ?? ""),
  );
  const { options, rest } = takeApart([...further, ...args.slice(at + 1)]);
  const destroy = options.findLast(({ name }) => name === "destroy");
  // One at most, and after it only options of the output. Where the system does not say where an argument ends, blanks in
  // it have made several of it.
  const planFile = rest.filter((argument, index) => index === 0 || !argument.startsWith("-")).join(" ");
  return {
    destroying: command === "destroy" || (destroy !== undefined && !FALSE.has(destroy.value ?? "true")),
    ...(planFile !== "" && { planFile }),
    variables: options
      .filter(({ name }) => name === "var" || name === "var-file")
      .map(({ name, value = "" }) => `-${name}=${value}`),
  };
}

interface Option {
  readonly name: string;
  readonly value?: string | undefined;
}

/** Options up to the first argument that is none, or up to `--`, as Go takes them apart, and what follows. */
function takeApart(args: readonly string[]): { options: Option[]; rest: readonly string[] } {
  const options: Option[] = [];
  let next = 0;
  for (; next < args.length; next++) {
    const [, name, value] = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(args[next] ?? "") ?? [];
    if (name === undefined) break;
    const taken = value ?? (WITH_VALUE.has(name) ? args[++next] : undefined);
    options.push({ name, value: taken });
  }
  return { options, rest: args.slice(args[next] === "--" ? next + 1 : next) };
}

/**
 * Takes a text apart as Terraform does with `TF_CLI_ARGS`: at blanks, with quotes and backslashes, and only up to what
 * would begin another command (source: github.com/mattn/go-shellwords, which Terraform and OpenTofu use).
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
