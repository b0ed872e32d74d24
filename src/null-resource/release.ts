import { count, describeIds, diffUserSets } from "../users";
import { type EngineProcess, readEngineTask } from "./engine-task";
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
 * @throws Error where it cannot be told whether the set is replaced or taken away for good
 */
export async function explainRelease(
  payload: Payload,
  declared: ReadonlyMap<string, string>,
  engine: EngineContext,
): Promise<string | undefined> {
  const { prior, declaration } = payload;
  const held = count(prior.users.size, "user");
  if (prior.type !== declaration.userIdType) {
    return `The id type changes from ${prior.type} to ${declaration.userIdType}, so nobody is deleted: the ${held} of the former set are released.`;
  }
  const { removed, added } = diffUserSets(prior.users, declared);
  if (removed.size + added.size === 0) {
    return `Nobody leaves the set, so nobody is deleted. Where the set itself is taken away or replaced, its ${held} are released.`;
  }
  if (await isDestroyed(payload, removed.size, engine)) {
    return `The set is destroyed, so nobody is deleted: its ${held} are released.${describeLostRemovals(removed)}`;
  }
  return undefined;
}

async function isDestroyed(
  { object, inModule }: Payload,
  removed: number,
  { readEngine, environment, stop }: EngineContext,
): Promise<boolean> {
  const { args, program } = readEngine();
  const { destroying, planFile: file, variables } = readEngineTask(args, environment);
  if (destroying) return true;
  if (file !== undefined) {
    return (await readPlannedChange(object, { file, program, variables, environment }, stop)) === "destroy";
  }
  // The root module's set disappears together with its block, and then no provisioner runs: synth sees to that.
  if (!inModule || removed === 0) return false;
  throw new Error(
    "Nobody was deleted: the set is part of a module, and where the plan was not saved it cannot be told from outside whether " +
      "the set is replaced, or taken away with the module. Save the plan (plan -out=tfplan), and apply that (apply tfplan).",
  );
}

function describeLostRemovals(removed: ReadonlyMap<string, string>): string {
  if (removed.size === 0) return "";
  return `\nThese were taken out of it but not deleted; after this, nothing here remembers them:\n${describeIds([...removed.keys()], removed)}`;
}
