import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mapTexts, type Texts } from "./texts";

/** The files by which steps speak to the runner, in the folder of their machine, by the name of their variable. */
const FILES = {
  GITHUB_ENV: "env",
  GITHUB_PATH: "path",
  GITHUB_OUTPUT: "output",
  GITHUB_STEP_SUMMARY: "summary",
};

/** Makes the files of a new machine. @returns the variables that name them */
export function makeRunnerFiles(machine: string): Texts {
  for (const file of Object.values(FILES)) writeFileSync(join(machine, file), "");
  return mapTexts(FILES, (file) => join(machine, file));
}

/** Forgets what the steps before have put out. */
export function emptyOutput(machine: string): void {
  writeFileSync(join(machine, FILES.GITHUB_OUTPUT), "");
}

/** What a step has put out. */
export function readOutput(machine: string): Texts {
  return readAssignments(join(machine, FILES.GITHUB_OUTPUT));
}

/** What the steps of a machine have reported. */
export function readSummary(machine: string): string {
  return readFileSync(join(machine, FILES.GITHUB_STEP_SUMMARY), "utf8");
}

/** Gives the variables and the folders of programs that a step has added to the steps behind it. */
export function passOn(machine: string, env: Record<string, string>): void {
  Object.assign(env, readAssignments(join(machine, FILES.GITHUB_ENV)));
  const path = join(machine, FILES.GITHUB_PATH);
  const added = readFileSync(path, "utf8").split("\n").filter(Boolean).reverse();
  writeFileSync(path, "");
  env["PATH"] = [...added, env["PATH"] ?? ""].join(":");
}

/** The variables that a step passes on, as lines of NAME=value, or over several lines between two markers. */
function readAssignments(file: string): Record<string, string> {
  const found: Record<string, string> = {};
  const lines = readFileSync(file, "utf8").split("\n");
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const [, open, marker] = /^(\w+)<<(.+)$/.exec(line) ?? [];
    if (open !== undefined && marker !== undefined) {
      const end = lines.indexOf(marker);
      found[open] = lines
        .splice(0, end + 1)
        .slice(0, -1)
        .join("\n");
    } else {
      const [, name, value = ""] = /^(\w+)=(.*)$/.exec(line) ?? [];
      if (name !== undefined) found[name] = value;
    }
  }
  return found;
}

/**
 * Hides what a log tells the runner to mask, also in the summary. The runner takes `::add-mask::` at the start of a line, and
 * `##[add-mask]` anywhere.
 */
export function maskOf(log: string): (text: string) => string {
  const commands = log.matchAll(/^\s*::add-mask::(.+)$|##\[add-mask\](.+)$/gm);
  const masks = [...commands].map(([, first, second]) => first ?? second ?? "");
  return (text) => masks.reduce((shown, mask) => shown.replaceAll(mask, "***"), text);
}
