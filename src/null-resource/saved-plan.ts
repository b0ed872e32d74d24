import { constants } from "node:buffer";
import { execFile, type ExecFileException } from "node:child_process";
import { resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { parsePlan } from "../terraform-json";

/** A saved plan, and the engine that applies it. */
export interface AppliedPlan {
  /**
   * Its file, relative to the engine's working folder. With `-chdir`, too, that is this process's folder: an
   * engine starts provisioners in its own.
   */
  readonly file: string;
  /** A path that starts the engine. */
  readonly program: string;
  /** The options that set variables. */
  readonly variables: readonly string[];
  /** The engine's environment. */
  readonly environment: NodeJS.ProcessEnv;
}

/** What a plan does to a set: it is destroyed, or replaced by one with these triggers. */
export type SavedChange =
  | { readonly kind: "destroy" }
  | { readonly kind: "replace"; readonly triggers: ReadonlyMap<string, unknown> };

/**
 * Reads what a saved plan does to a set.
 *
 * @param object the id of the set's `null_resource`: a random number, so no other object has it
 * @param stop ends the reading
 * @throws Error if the plan cannot be read, or does not contain the set
 */
export async function readSavedChange(
  object: string,
  plan: AppliedPlan,
  stop: AbortSignal,
): Promise<SavedChange> {
  try {
    return savedChangeOf(object, await showPlan(plan, stop));
  } catch (cause) {
    throw new Error(
      `Nobody was deleted: the saved plan ${plan.file} does not show what happens to the set. ` +
        `${cause instanceof Error ? cause.message : String(cause)}\n` +
        "The set stays unchanged in the state. Plan again, and apply that plan. Keep its file unchanged until apply has ended.",
      { cause },
    );
  }
}

const HINT = "This version of cdktf-genauth cannot read it.";

function savedChangeOf(object: string, json: string): SavedChange {
  const changes = parsePlan(json, HINT).resource_changes.filter(
    ({ type, change }) => type === "null_resource" && change.before?.id === object,
  );
  const [only] = changes;
  if (only === undefined || changes.length > 1)
    throw new Error("It does not contain exactly one object with this set's id.");
  const { actions, after } = only.change;
  if (actions.join() === "delete") return { kind: "destroy" };
  if (actions.join() !== "delete,create")
    throw new Error(`Its actions for the set are ${actions.join(", ")}.`);
  // Unknown triggers are absent, so they match none of the declared ones.
  return { kind: "replace", triggers: new Map(Object.entries(after?.triggers ?? {})) };
}

/**
 * Variables that would change the engine's output, and variables for this command only: the set and GenAuth's
 * credentials. The engine may need others, such as `TF_ENCRYPTION`, to read the plan.
 */
const LEFT_OUT = /^(TF_CLI_ARGS|TF_LOG|GENAUTH_)/;

/**
 * Makes the engine write a saved plan as JSON, since the format of a plan file is internal and may be
 * encrypted.
 *
 * @param stop ends the engine
 * @throws Error with the engine's message if it fails
 */
async function showPlan(plan: AppliedPlan, stop: AbortSignal): Promise<string> {
  try {
    return await showSavedPlan(plan, [], stop);
  } catch (withoutVariables) {
    if (plan.variables.length === 0) throw withoutVariables;
    try {
      // OpenTofu may need the variables to decrypt the plan.
      return await showSavedPlan(plan, plan.variables, stop);
    } catch (error) {
      // Terraform's `show` does not accept them.
      throw /flag provided but not defined/.test(String(error)) ? withoutVariables : error;
    }
  }
}

/** As `showPlan`, with these options. */
export function showSavedPlan(
  { file, program, environment }: Omit<AppliedPlan, "variables">,
  options: readonly string[] = [],
  signal?: AbortSignal,
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
        else reject(new Error(describeEnd(program, error, stderr), { cause: error }));
      },
    );
    child.stdin?.end();
  });
}

/** Why an engine showed no plan. */
function describeEnd(program: string, { message, signal }: ExecFileException, stderr: string): string {
  if (signal) return `${program} show was ended by ${signal}.`;
  return stderr.trim() === "" ? message : wordsOf(stderr);
}

/**
 * An engine's error without its frame, since it is printed inside another one, and without the warnings
 * before it.
 */
function wordsOf(output: string): string {
  const words = stripVTControlCharacters(output).replaceAll(/^[│╷╵] ?/gm, "");
  const error = words.search(/^Error: /m);
  // Terraform ends a sentence of another error with a second full stop.
  return words.slice(Math.max(0, error)).trim().replace(/\.\.$/, ".");
}
