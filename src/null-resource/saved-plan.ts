import { constants } from "node:buffer";
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { parsePlan } from "../terraform-json";

/** A plan that was saved to a file, and the engine that carries it out. */
export interface SavedPlan {
  /** Its file, relative to the folder in which the engine works: a provisioner works there too, whatever `-chdir` says. */
  readonly file: string;
  /** A path that starts the engine. */
  readonly program: string;
  /** The options that give variables a value. */
  readonly variables: readonly string[];
  /** What the engine was given. */
  readonly environment: NodeJS.ProcessEnv;
}

/** What a plan does to a set: it is taken away for good, or replaced by one with these triggers. */
export type PlannedChange =
  | { readonly kind: "destroy" }
  | { readonly kind: "replace"; readonly triggers: ReadonlyMap<string, unknown> };

/**
 * Reads what a saved plan does to a set.
 *
 * @param object the id of the set's `null_resource`: a random number, so no other object has it
 * @param stop gives up
 * @throws Error where the plan cannot be read, or does not say
 */
export async function readPlannedChange(
  object: string,
  plan: SavedPlan,
  stop: AbortSignal,
): Promise<PlannedChange> {
  try {
    return plannedChangeOf(object, await showPlan(plan, stop));
  } catch (cause) {
    throw new Error(
      `Nobody was deleted: the saved plan ${plan.file} does not tell what becomes of the set. ` +
        `${cause instanceof Error ? cause.message : String(cause)}\n` +
        "The set stays in the state as it was. Keep the plan's file as it is until apply has ended: plan again, and apply that plan.",
      { cause },
    );
  }
}

const HINT = "It is no plan that this version of genauth-users can read.";

function plannedChangeOf(object: string, json: string): PlannedChange {
  const changes = parsePlan(json, HINT).resource_changes.filter(
    ({ type, change }) => type === "null_resource" && change.before?.id === object,
  );
  const [only] = changes;
  if (only === undefined || changes.length > 1)
    throw new Error("It does not name this set, or not it alone.");
  const { actions, after } = only.change;
  if (actions.join() === "delete") return { kind: "destroy" };
  if (actions.join() !== "delete,create") throw new Error(`It says of the set: ${actions.join(", ")}.`);
  // What is not known yet is left out, and so agrees with nothing.
  return { kind: "replace", triggers: new Map(Object.entries(after?.triggers ?? {})) };
}

/**
 * Variables that would change what the engine writes, or that are ours and not meant for it: the set, and how GenAuth is
 * reached. It may need the rest to read the plan, such as `TF_ENCRYPTION`.
 */
const LEFT_OUT = /^(TF_CLI_ARGS|TF_LOG|GENAUTH_)/;

/**
 * Has the engine write a saved plan as JSON: a plan file's form is the engine's own business, and it may be encrypted.
 *
 * @param stop ends the engine
 * @throws Error with the engine's words where it cannot
 */
async function showPlan(plan: SavedPlan, stop: AbortSignal): Promise<string> {
  try {
    return await runShow(plan, [], stop);
  } catch (error) {
    // OpenTofu may need them to decrypt the plan; Terraform's `show` takes none.
    if (plan.variables.length === 0) throw error;
    return await runShow(plan, plan.variables, stop).catch(() => Promise.reject(error as Error));
  }
}

function runShow(
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
