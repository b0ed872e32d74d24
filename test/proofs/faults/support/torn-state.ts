import { copyFileSync, existsSync, readFileSync } from "node:fs";

/**
 * The engine truncates its state file before it writes the new state. If it is killed in between, the file is empty, and a
 * person restores the backup. This does the same.
 *
 * @param folder the folder in which the engine ran
 * @returns whether the backup was needed
 */
export function restoreIfTorn(folder: string): boolean {
  const state = `${folder}/terraform.tfstate`;
  const backup = `${state}.backup`;
  if (!existsSync(backup) || (existsSync(state) && readFileSync(state, "utf8") !== "")) return false;
  copyFileSync(backup, state);
  return true;
}
