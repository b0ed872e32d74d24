import { spawn } from "node:child_process";
import { platform } from "node:os";
import { stripVTControlCharacters } from "node:util";
import { onPath } from "./engine";

/** Whether a program can be started on a terminal of its own: with `script`, which Linux and macOS have. */
export const hasTerminal = onPath("script") !== undefined;

/** What somebody types, once the terminal shows a text. */
export interface Typing {
  readonly after: string;
  readonly keys: string;
}

/**
 * Runs a program on a terminal of its own, as a person does.
 *
 * @param env the whole environment
 * @param typing nothing is typed by default
 * @returns the exit code, and what the terminal showed, without colours and, `raw`, with them
 */
export function runOnTerminal(
  program: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
  typing?: Typing,
): Promise<{ readonly code: number | null; readonly text: string; readonly raw: string }> {
  const args =
    platform() === "linux"
      ? ["-qec", program.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" "), "/dev/null"]
      : ["-q", "/dev/null", ...program];
  return new Promise((resolve, reject) => {
    const child = spawn("script", args, { env, stdio: ["pipe", "pipe", "inherit"] });
    let text = "";
    let waiting = typing;
    child.once("error", reject);
    child.stdout.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
      if (waiting === undefined || !text.includes(waiting.after)) return;
      child.stdin.write(waiting.keys);
      waiting = undefined;
    });
    child.once("close", (code) => resolve({ code, text: stripVTControlCharacters(text), raw: text }));
  });
}
