import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { printable } from "../text";
import { count, describeIds, diffUserSets } from "../users";
import { type EngineProcess, readEngineTask } from "./engine-task";
import { type Declaration, triggersOf } from "../payload";
import type { Payload } from "./read-payload";
import { readSavedChange } from "./saved-plan";

/** How to find out what happens to a set. */
export interface EngineContext {
  /**
   * Reads the process of the Terraform or OpenTofu that runs the command.
   *
   * @throws Error if it cannot be read
   */
  readonly readEngine: () => EngineProcess;
  readonly environment: NodeJS.ProcessEnv;
  readonly stop: AbortSignal;
}

/**
 * Explains why a change of a set releases users and deletes nobody, if this can be decided without calls and
 * credentials.
 *
 * @returns a text for the log; `undefined` if users may have to be deleted
 * @throws Error if it is not clear whether the set is replaced or destroyed, or if the declared set is not
 *   the reviewed one
 */
export async function explainRelease(
  payload: Payload,
  declared: ReadonlyMap<string, string>,
  engine: EngineContext,
): Promise<string | undefined> {
  const { prior, declaration, folder } = payload;
  const { removed, added } = diffUserSets(prior.users, declared);
  const held = count(prior.users.size, "user");
  const change = await readChange(payload, engine);
  if (change === "destroy") {
    return `The set is destroyed, so nobody is deleted: its ${held} are released.${describeLostRemovals(removed)}`;
  }
  if (prior.type !== declaration.userIdType) {
    return `The id type changes from ${prior.type} to ${declaration.userIdType}, so nobody is deleted: the ${held} of the previous set are released.`;
  }
  if (removed.size + added.size === 0) {
    return `Nobody leaves the set, so nobody is deleted. If the set itself is destroyed or replaced, its ${held} are released.`;
  }
  // A set in the root module is removed together with its block, and then no provisioner runs. The checks at
  // synth ensure this.
  if (change === "unknown" && folder !== "." && removed.size > 0) {
    throw new Error(
      "Nobody was deleted: the set is part of a module and the plan was not saved, so this command cannot find out whether " +
        `the set is replaced, or destroyed with the module. ${SAVE_THE_PLAN}`,
    );
  }
  return undefined;
}

const SAVE_THE_PLAN = "Save the plan (plan -out=tfplan), and apply it (apply tfplan).";

/** What the engine does to a set; unknown if the plan was not saved. */
async function readChange(
  { object, declaration, folder }: Payload,
  { readEngine, environment, stop }: EngineContext,
): Promise<"destroy" | "replace" | "unknown"> {
  const { args, program } = readEngine();
  const { destroying, planFile: file, variables } = readEngineTask(args, environment);
  if (destroying) return "destroy";
  if (file === undefined) {
    refuseOverrides(folder);
    return "unknown";
  }
  const change = await readSavedChange(object, { file, program, variables, environment }, stop);
  if (change.kind === "replace") checkReviewed(file, change.triggers, declaration);
  return change.kind;
}

/** How many differing triggers a message names. */
const LISTED = 5;

/**
 * Checks that the plan shows the declared set. Reviewers and reports read the plan's triggers, but this
 * command follows the literal in the provisioner. Synth makes both from the same set, but a change of the
 * configuration can replace the triggers.
 *
 * @throws Error unless the planned triggers are exactly those of the declared set
 */
function checkReviewed(
  file: string,
  planned: ReadonlyMap<string, unknown>,
  { userIdType, users }: Declaration,
): void {
  const declared = new Map(Object.entries(triggersOf(userIdType, Object.fromEntries(users))));
  const names = [...new Set([...planned.keys(), ...declared.keys()])];
  const differing = names.filter((name) => planned.get(name) !== declared.get(name)).sort();
  if (differing.length === 0) return;
  const more = differing.length > LISTED ? `, and ${differing.length - LISTED} more` : "";
  throw new Error(
    `Nobody was deleted: the saved plan ${file} does not show the users that the set declares, so its reviewer has seen ` +
      `another change. These triggers differ: ${differing.slice(0, LISTED).map(printable).join(", ")}${more}.\n` +
      'The set stays unchanged in the state. An override file or addOverride("triggers", …) has replaced the triggers. ' +
      "Remove the override, plan again, and apply that plan.",
  );
}

/** The names of override files (source: Terraform's "Override Files" page; OpenTofu adds `.tofu`). */
const OVERRIDE_FILE = /^(?:.*_)?override\.(?:tf|tofu)(?:\.json)?$/;

/**
 * Refuses override files if the plan was not saved, because the triggers that its reviewer saw are then not
 * known.
 *
 * @throws Error if an override file could have replaced the declared triggers
 */
function refuseOverrides(folder: string): void {
  const file = readdirSync(folder)
    .filter((name) => OVERRIDE_FILE.test(name))
    .find((name) => readFileSync(join(folder, name), "utf8").includes("null_resource"));
  if (file === undefined) return;
  throw new Error(
    `Nobody was deleted: ${printable(join(folder, file))} overrides a null_resource and the plan was not saved, so this command cannot check ` +
      `that the plan showed the users that the set declares. Remove the override, or save the plan, which is then checked. ${SAVE_THE_PLAN}`,
  );
}

function describeLostRemovals(removed: ReadonlyMap<string, string>): string {
  if (removed.size === 0) return "";
  return `\nThese users were removed from the set but not deleted, and are no longer tracked after this:\n${describeIds([...removed.keys()], removed)}`;
}
