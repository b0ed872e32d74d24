import { compare, describeIds } from "../../users";
import type { EngineProcess } from "./engine-process";
import { readEngineTask } from "./engine-task";
import { takesAway } from "./planned-change";
import type { Handover } from "./read-handover";

/** Where it shows what becomes of a set. */
interface Surroundings {
  readonly engine: EngineProcess;
  readonly environment: NodeJS.ProcessEnv;
  readonly stop: AbortSignal;
}

/**
 * Why the change of a set deletes nobody, as far as that shows without a call: for these, credentials are not needed.
 *
 * @returns a text for the log; `undefined` where somebody may have to go
 * @throws Error where it cannot be told whether the set is replaced or taken away for good
 */
export async function whyNobodyIsDeleted(
  { object, prior, declaration }: Handover,
  declared: ReadonlyMap<string, string>,
  surroundings: Surroundings,
): Promise<string | undefined> {
  const held = `${prior.users.size} ${prior.users.size === 1 ? "user" : "users"}`;
  if (prior.type !== declaration.userIdType) {
    return `The id type changes from ${prior.type} to ${declaration.userIdType}, so nobody is deleted: the ${held} of the former set are let go.`;
  }
  const { removed, added } = compare(prior.users, declared);
  const changed = removed.size + added.size > 0;
  if (await isTakenAway(object, changed, surroundings)) {
    return `The set is destroyed, so nobody is deleted: its ${held} are let go.${lostRemovals(removed)}`;
  }
  if (changed) return undefined;
  return `Nobody leaves the set, so nobody is deleted. Where the set itself is taken away or replaced, its ${held} are let go.`;
}

/** Asks for a saved plan only where something hangs on it, because that takes the engine some time. */
async function isTakenAway(
  object: string,
  changed: boolean,
  { engine, environment, stop }: Surroundings,
): Promise<boolean> {
  const { destroying, planFile, variables } = readEngineTask(engine.args, environment);
  if (destroying || planFile === undefined || !changed) return destroying;
  return takesAway(object, { file: planFile, program: engine.program, variables, environment }, stop);
}

function lostRemovals(removed: ReadonlyMap<string, string>): string {
  if (removed.size === 0) return "";
  return `\nThese were taken out of it but not deleted; after this, nothing here remembers them:\n${describeIds([...removed.keys()], removed)}`;
}
