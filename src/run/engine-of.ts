import { resolve } from "node:path";
import { readProcess, type ProcessEntry } from "./process";

/**
 * Finds the engine that started a plugin. Version managers put a program of their own in the place of `node`, which starts
 * the real one and stays between the two; it is known by the plugin's file among its arguments.
 *
 * @param parent the process that started the plugin
 * @param file the plugin's executable, as an absolute path
 * @throws Error where the system does not tell
 */
export function engineOf(parent: string, file: string): ProcessEntry {
  const entry = readProcess(parent);
  const isBetween = entry.args.some((argument) => resolve(argument) === file);
  return isBetween ? engineOf(entry.parent, file) : entry;
}
