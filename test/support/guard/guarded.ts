import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FORM, programPath } from "../provider-form";
import type { Child, Workspace } from "../workspace";

/** Runs an engine under the guard. */

/** The path of this package's command. */
export const COMMAND = programPath("cdktf-genauth");

/** The command line of a guard, up to its `--`. */
export function guardLine(...options: readonly string[]): string[] {
  return [...commandLine(COMMAND), "guard", ...options, "--"];
}

/**
 * The command line that starts this package's command.
 *
 * @param path where the command is
 */
export function commandLine(path: string): string[] {
  return path.endsWith(".js") ? [process.execPath, path] : [path];
}

/**
 * The command line of a guard that gets the key from a pipe, and from no environment.
 *
 * @param file holds the id of the key and the secret, a line each
 */
export function pipedGuardLine(file: string, ...options: readonly string[]): string[] {
  return [
    "env",
    ...["-u", "GENAUTH_ACCESS_KEY_ID", "-u", "GENAUTH_ACCESS_KEY_SECRET"],
    ...["sh", "-c", 'key=$1; shift; cat "$key" | "$@"', "sh", file],
    ...guardLine("--key-from-stdin", ...options),
  ];
}

/**
 * An expression for the environments of all processes. A process that ends meanwhile fails the list of the files, so it is made again.
 *
 * @param proc `/proc`, or a link to it
 */
export function readEnvironments(proc: string): string {
  const list = `fileset("${proc}", "*/environ")`;
  const lists = Array.from({ length: 20 }, () => list).join(", ");
  return `join("", [for f in try(${lists}) : try(file("${proc}/\${f}"), "")])`;
}

/** A line of an audit file. */
export type AuditLine = Readonly<Record<string, unknown>> & { readonly event: string };

/** Saves the plan `approved`, and writes its JSON beside it, as the job that asks for the approval does. */
export async function savePlan(workspace: Workspace): Promise<void> {
  const { code, text } = await workspace.plan("-out=approved.tfplan");
  if (code !== 2) throw new Error(`The plan changes nothing:\n${text}`);
  const json = await workspace.planJson("approved.tfplan");
  workspace.writeFiles({ "approved.json": JSON.stringify(json) });
}

let guards = 0;

/** Starts an apply under a guard for the plan `approved`. */
export function startApply(
  workspace: Workspace,
  args: readonly string[] = ["approved.tfplan"],
  options: readonly string[] = [],
): Child {
  const its = ["--plan", "approved.json", "--audit", "audit.jsonl", ...options];
  return startGuarded(workspace, its, ["apply", "-input=false", "-auto-approve", ...args]);
}

/**
 * Starts a command of the engine under a guard. The first of a file, and every one on executables, starts the installed provider; the
 * others connect to the source.
 *
 * @param options of the guard
 */
export function startGuarded(
  workspace: Workspace,
  options: readonly string[],
  [command, ...args]: readonly [command: string, ...args: string[]],
): Child {
  const line = (...more: readonly string[]) => [
    // A guard that a test kills leaves its folder, which goes with the workspace.
    "env",
    `TMPDIR=${workspace.folder}`,
    ...guardLine(...options, ...more),
  ];
  guards += 1;
  if (guards === 1 || FORM === "executable") return workspace.startUnder(line(), command, ...args);
  const socket = join(workspace.folder, `guard-${guards}.sock`);
  const given = { GENAUTH_GUARD: socket, GENAUTH_ACCESS_KEY_SECRET: "" };
  return workspace.startServedUnder(given, line("--listen", socket), command, ...args);
}

/** The audit file of a workspace, or of another folder. */
export function readAudit({ folder }: Pick<Workspace, "folder">): AuditLine[] {
  const lines = readFileSync(join(folder, "audit.jsonl"), "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as AuditLine);
}
