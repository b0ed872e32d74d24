import { copyFileSync, existsSync, readFileSync } from "node:fs";

/**
 * The engine empties its state file before it writes it anew. Killed between the two, it leaves an empty one, and its
 * backup is what a person puts in its place.
 *
 * @param folder where the engine ran
 * @returns whether the backup was needed
 */
export function restoreIfTorn(folder: string): boolean {
  const state = `${folder}/terraform.tfstate`;
  const backup = `${state}.backup`;
  if (!existsSync(backup) || (existsSync(state) && readFileSync(state, "utf8") !== "")) return false;
  copyFileSync(backup, state);
  return true;
}
