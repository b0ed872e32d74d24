import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SETTINGS_FILE } from "./settings";

/** Where the state of a stack is kept. */

/** The backends whose state ends with the job. */
const LOST: ReadonlySet<string> = new Set(["", "local", "inmem"]);

/** Whether a backend loses the state when its job ends. @param backend its type; empty: none */
export function isLost(backend: string): boolean {
  return LOST.has(backend);
}

/** Says that the state of a stack is not kept, and what to do. */
export function stateAdvice(
  { name, folder }: { readonly name: string; readonly folder: string },
  backend: string,
): string {
  return (
    `The state of ${name} is not kept: ${backend === "" ? "its configuration has no backend" : `its backend is ${backend}`}, so it ends with this job. ` +
    "The next plan would not know the people that the set declared, and delete nobody.\n" +
    `- Give ${folder} a backend that all jobs share, such as s3, azurerm, gcs or http, or a cloud block; in CDKTF, new S3Backend(stack, …).\n` +
    `- If all jobs run on one machine, and the path of its backend local lies outside the checkout, set state: kept of ${name} in ${SETTINGS_FILE}.`
  );
}

/** A configuration's block, in HCL and in JSON, outside of comments. */
const BLOCK = /\bbackend"?\s*[:"]?\s*[{"]\s*"?(\w+)|\b(cloud)"?\s*:?\s*\{/;

/**
 * Finds the backend that a configuration names. It is a first look for a person who sets a stack up: what
 * `init` chooses counts.
 *
 * @returns its type, `cloud`, or empty if it names none; undefined if it cannot be read
 */
export function findBackend(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  const files = readdirSync(folder).filter((file) => /\.(?:tf|tofu)(?:\.json)?$/.test(file));
  for (const file of files) {
    const text = readFileSync(join(folder, file), "utf8").replaceAll(/(?:#|\/\/).*$|\/\*[\s\S]*?\*\//gm, "");
    const [found, type, cloud] = BLOCK.exec(text) ?? [];
    if (found !== undefined) return type ?? cloud;
  }
  return "";
}
