import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { printable } from "../text";
import { count, describeIds, diffUserSets } from "../users";
import { type EngineProcess, readEngineTask } from "./engine-task";
import { type Declaration, triggersOf } from "./payload";
import type { Payload } from "./read-payload";
import { readPlannedChange } from "./saved-plan";

/** Where it shows what becomes of a set. */
interface EngineContext {
  /** @throws Error where it cannot be looked at */
  readonly readEngine: () => EngineProcess;
  readonly environment: NodeJS.ProcessEnv;
  readonly stop: AbortSignal;
}

/**
 * Says why the change of a set releases its users and deletes nobody, as far as that shows without a call: credentials are
 * not needed for it.
 *
 * @returns a text for the log; `undefined` where somebody may have to be deleted
 * @throws Error where it cannot be told whether the set is replaced or taken away for good, or where the declared set is not
 *   the one that was reviewed
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
    return `The id type changes from ${prior.type} to ${declaration.userIdType}, so nobody is deleted: the ${held} of the former set are released.`;
  }
  if (removed.size + added.size === 0) {
    return `Nobody leaves the set, so nobody is deleted. Where the set itself is taken away or replaced, its ${held} are released.`;
  }
  // The root module's set disappears together with its block, and then no provisioner runs: synth sees to that.
  if (change === "not told" && folder !== "." && removed.size > 0) {
    throw new Error(
      "Nobody was deleted: the set is part of a module, and where the plan was not saved it cannot be told from outside whether " +
        `the set is replaced, or taken away with the module. ${SAVE_THE_PLAN}`,
    );
  }
  return undefined;
}

const SAVE_THE_PLAN = "Save the plan (plan -out=tfplan), and apply that (apply tfplan).";

/** What the engine does to a set; it is not told from outside where the plan was not saved. */
async function readChange(
  { object, declaration, folder }: Payload,
  { readEngine, environment, stop }: EngineContext,
): Promise<"destroy" | "replace" | "not told"> {
  const { args, program } = readEngine();
  const { destroying, planFile: file, variables } = readEngineTask(args, environment);
  if (destroying) return "destroy";
  if (file === undefined) {
    refuseOverrides(folder);
    return "not told";
  }
  const change = await readPlannedChange(object, { file, program, variables, environment }, stop);
  if (change.kind === "replace") checkReviewed(file, change.triggers, declaration);
  return change.kind;
}

/** How many triggers that differ are named. */
const LISTED = 5;

/**
 * Reviewers and reports read the triggers of a plan, and this command obeys the literal in the provisioner: synth makes both
 * of the same set, but whoever can change the configuration can put other triggers in place of them.
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
    `Nobody was deleted: the saved plan ${file} does not show the users that the set declares, so whoever reviewed it has seen ` +
      `another change. These triggers differ: ${differing.slice(0, LISTED).map(printable).join(", ")}${more}.\n` +
      'The set stays in the state as it was. An override file or addOverride("triggers", …) has put others in their place: ' +
      "take it out, plan again, and apply that plan.",
  );
}

/** The files whose blocks replace parts of others (source: Terraform's "Override Files" page; OpenTofu adds `.tofu`). */
const OVERRIDE_FILE = /^(?:.*_)?override\.(?:tf|tofu)(?:\.json)?$/;

/**
 * The plan of an engine that plans by itself cannot be seen, so nothing says which triggers its reviewer has read.
 *
 * @throws Error where an override file could have put others in place of the declared ones
 */
function refuseOverrides(folder: string): void {
  const file = readdirSync(folder)
    .filter((name) => OVERRIDE_FILE.test(name))
    .find((name) => readFileSync(join(folder, name), "utf8").includes("null_resource"));
  if (file === undefined) return;
  throw new Error(
    `Nobody was deleted: ${printable(join(folder, file))} overrides a null_resource, and where the plan was not saved nobody can say ` +
      `whether the plan showed the users that the set declares. Take the override out, or save the plan: it is then checked. ${SAVE_THE_PLAN}`,
  );
}

function describeLostRemovals(removed: ReadonlyMap<string, string>): string {
  if (removed.size === 0) return "";
  return `\nThese were taken out of it but not deleted; after this, nothing here remembers them:\n${describeIds([...removed.keys()], removed)}`;
}
