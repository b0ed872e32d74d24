import { constants } from "node:buffer";
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";

/** A plan that was saved to a file, and the engine that carries it out. */
export interface SavedPlan {
  /** Its file, seen from the folder in which the engine works: a provisioner works there too, whatever `-chdir` says. */
  readonly file: string;
  /** A path that starts the engine. */
  readonly program: string;
  /** The options that give variables a value. */
  readonly variables: readonly string[];
  /** What the engine was given. */
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * What would change what the engine writes, or is ours and not for it: the set, and how GenAuth is reached. The rest it
 * may need to read the plan, such as `TF_ENCRYPTION`.
 */
const LEFT_OUT = /^(TF_CLI_ARGS|TF_LOG|GENAUTH_)/;

/**
 * Has the engine write a saved plan as JSON: a plan file's form is the engine's own business, and it may be encrypted.
 *
 * @param stop ends the engine
 * @throws Error with the engine's words where it cannot
 */
export async function showPlan(plan: SavedPlan, stop: AbortSignal): Promise<string> {
  try {
    return await show(plan, [], stop);
  } catch (error) {
    // OpenTofu may need them to decrypt the plan; Terraform's `show` takes none.
    if (plan.variables.length === 0) throw error;
    return await show(plan, plan.variables, stop).catch(() => Promise.reject(error as Error));
  }
}

function show(
  { file, program, environment }: SavedPlan,
  options: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const kept = Object.entries(environment).filter(([name]) => !LEFT_OUT.test(name));
  return new Promise((fulfil, reject) => {
    const child = execFile(
      program,
      ["show", "-json", "-no-color", ...options, resolve(file)],
      {
        env: { ...Object.fromEntries(kept), TF_INPUT: "0", CHECKPOINT_DISABLE: "1" },
        maxBuffer: constants.MAX_STRING_LENGTH,
        signal,
      },
      (error, stdout, stderr) => {
        if (error === null) fulfil(stdout);
        else reject(new Error(stderr.trim() === "" ? error.message : wordsOf(stderr), { cause: error }));
      },
    );
    child.stdin?.end();
  });
}

/** An engine's error without the frame that it draws around it: this one is printed inside another. */
function wordsOf(output: string): string {
  return stripVTControlCharacters(output)
    .replaceAll(/^[│╷╵] ?/gm, "")
    .trim();
}
