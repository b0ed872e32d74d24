import { readFileSync } from "node:fs";

/** The variables that a step or a job passes on, as lines of NAME=value. */
export function readDotenv(file: string): Record<string, string> {
  const pairs = [...readFileSync(file, "utf8").matchAll(/^(\w+)=(.*)$/gm)];
  return Object.fromEntries(pairs.map(([, name = "", value = ""]) => [name, value]));
}
