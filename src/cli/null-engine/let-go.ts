import { diffUserSets, count, describeIds } from "../../users";
import type { EngineProcess } from "./engine-process";
import { readEngineTask } from "./engine-task";
import { takesAway } from "./planned-change";
import type { Handover } from "./read-handover";

/** Where it shows what becomes of a set. */
interface Surroundings {
  /** @throws Error where it cannot be looked at */
  readonly readEngine: () => EngineProcess;
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
  handover: Handover,
  declared: ReadonlyMap<string, string>,
  surroundings: Surroundings,
): Promise<string | undefined> {
  const { prior, declaration } = handover;
  const held = count(prior.users.size, "user");
  if (prior.type !== declaration.userIdType) {
    return `The id type changes from ${prior.type} to ${declaration.userIdType}, so nobody is deleted: the ${held} of the former set are let go.`;
  }
  const { removed, added } = diffUserSets(prior.users, declared);
  if (removed.size + added.size === 0) {
    return `Nobody leaves the set, so nobody is deleted. Where the set itself is taken away or replaced, its ${held} are let go.`;
  }
  if (await isTakenAway(handover, removed.size, surroundings)) {
    return `The set is destroyed, so nobody is deleted: its ${held} are let go.${lostRemovals(removed)}`;
  }
  return undefined;
}

async function isTakenAway(
  { object, inModule }: Handover,
  removed: number,
  { readEngine, environment, stop }: Surroundings,
): Promise<boolean> {
  const { args, program } = readEngine();
  const { destroying, planFile: file, variables } = readEngineTask(args, environment);
  if (destroying) return true;
  if (file !== undefined) return takesAway(object, { file, program, variables, environment }, stop);
  // The root module's set goes together with its block, and then no provisioner runs: synth sees to that.
  if (!inModule || removed === 0) return false;
  throw new Error(
    "Nobody was deleted: the set is part of a module, and where the plan was not saved it cannot be told from outside whether " +
      "the set is replaced, or taken away with the module. Save the plan (plan -out=tfplan), and apply that (apply tfplan).",
  );
}

function lostRemovals(removed: ReadonlyMap<string, string>): string {
  if (removed.size === 0) return "";
  return `\nThese were taken out of it but not deleted; after this, nothing here remembers them:\n${describeIds([...removed.keys()], removed)}`;
}
