import { spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { devNull } from "node:os";
import { cleanEnvironment } from "./clean-environment";

/** A program that applies Terraform configurations. */
export interface Engine {
  readonly name: "Terraform" | "OpenTofu";
  /** Such as `1.11.4`. */
  readonly version: string;
  /** The program's absolute path. */
  readonly path: string;
}

/**
 * Identifies an engine by its `version` command.
 *
 * @param program a path, or a name on the PATH
 * @returns undefined if there is no such program, or if it is neither Terraform nor OpenTofu
 */
export function identifyEngine(program: string): Engine | undefined {
  const path = program.includes("/") ? program : onPath(program);
  if (path === undefined) return undefined;
  const { stdout } = spawnSync(path, ["version"], { encoding: "utf8", env: cleanEnvironment(devNull) });
  const [, name, version] = /^(Terraform|OpenTofu) v(\S+)/m.exec(stdout) ?? [];
  if (version === undefined) return undefined;
  return { name: name === "OpenTofu" ? "OpenTofu" : "Terraform", version, path };
}

/** Finds a program on the PATH. */
export function onPath(program: string): string | undefined {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, program))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
