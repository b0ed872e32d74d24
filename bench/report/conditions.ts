import { spawnSync } from "node:child_process";
import { cpus, loadavg, release, totalmem } from "node:os";
import type { Engine } from "../../test/support/engine/engine";
import { version } from "../../package.json";

/** The conditions of a run, without which its numbers cannot be compared. */
export interface Conditions {
  readonly date: string;
  readonly version: string;
  /** The measured commit, with a plus if files differ from it; absent outside a repository. */
  readonly commit: string | undefined;
  readonly engine: string;
  readonly node: string;
  readonly system: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGB: number;
  /** The load average over the minute before the run; 0 on an idle machine. */
  readonly load: number;
}

export function readConditions({ name, version: engineVersion }: Engine): Conditions {
  return {
    date: new Date().toISOString(),
    version,
    commit: commit(),
    engine: `${name} ${engineVersion}`,
    node: process.version,
    system: `${process.platform} ${release()}, ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 1024 ** 3),
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
}

function commit(): string | undefined {
  const { status, stdout } = spawnSync("git", ["describe", "--always", "--dirty=+", "--exclude=*"], {
    cwd: __dirname,
    encoding: "utf8",
  });
  return status === 0 ? stdout.trim() : undefined;
}
