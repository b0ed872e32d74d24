import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { OsUsers } from "../guard";
import { superviseProgram, underKeeper } from "../guard/command";
import { findOsUser, isRoot } from "../guard/os-user";
import { printableLines, withoutCommands } from "../text";
import { reachEnvironment } from "./environment";

/** How a program runs: with an environment that is whole, as a user, to its end. */
export interface ProgramOptions {
  readonly folder: string;
  /** Nothing is inherited. */
  readonly environment: NodeJS.ProcessEnv;
  readonly user?: OsUsers["command"];
  /** What it reads; default nothing. */
  readonly input?: string;
  /** Whether its standard output is shown, too; its standard error always is. */
  readonly isShown?: boolean;
}

/** How a program ended. */
export interface ProgramEnd {
  /** 128 and the number of the signal, if one ended it. */
  readonly code: number;
  readonly output: string;
  /** What it printed on standard error. */
  readonly errors: string;
}

/**
 * Runs a program of a job. What it prints reaches the log in a form in which no line is a command to the
 * runner of GitHub.
 *
 * It has a group of its own, so a signal reaches it once, through this process: an engine that gets two gives
 * up its state.
 *
 * @throws Error if it cannot be started
 */
export async function startProgram(
  [program = "", ...args]: readonly string[],
  { folder, environment, user, input, isShown = false }: ProgramOptions,
): Promise<ProgramEnd> {
  const { child, ended } = superviseProgram(program, () =>
    spawn(program, args, {
      cwd: folder,
      env: environment,
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
      ...(user && { uid: user.uid, gid: user.gid }),
    }),
  );
  const output: string[] = [];
  const errors: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => output.push(text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => errors.push(text));
  for (const input of isShown ? [child.stdout, child.stderr] : [child.stderr])
    createInterface({ input }).on("line", showLine);
  // A program that ends before it has read everything is no failure of this one.
  child.stdin.on("error", () => undefined).end(input ?? "");
  return { code: await ended, output: output.join(""), errors: errors.join("") };
}

/** The same for a program that must end well. @returns its output @throws Error with its exit code */
export async function requireSuccess(command: readonly string[], options: ProgramOptions): Promise<string> {
  const { code, output } = await startProgram(command, options);
  if (code !== 0) throw new Error(`${command.join(" ")} failed with exit code ${code}. The reason is above.`);
  return output;
}

/** Writes lines to the log. */
export function showLine(line: string): void {
  process.stderr.write(`${defused(line)}\n`);
}

/**
 * Makes text of a checkout harmless, whatever shows it: nothing in it acts on a terminal or turns the
 * direction of writing, and no line is a command to the runner of GitHub Actions. Names of folders and labels
 * of users can hold `##[add-mask]`, and what is masked once is missing in the report.
 */
export function defused(text: string): string {
  return withoutCommands(printableLines(text));
}

/**
 * Finds the users of a job that keeps the engine apart.
 *
 * @throws Error if only one is given, or this process may not become another user
 */
export function findJobUsers(user: string | undefined, guardUser: string | undefined): OsUsers {
  if (user === undefined && guardUser === undefined) return {};
  if (user === undefined || guardUser === undefined)
    throw new Error("Give both --user and --guard-user, or neither. Nothing was run.");
  if (!isRoot()) throw new Error("--user and --guard-user need root. Nothing was run.");
  return { command: findOsUser(user), guard: findOsUser(guardUser) };
}

/**
 * Runs something under a guard, which holds the key in a process of its own. It has ended when this returns.
 *
 * @param args that say what passes: `--read-only`, or the plans
 * @param limits of the run
 * @param work gets the limits, and the variables with which an engine reaches the guard
 * @throws Error if the guard does not start, or ends before the work; it has said why
 */
export async function underGuard<T>(
  { users, environment }: { readonly users: OsUsers; readonly environment: NodeJS.ProcessEnv },
  args: readonly string[],
  limits: Readonly<Record<string, string>>,
  work: (variables: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const { GENAUTH_ACCESS_KEY_ID: id } = environment;
  const own = { ...limits, ...reachEnvironment(environment) };
  return await underKeeper({ args, users, environment: own }, (socket) =>
    work({ ...limits, GENAUTH_GUARD: socket, ...(id !== undefined && { GENAUTH_ACCESS_KEY_ID: id }) }),
  );
}
